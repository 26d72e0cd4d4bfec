"""`pegboard task ...`: what people on the floor are asked to look at."""

from typing import Annotated

import typer

from cli.merchant_scope import merchants_store
from cli.options import AsJson, Limit, Merchant

HELP = (
    "Look at what people on the floor are asked to do, and say that it is done."
    "\n\nExample: pegboard task list --location vienna"
)

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")

ACTOR = "pegboard task"


@app.command("list")
def list_(
    *,
    location: Annotated[str | None, typer.Option(help="Only at this location.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only `count`, `put_back` or `short_pick`.")
    ] = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List what is to be looked at, the oldest first.

    Example: pegboard task list --location vienna --kind count
    """
    from typing import get_args

    from cli.errors import UsageError
    from cli.views import show_page
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.tasks import list_tasks
    from fulfillment.store.reading.views.floor import TaskKind

    if kind is not None and kind not in get_args(TaskKind):
        raise UsageError(f"--kind is one of {', '.join(get_args(TaskKind))}, not {kind!r}")
    places = None if location is None else [location]
    with merchants_store(merchant) as (store, whose):
        page = store.read(
            whose, lambda tx: list_tasks(tx, Window(limit), locations=places, kind=kind)
        )
    columns = ("id", "kind", "location", "sku", "units", "order", "shipment", "reason")
    show_page("tasks", columns, page, as_json=as_json)


@app.command()
def finish(
    task: Annotated[int, typer.Argument(metavar="TASK", min=1, max=2**63 - 1, help="Its id.")],
    *,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Say that a task is done, once; it is not listed any more.

    Example: pegboard task finish 5
    """
    from uuid import uuid4

    from rich.text import Text

    from cli.output import console, print_json
    from fulfillment.store.commands.floor import finish_task
    from fulfillment.store.transactions.session import Command

    with merchants_store(merchant) as (store, whose):
        key = f"finish_task:{task}:{uuid4()}"
        done = finish_task(store, Command(whose, "finish_task", key, ACTOR, {"task": task}), task)
    if as_json:
        print_json(done)
    else:
        what = f"{done.kind} of {done.units} {done.sku} at {done.location}"
        console.print(Text(f"Task {task} is done: {what}"))
