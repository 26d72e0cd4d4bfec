"""The command `pegboard`: one small file of `cli` for each group of commands."""

from typing import NoReturn

import typer

from cli.counts import app as counts
from cli.documents import app as documents
from cli.exit_status import run_and_end
from cli.host.audit import audit
from cli.host.health import health
from cli.host.importing.commands import app as importing
from cli.host.keys import app as keys
from cli.host.reconcile import reconcile
from cli.host.register import register
from cli.host.serve import api, migrate, worker
from cli.host.up import up
from cli.order_changes import app as orders
from cli.picking import app as pick_lists
from cli.purchasing_changes import app as purchase_orders
from cli.receipts import app as receipts
from cli.returns import app as returns
from cli.settings import app as settings
from cli.staging import app as staging
from cli.tasks import app as tasks
from cli.transfers import app as transfers

HELP = """
Pegboard gets every order shipped, cancelled or explained, however long its stock takes to come.

Start with `pegboard up`: it brings its own database and Temporal, and prints where to look.

**Exit codes**: 0 fine · 1 refused or failed · 2 wrong usage · 3 a service that is needed
(database, Temporal, API) is away.

**Environment variables** say where things are: PEGBOARD_DATABASE_URL, PEGBOARD_API_PORT, ... and
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
app.command()(register)
app.command()(health)
app.command()(audit)
app.command()(reconcile)
app.add_typer(importing, name="import")
app.add_typer(orders, name="order")
app.add_typer(purchase_orders, name="po")
app.add_typer(receipts, name="receipt")
app.add_typer(transfers, name="transfer")
app.add_typer(returns, name="return")
app.add_typer(counts, name="count")
app.add_typer(pick_lists, name="pick")
app.add_typer(staging, name="stage")
app.add_typer(tasks, name="task")
app.add_typer(documents, name="document")
app.add_typer(settings, name="settings")
app.add_typer(keys, name="keys")


def run() -> NoReturn:
    """Entry point of the command `pegboard`."""
    run_and_end(lambda: app(prog_name="pegboard"))
