"""`pegboard stage ...`: pick and stage, by hand."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.merchant_scope import merchants_store
from cli.options import AsJson, Limit, Merchant
from cli.order_changing import changes_an_order

HELP = (
    "Put what waiting orders have into containers, and see what is staged."
    "\n\nExample: pegboard stage put SO-2 --location vienna --container BIN-12 --all"
)

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")

ACTOR = "pegboard stage"
LINE, WRITTEN = r"(?P<line>\d{1,9})=(?P<units>\d{1,9})", "units of a line as LINE=UNITS"

Number = Annotated[str, typer.Argument(metavar="ORDER", help="The order's number.")]
Lines = Annotated[
    list[str] | None, typer.Argument(metavar="LINE=UNITS", help="Units of these lines.")
]
Place = Annotated[str, typer.Option(help="Where the units are.")]
At = Annotated[str | None, typer.Option(help="Only at this location.")]

OPTIONS = {
    "location": "--location", "container": "--container", "lines": "LINE=UNITS",
    "units": "LINE=UNITS", "note": "--note",
}  # fmt: skip


@app.command("list")
def list_(
    *,
    location: At = None,
    order: Annotated[str | None, typer.Option(help="Only of this order.")] = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List the containers in use, the oldest first, with what their orders wait for.

    Example: pegboard stage list --location vienna
    """
    from cli.views import show_page
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.staged import list_staged

    places = None if location is None else [location]
    with merchants_store(merchant) as (store, whose):
        page = store.read(
            whose, lambda tx: list_staged(tx, Window(limit), locations=places, order=order)
        )
    columns = ("id", "location", "label", "order", "status", "since", "lines", "waits_for")
    show_page("containers", columns, page, as_json=as_json)


@app.command()
def suggestions(
    *,
    location: At = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Say which orders wait for the same SKU and have units on the shelf, the largest group first.

    Example: pegboard stage suggestions --location vienna
    """
    from cli.output import console, plain, print_json, table
    from fulfillment.store.reading.staged import staging_suggestions

    places = None if location is None else [location]
    with merchants_store(merchant) as (store, whose):
        groups = store.read(whose, lambda tx: staging_suggestions(tx, limit, places))
    found = [plain(group) for group in groups]
    if as_json:
        print_json({"suggestions": found})
        return
    rows = [
        (
            *(one[name] for name in ("location", "waits_for", "units")),
            [f"{order['order']} ({order['units']})" for order in one["orders"]],
        )
        for one in found
    ]
    columns = ("location", "waits for", "units", "orders")
    console.print(table(f"{len(rows)} suggestions", columns, rows))


@app.command()
def put(  # noqa: PLR0913 -- each parameter is an option
    number: Number,
    lines: Lines = None,
    *,
    location: Place,
    container: Annotated[
        str | None, typer.Option(help="Its label; the order's own container unless said.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that it has there.")] = False,
    note: Annotated[str | None, typer.Option(help="Why, for the order's history.")] = None,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Put units of an order that waits into a container: claimed, and still waiting.

    Example: pegboard stage put SO-2 1=3 --location vienna --container BIN-12
    """
    from uuid import uuid4

    from cli.arguments import naming, request
    from fulfillment.store.commands import floor
    from fulfillment.store.transactions.session import Command
    from starter.models.staging import StageIn

    values = _chosen(lines, everything=all_) | {"location": location, "note": note}
    sent = request(StageIn, OPTIONS, values | {"container": container})
    with naming(OPTIONS), merchants_store(merchant) as (store, whose):
        content = sent.model_dump(mode="json")
        command = Command(whose, "stage", f"stage:{number}:{uuid4()}", ACTOR, content, note)
        asked = floor.Staging(number, location, container, sent.units)
        _show(floor.stage(store, command, asked), as_json=as_json)


@app.command()
@changes_an_order
def take_out(
    number: Number,
    lines: Lines = None,
    *,
    location: Place,
    all_: Annotated[bool, typer.Option("--all", help="All that it has staged there.")] = False,
) -> Any:
    """Put units back to the shelf: the order's as before, and free to move by the plan.

    Example: pegboard stage take-out SO-2 1=2 --location vienna --note "The bin is needed."
    """
    from cli.arguments import request
    from fulfillment.domain.floor.staging import Moving
    from fulfillment.store.commands import floor
    from starter.models.staging import UnstageIn

    values = _chosen(lines, everything=all_) | {"location": location}
    sent = request(UnstageIn, OPTIONS, values)
    return floor.unstaging(number, Moving(location, sent.units))


def _chosen(said: list[str] | None, *, everything: bool) -> dict[str, object]:
    """Units by line, each line once, or all."""
    from cli.arguments import numbers, parts, some_or_all
    from cli.errors import UsageError

    some_or_all(said, everything=everything, written="LINE=UNITS")
    rows = [numbers(row, *row) for row in parts(LINE, said or (), WRITTEN)]
    if len({row["line"] for row in rows}) < len(rows):
        raise UsageError("LINE=UNITS names each line once")
    return {"lines": rows} if rows else {"all": True}


def _show(done: Mapping[str, Any], *, as_json: bool) -> None:
    from cli.output import print_json
    from cli.views import show_lines

    if as_json:
        print_json(done)
        return
    head = f"Container {done['container']}: order {done['status']}"
    show_lines(head, ("line", "sku", "units"), done["staged"], "Staged now")
