"""The command `pegboard`: one small file of `cli` for each group of commands."""

from typing import NoReturn

import typer

from cli.ending import run_and_end
from cli.serve import api, migrate, worker
from cli.up import up

HELP = """
Pegboard gets every order shipped, cancelled or explained, however long its stock takes to come.

Start with `pegboard up`: it brings its own database and Temporal, and prints where to look.

**Exit codes**: 0 fine · 1 refused or failed · 2 wrong usage · 3 a service that is needed
(database, Temporal, API) is away.

**Settings** are environment variables: PEGBOARD_DATABASE_URL, PEGBOARD_API_PORT, ... and
Temporal's own TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY.
"""

app = typer.Typer(
    name="pegboard",
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    # Its tracebacks show local variables, which can hold customer data.
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(worker)
app.command()(api)
app.command()(migrate)


def run() -> NoReturn:
    """Entry point of the command `pegboard`."""
    run_and_end(lambda: app(prog_name="pegboard"))
