"""Wishes about purchases: another date, a status, units more or fewer, units that are here."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from fulfillment.domain.insight.wishes import (
    Buy,
    ChangeUnits,
    MoveDate,
    MoveStatus,
    Receive,
)
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.supply import Supply
from fulfillment.store.commands.supply.days import check_not_over
from fulfillment.store.commands.supply.purchase_orders import (
    KEEP,
    LineChange,
    NewPurchaseLine,
    NewPurchaseOrder,
    PurchaseChange,
)
from fulfillment.store.commands.supply.purchase_orders.drafting import write_next
from fulfillment.store.commands.supply.purchase_orders.finding import Line, find, lines_of
from fulfillment.store.commands.supply.purchase_orders.lines import check_lines
from fulfillment.store.commands.supply.receiving import Receipt, ReceivedLine
from fulfillment.store.commands.supply.receiving.receivable import found
from fulfillment.store.commands.what_if.act import Act, Fact, Reach, SupplyChange
from fulfillment.store.commands.what_if.pegged import put_supplies
from fulfillment.store.commands.what_if.purchase_acts import amended, moved, received
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.reading.views.purchasing import PurchaseOrderView
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

PREFIX = "PO-"
"""A purchase that is wished for is written under the next number behind it, as drafts are."""

UNSTORED = 2**62
"""Ids of supply that is only on a copy, behind all that is stored."""


def move_date(tx: Tx, wish: MoveDate) -> Act:
    """All that is still to come of it, or of one line, comes on another day."""
    purchase_order, _ = find(tx, wish.number)
    now = read_purchase_order(tx, wish.number)
    return amended(tx, _moved(wish, now, lines_of(tx, purchase_order)))


def _moved(wish: MoveDate, now: PurchaseOrderView, old: Collection[Line]) -> PurchaseChange:
    """The change of the purchase order, with the days that it comes to."""
    named = [line for line in old if wish.line in (None, line.line)]
    if not named:
        message = f"purchase order {wish.number} has no line {wish.line}"
        raise invalid("unknown_line", message, "if")
    coming = [line for line in named if line.outstanding > 0]
    days = {line.line: _day_of(wish, line.expected_on) for line in coming}
    if not any(days.values()):
        why = "has no date that could be moved; write a day" if coming else "has come already"
        what = "" if wish.line is None else f"line {wish.line} of "
        raise invalid("nothing_to_move", f"{what}purchase order {wish.number} {why}", "if")
    lines = tuple(LineChange(line, day) for line, day in days.items() if day)
    whole = wish.line is None and now.expected_on is not None
    header = _day_of(wish, now.expected_on) if whole else KEEP
    return PurchaseChange(wish.number, header, lines)


def _day_of(wish: MoveDate, now: date | None) -> date | None:
    if wish.on is not None:
        return wish.on
    return None if now is None else now + timedelta(days=wish.days)


def move_status(tx: Tx, wish: MoveStatus) -> Act:
    """It is approved, on its way, here, closed short or cancelled."""
    return moved(tx, wish.number, wish.status)


def change_units(tx: Tx, wish: ChangeUnits) -> Act:
    """Of a line so many units are ordered in all; as many as came, and it is closed."""
    line = LineChange(wish.line, units=wish.units)
    return amended(tx, PurchaseChange(wish.number, lines=(line,)))


def buy(tx: Tx, wish: Buy, at: int) -> Act:
    """A purchase order more, approved; it is written under a number of its own."""
    location = wish.location or next(iter(load_locations(tx)), "")
    line = NewPurchaseLine(1, wish.sku, wish.units, location)
    check_lines(tx, [line])
    check_not_over(tx, wish.on, location, "if")
    new = NewPurchaseOrder("", (line,), expected_on=wish.on)
    supply = Supply(UNSTORED + at, wish.sku, location, 0, wish.on, status=new.status)
    changes = {
        supply.id: SupplyChange(supply, lambda nothing: replace(nothing, outstanding=wish.units))
    }

    def put(space: Workspace) -> None:
        put_supplies(space, changes)
        space.by_po_status |= {wish.sku}

    def do(tx: Tx, _: str) -> str:
        (written,) = write_next(tx, [new], PREFIX)
        return f"purchase order {written.number}"

    fact = Fact(f"{wish.units} of {wish.sku} to {location}", "bought for", None, wish.on)
    skus = frozenset({wish.sku})
    reach = Reach(skus, margin={wish.sku: wish.units}, by_po_status=skus, changes=changes)
    return Act((fact,), reach, put, do, frozenset({location}))


def receive(tx: Tx, wish: Receive) -> Act:
    """Units of a line are counted in, and given to those who wait."""
    document = found(tx, SupplyKind.PURCHASE_ORDER, wish.number)
    line = next((one for one in document.lines if one.line == wish.line), document.lines[0])
    lines = (ReceivedLine(wish.line, wish.units),)
    return received(tx, Receipt(None, wish.number, line.location, lines))
