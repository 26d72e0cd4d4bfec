"""`pegboard order`: look at orders, and ask why one waits; `cli.order_manual` changes them."""

from typing import Annotated, Any

import typer

from cli.options import AsJson, Merchant

app = typer.Typer(
    help="Look at orders, ask why one waits, and change one by hand."
    "\n\nExample: pegboard order explain SO-1001",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number.")]
SORTS = "rank, placed_at, -placed_at, ready_since, ship_by, target_ship_on"


@app.command()
def show(number: Number, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Show an order: its lines, its shipments and its history.

    Example: pegboard order show SO-1001
    """
    from dataclasses import asdict

    from cli.order_views import show_order
    from cli.output import print_json
    from fulfillment.store.insight.order_page import read_history, read_order

    def read(tx: Any) -> dict[str, Any]:
        history = [asdict(event) for event in read_history(tx, number, 200, 0)]
        found = asdict(read_order(tx, number)) | {"history": history}
        policy = {k: {"value": v["value"], "from": v["scope"]} for k, v in found["policy"].items()}
        return found | {"policy": policy}

    found = _read(merchant, read)
    if as_json:
        print_json(found)
    else:
        show_order(found)


@app.command("list")
def list_(  # noqa: PLR0913 -- each parameter is an option
    *,
    search: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEXT]",
            help="How a number, a customer's reference or a tracking number begins or ends,"
            " or a SKU begins.",
        ),
    ] = None,
    status: Annotated[list[str] | None, typer.Option(help="With this status; repeatable.")] = None,
    sku: Annotated[str | None, typer.Option(help="With a line of this SKU.")] = None,
    location: Annotated[str | None, typer.Option(help="With something at this location.")] = None,
    purchase_order: Annotated[
        str | None, typer.Option("--po", help="That wait for this purchase order.")
    ] = None,
    backordered: Annotated[
        bool | None, typer.Option("--backordered/--complete", help="With waiting units, or none.")
    ] = None,
    fulfillable: Annotated[
        bool | None, typer.Option(help="Every unit to go is allocated, or lies free for it.")
    ] = None,
    partially_fulfillable: Annotated[
        bool | None, typer.Option(help="Some units to go are, not all.")
    ] = None,
    served_by_po: Annotated[
        str | None, typer.Option(help="Given units that came on this purchase order.")
    ] = None,
    served_by_receipt: Annotated[
        str | None, typer.Option(help="Given units that came with this receipt.")
    ] = None,
    still_holding: Annotated[
        bool | None, typer.Option(help="Of those served: still holding such units, or not.")
    ] = None,
    ready: Annotated[bool | None, typer.Option(help="With a shipment that can go now.")] = None,
    on_hold: Annotated[bool | None, typer.Option(help="On hold.")] = None,
    overdue: Annotated[bool | None, typer.Option(help="Past their ship-by date.")] = None,
    sort: Annotated[str, typer.Option(help=f"One of: {SORTS}.")] = "rank",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Orders at most.")] = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List orders.

    Example: pegboard order list --fulfillable --sort ready_since
    """
    from dataclasses import asdict

    from cli.errors import UsageError
    from cli.order_views import show_orders
    from cli.output import print_json
    from fulfillment.domain.model.statuses import OrderStatus
    from fulfillment.store.reading.orders import SORTS as KNOWN_SORTS
    from fulfillment.store.reading.orders import OrderFilter, list_orders
    from fulfillment.store.reading.paging import Window

    if sort not in KNOWN_SORTS:
        raise UsageError(f"--sort is one of {', '.join(KNOWN_SORTS)}")
    if unknown := sorted(set(status or ()) - set(OrderStatus)):
        raise UsageError(f"there is no status {unknown[0]!r}; there are {', '.join(OrderStatus)}")
    asked = OrderFilter(
        statuses=tuple(status) if status else None,
        backordered=backordered,
        fulfillable=fulfillable,
        partially_fulfillable=partially_fulfillable,
        served_by_purchase_order=served_by_po,
        served_by_receipt=served_by_receipt,
        still_holding=still_holding,
        q=search or None,
        sku=sku,
        location=location,
        purchase_order=purchase_order,
        ready=ready,
        on_hold=on_hold,
        overdue=overdue,
    )
    page = _read(merchant, lambda tx: list_orders(tx, asked, sort, Window(limit)))
    orders = [asdict(order) for order in page.items]
    if as_json:
        print_json({"orders": orders, "more": page.next_key is not None})
    else:
        show_orders(orders, more=page.next_key is not None)


@app.command()
def explain(number: Number, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Say for each waiting line of an order why it waits.

    Example: pegboard order explain SO-1001 --json
    """
    from dataclasses import asdict

    from cli.order_views import show_explanation
    from cli.output import print_json
    from fulfillment.store.insight.order import read_explanation

    found = asdict(_simulate(merchant, lambda tx: read_explanation(tx, number)))
    if as_json:
        print_json(found)
    else:
        show_explanation(found)


def _read(merchant: str | None, body: Any) -> Any:
    return _with_store(lambda store: store.read(_merchant(store, merchant), body))


def _simulate(merchant: str | None, body: Any) -> Any:
    return _with_store(lambda store: store.simulate(_merchant(store, merchant), body))


def _with_store(ask: Any) -> Any:
    from cli.host import connection
    from fulfillment import settings

    with connection.store_of(settings.load()) as store:
        return ask(store)


def _merchant(store: Any, merchant: str | None) -> Any:
    from cli.host import connection

    return connection.only_merchant(store, merchant)
