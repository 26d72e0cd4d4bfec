"""`pegboard pick ...`: take work and look at it; `cli.picking` says what was picked."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.merchant_scope import floor_store
from cli.options import AsJson, Limit, Merchant

HELP = (
    "Take work at a location, confirm what was picked, and say where less was there."
    "\n\nExample: pegboard pick create --location vienna --picker Pia"
)

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")

ACTOR = "pegboard pick"

Id = Annotated[int, typer.Argument(metavar="LIST", min=1, max=2**63 - 1, help="The list's id.")]

OPTIONS = {
    "location": "--location", "picker": "--picker", "most_shipments": "--most-shipments",
    "orders": "--order", "lines": "SHIPMENT/LINE=UNITS", "containers": "--container",
    "shipment": "SHIPMENT", "order_line": "LINE", "found": "--found", "reason": "--reason",
    "container": "--container",
}  # fmt: skip


@app.command()
def create(  # noqa: PLR0913 -- each parameter is an option
    *,
    location: Annotated[str, typer.Option(help="Where the work is.")],
    picker: Annotated[str, typer.Option(help="Who walks.")],
    most_shipments: Annotated[
        int, typer.Option(min=1, max=200, help="Shipments on the list at most.")
    ] = 20,
    order: Annotated[
        list[str] | None, typer.Option(help="Only work of this order; repeatable.")
    ] = None,
    stage: Annotated[
        bool, typer.Option("--stage", help="What waiting orders have, to be put in containers.")
    ] = False,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Take what is most urgent there, by priority, day and rank; nobody else gets it.

    Of every merchant, unless one is named.

    Example: pegboard pick create --location vienna --picker Pia --most-shipments 12
    """
    from cli.arguments import naming, request
    from fulfillment.store.commands import floor
    from starter.models.pick_lists import PickListIn

    values = {
        "picker": picker, "most_shipments": most_shipments, "orders": order or None,
        "kind": "stage" if stage else "ship",
    }  # fmt: skip
    sent = request(PickListIn, OPTIONS, values)
    with naming(OPTIONS), floor_store(merchant) as (store, whose, merchants):
        wanted = floor.Wanted(
            location, picker, most_shipments, merchants, sent.orders, to_stage=stage
        )
        command = floor_command(whose, "take_work", location, sent.model_dump(mode="json"))
        show_list(floor.take_work(store, command, wanted), as_json=as_json)


@app.command("list")
def list_(
    *,
    location: Annotated[str | None, typer.Option(help="Only at this location.")] = None,
    status: Annotated[
        str | None, typer.Option(help="Only `picking`, `done` or `given_up`.")
    ] = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List pick lists, the newest first.

    Example: pegboard pick list --location vienna --status picking
    """
    from typing import get_args

    from cli.errors import UsageError
    from cli.views import show_page
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.pick_lists import list_lists
    from fulfillment.store.reading.views.floor import PickListStatus

    if status is not None and status not in get_args(PickListStatus):
        raise UsageError(
            f"--status is one of {', '.join(get_args(PickListStatus))}, not {status!r}"
        )
    places = None if location is None else [location]
    with floor_store(merchant) as (store, whose, merchants):

        def read(tx: Any) -> Any:
            return list_lists(tx, Window(limit), merchants, locations=places, status=status)

        page = store.read(whose, read)
    columns = ("id", "location", "kind", "status", "picker", "orders", "units", "picked", "left")
    show_page("pick lists", columns, page, as_json=as_json)


@app.command()
def show(pick_list: Id, *, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Show the walk by SKU, with what goes to which shipment and what is left.

    Example: pegboard pick show 7
    """
    from fulfillment.store.reading import snapshot
    from fulfillment.store.reading.pick_lists import read_list

    with floor_store(merchant) as (store, whose, merchants):
        found = snapshot.read(store, whose, lambda tx: read_list(tx, pick_list, merchants))
    show_list(found, as_json=as_json)


def floor_command(
    merchant: str,
    verb: str,
    subject: object,
    content: Mapping[str, object],
    reason: str | None = None,
) -> Any:
    """A request of its own, as somebody on the floor makes it."""
    from uuid import uuid4

    from fulfillment.store.transactions.session import Command

    return Command(merchant, verb, f"{verb}:{subject}:{uuid4()}", ACTOR, content, reason)


def show_list(found: Any, *, as_json: bool) -> None:
    """The walk by SKU, a row for each shipment that units go to."""
    from cli.output import plain, print_json
    from cli.views import facts, show_lines

    found = plain(found)
    if as_json:
        print_json(found)
        return
    known = facts(found, status="", kind="to", location="at", picker="with")
    rows = [
        {"sku": walk["sku"], "merchant": walk["merchant"]} | sort
        for walk in found["walk"]
        for sort in walk["sort"]
    ]
    columns = ("sku", "merchant", "order", "shipment", "order_line", "units", "picked", "left")
    show_lines(f"Pick list {found['id']}: {known}", columns, rows, "Walk")
