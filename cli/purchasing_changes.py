"""`pegboard po change`: what a purchase order brings, and when."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.arguments import naming
from cli.merchant_scope import merchants_store
from cli.options import AsJson, Merchant
from cli.purchasing import OPTIONS, Number
from cli.purchasing_manual import Note, app, command_of, day, line_and_units, show_it

if TYPE_CHECKING:
    from fulfillment.store.commands.supply.purchase_orders import NewPurchaseLine

__all__ = ["app"]

ADDED = r"([^=\s]+)=([0-9]{1,7})@([^@\s]+)"


@app.command()
def change(  # noqa: PLR0913 -- each parameter is an option
    number: Number,
    lines: Annotated[
        list[str] | None,
        typer.Argument(metavar="LINE=UNITS", help="Ordered of a line in all; 0 gives it up."),
    ] = None,
    *,
    add: Annotated[
        list[str] | None,
        typer.Option(metavar="SKU=UNITS@LOCATION", help="A line more; repeatable."),
    ] = None,
    expected_on: Annotated[
        str | None, typer.Option(metavar="DATE", help="When it should come, as 2026-03-31.")
    ] = None,
    note: Note = None,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Change what is ordered, add lines, or move its date; who waits is planned anew.

    Example: pegboard po change PO-1 1=80 2=0 --add TEA-GREEN=24@linz --expected-on 2026-03-31
    """
    from cli.errors import UsageError
    from fulfillment.store.commands.supply.purchase_orders import (
        KEEP,
        PurchaseChange,
        change_purchase_order,
    )

    units = dict(line_and_units(said) for said in lines or ())
    if len(units) < len(lines or ()):
        raise UsageError("LINE=UNITS names each line once")
    on = KEEP if expected_on is None else day(expected_on)
    with naming(OPTIONS), merchants_store(merchant) as (store, whose):
        added = _added(store, whose, number, add or [])
        asked = PurchaseChange(number, on, _changes(units), None, added)
        command = command_of(whose, "change_purchase_order", {"change": str(asked)}, note)
        show_it(change_purchase_order(store, command, asked), as_json=as_json)


def _changes(units: dict[int, int]) -> Any:
    from fulfillment.store.commands.supply.purchase_orders import LineChange

    return tuple(LineChange(line, units=ordered) for line, ordered in units.items())


def _added(
    store: Any, merchant: str, number: str, said: list[str]
) -> tuple["NewPurchaseLine", ...]:
    """The lines to be added, each under the next number."""
    import re

    from cli.errors import UsageError
    from fulfillment.store.commands.supply.purchase_orders import NewPurchaseLine
    from fulfillment.store.reading.purchase_orders import read_purchase_order

    if not said:
        return ()
    found = [re.fullmatch(ADDED, one) for one in said]
    for one, parts in zip(said, found, strict=True):
        if parts is None:
            raise UsageError(f"--add is SKU=UNITS@LOCATION, not {one!r}")
    known = store.read(merchant, lambda tx: read_purchase_order(tx, number)).lines
    first = max(line.line for line in known) + 1
    return tuple(
        NewPurchaseLine(first + at, parts[1], int(parts[2]), parts[3])
        for at, parts in enumerate(filter(None, found))
    )
