"""`pegboard po`: look at purchase orders and at what should be bought.

`cli.purchasing_manual` writes them, `cli.purchasing_changes` changes what they bring.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer

from cli.arguments import naming
from cli.merchant_scope import merchants_store
from cli.options import AsJson, Limit, Merchant

app = typer.Typer(
    help="Look at what should be bought, draft purchase orders, and receive what comes."
    "\n\nExample: pegboard po suggest",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The purchase order's number.")]

EVERY_SECONDS = 1.0


@app.command("list")
def list_(  # noqa: PLR0913 -- each parameter is an option
    *,
    status: Annotated[list[str] | None, typer.Option(help="With this status; repeatable.")] = None,
    supplier: Annotated[str | None, typer.Option(help="Of this supplier.")] = None,
    sku: Annotated[str | None, typer.Option(help="With a line of this SKU.")] = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List purchase orders, the newest first.

    Example: pegboard po list --status approved --status in_transit --sku TEA-GREEN
    """
    from cli.errors import UsageError
    from cli.output import print_json
    from cli.purchasing_views import show_purchase_orders
    from fulfillment.domain.model.statuses import PurchaseOrderStatus
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.purchase_orders import list_purchase_orders

    known = [str(each) for each in PurchaseOrderStatus]
    if unknown := sorted(set(status or ()) - set(known)):
        raise UsageError(f"--status is one of {', '.join(known)}, not {unknown[0]!r}")
    asked = {"statuses": status or None, "sku": sku, "supplier": supplier}
    with merchants_store(merchant) as (store, whose):
        page = store.read(whose, lambda tx: list_purchase_orders(tx, Window(limit), **asked))
    shown, more = [asdict(one) for one in page.items], page.next_key is not None
    if as_json:
        print_json({"purchase_orders": shown, "more": more})
    else:
        show_purchase_orders(shown, more=more)


@app.command()
def show(
    number: Number,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow what came until it is given out.")
    ] = False,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Show a purchase order: its lines, and how far what came is given out to those who wait.

    Example: pegboard po show PO-1 --watch
    """
    from cli.errors import UsageError
    from cli.output import print_json
    from cli.purchasing_views import show_purchase_order
    from fulfillment.store.reading import snapshot
    from fulfillment.store.reading.distributing import read_distribution
    from fulfillment.store.reading.purchase_orders import read_purchase_order

    if watch and as_json:
        raise UsageError("--watch follows on the screen; leave out --json")

    def read(tx: Any) -> dict[str, Any]:
        distribution = {"distribution": asdict(read_distribution(tx, number))}
        return asdict(read_purchase_order(tx, number)) | distribution

    with merchants_store(merchant) as (store, whose):
        found = snapshot.read(store, whose, read)
        if as_json:
            print_json(found)
            return
        show_purchase_order(found)
        if watch:
            ask = partial(store.read, whose, lambda tx: asdict(read_distribution(tx, number)))
            _follow(found["distribution"], ask)


def _follow(seen: Mapping[str, Any], ask: Callable[[], Mapping[str, Any]]) -> None:
    """Print a line for each change, until nothing is owed any more."""
    import time

    from cli.purchasing_views import show_distribution

    while seen["skus_owed"]:
        time.sleep(EVERY_SECONDS)
        now = ask()
        if now != seen:
            show_distribution(now)
        seen = now


@app.command()
def suggest(  # noqa: PLR0913 -- each parameter is an option
    *,
    supplier: Annotated[
        str | None, typer.Option(help="Of this supplier; '' is products that have none.")
    ] = None,
    sku: Annotated[list[str] | None, typer.Option(help="Of this SKU; repeatable.")] = None,
    location: Annotated[
        str | None, typer.Option(help="Only what is to be bought for this location.")
    ] = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Say what should be bought, the oldest need first, with the orders behind each number.

    What waits, less what is free, coming or drafted, and what the reorder level asks for beyond.

    Example: pegboard po suggest --supplier "Leaf Imports"
    """
    from cli.output import print_json
    from cli.purchasing_views import show_suggestions
    from fulfillment.store.reading import snapshot
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.suggestions import Wanted, list_suggestions

    wanted = Wanted(
        None if supplier is None else (supplier,), tuple(sku) if sku else None, location
    )
    with naming(OPTIONS), merchants_store(merchant) as (store, whose):
        page = snapshot.read(store, whose, lambda tx: list_suggestions(tx, Window(limit), wanted))
    more = page.next_key is not None
    if as_json:
        print_json({"suggestions": page.items, "more": more})
    else:
        show_suggestions([asdict(one) for one in page.items], more=more)


OPTIONS = {
    "add_lines": "--add",
    "location": "--location",
    "skus": "--sku",
    "lines": "LINE=UNITS",
    "number": "--receipt",
}
"""How a field of a request is named on the command line."""
