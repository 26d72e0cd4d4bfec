"""The command `pegboard`: what runs on this machine, and the table of what is asked of the API."""

from typing import NoReturn

import typer

from cli.client.building import build, function_of
from cli.client.commands import COMMANDS, GROUPS
from cli.exit_status import run_and_end
from cli.host.archive import archive
from cli.host.audit import audit
from cli.host.health import health
from cli.host.importing.commands import app as importing
from cli.host.keys import app as keys
from cli.host.reconcile import reconcile
from cli.host.register import register
from cli.host.secrets import app as secrets
from cli.host.serve import api, migrate, worker
from cli.host.up import up
from cli.host.users import app as users

HELP = """
Pegboard gets every order shipped, cancelled or explained, however long its stock takes to come.

Start with `pegboard up`: it brings its own database and Temporal, and prints where to look. In the
same folder every other command then works. From anywhere else, PEGBOARD_URL says where the API is,
and PEGBOARD_KEY holds a key of it; PEGBOARD_MERCHANT names a merchant where the key is for several.

**Exit codes**: 0 fine · 1 refused or failed · 2 wrong usage · 3 a service that is needed
(API, database, Temporal) is away.

Programs read `--json`. `pegboard --install-completion` has your shell complete commands.
"""

HERE = "On this machine"
OVER_HTTP = "Over the API"

app = typer.Typer(
    name="pegboard",
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # Its tracebacks show local variables, which can hold customer data.
    pretty_exceptions_enable=False,
)
for command in (up, worker, api, migrate, register, health, audit, archive, reconcile):
    app.command(rich_help_panel=HERE)(command)
app.add_typer(importing, name="import", rich_help_panel=HERE)
app.add_typer(keys, name="keys", rich_help_panel=HERE)
app.add_typer(secrets, name="secrets", rich_help_panel=HERE)
app.add_typer(users, name="users", rich_help_panel=HERE)
for group, says in GROUPS.items():
    ours = [one for one in COMMANDS if one.group == group]
    if not ours[0].verb:
        app.command(group, rich_help_panel=OVER_HTTP)(function_of(ours[0]))
        continue
    app.add_typer(build(says, ours), name=group, rich_help_panel=OVER_HTTP)


def run() -> NoReturn:
    """Entry point of the command `pegboard`."""
    run_and_end(lambda: app(prog_name="pegboard"))
