"""Wishes about purchases: another date, units more, units that are here."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta

from fulfillment.domain.actions.pins import granted
from fulfillment.domain.insight.wishes import Buy, MoveDate, Receive
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.shipments import Peg
from fulfillment.domain.model.statuses import INBOUND
from fulfillment.domain.model.supply import Supply
from fulfillment.store.commands.supply.purchase_orders.amending import (
    amend_purchase_order,
    changed_lines,
)
from fulfillment.store.commands.supply.purchase_orders.documents import (
    KEEP,
    LineChange,
    NewPurchaseLine,
    NewPurchaseOrder,
    PurchaseChange,
)
from fulfillment.store.commands.supply.purchase_orders.drafting import write_next
from fulfillment.store.commands.supply.purchase_orders.finding import Line, find, lines_of
from fulfillment.store.commands.supply.purchase_orders.lines import check_lines
from fulfillment.store.commands.supply.purchase_orders.pinned import grants_of
from fulfillment.store.commands.supply.purchase_orders.replanning import with_pegs
from fulfillment.store.commands.supply.purchase_orders.shrinking import released_on
from fulfillment.store.commands.supply.receiving import Receipt, ReceivedLine
from fulfillment.store.commands.supply.receiving.counting import Goods, check, completes
from fulfillment.store.commands.supply.receiving.receivable import found
from fulfillment.store.commands.supply.receiving.receive import receive_goods
from fulfillment.store.commands.what_if.act import Act, Fact, Reach
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue import head
from fulfillment.store.queue.peg_kinds import FIRST_TO_LAST, KINDS, OF_KIND
from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.reading.views.purchasing import PurchaseOrderView
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

PREFIX = "PO-"
"""A purchase that is wished for is written under the next number behind it, as drafts are."""

UNSTORED = 2**62
"""Ids of supply that is only on a copy, behind all that is stored."""


# --- another date --------------------------------------------------------------------------------


def move_date(tx: Tx, wish: MoveDate) -> Act:
    """All that is still to come of it, or of one line, comes on another day."""
    purchase_order, skus = find(tx, wish.number)
    now = read_purchase_order(tx, wish.number)
    old = lines_of(tx, purchase_order)
    change = _moved(wish, now, old)
    was = {line.supply: line for line in old}
    lines = [line for line in changed_lines(old, change, now.status) if line.outstanding > 0]
    dates = {line.supply: line.expected_on for line in lines if line.expected_on}
    touched = frozenset(line.sku for line in lines)
    reach = Reach(skus)
    if now.status in INBOUND:
        reach = _with_pegged(tx, Reach(skus, orders=_pinned_late(tx, dates), dated=dates), dates)

    def put(space: Workspace) -> None:
        space.dated = {**space.dated, **dates}
        for order in list(space.after.values()):
            space.put(with_pegs(order, lambda peg: _on_its_day(peg, dates)))

    def do(tx: Tx, _: str) -> None:
        amend_purchase_order(tx, change)

    facts = tuple(
        Fact(
            f"purchase order {wish.number}, line {line.line}: {line.outstanding} of {line.sku}"
            f" to {line.location}",
            "expected on",
            was[line.supply].expected_on,
            line.expected_on,
        )
        for line in lines
    )
    places = frozenset(line.location for line in lines)
    return Act(wish, facts, reach, put if touched else _nothing, do, places)


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


def _on_its_day(peg: Peg, dates: Mapping[int, date]) -> Peg:
    return replace(peg, due_on=dates[peg.supply]) if peg.supply in dates else peg


def _nothing(_: Workspace) -> None:
    pass


def _pinned_late(tx: Tx, supplies: Collection[int]) -> frozenset[int]:
    """The orders whose pins wait for one of these to have a date ahead."""
    sql = "SELECT DISTINCT order_id FROM late_pin WHERE supply = ANY(:supplies)"
    return frozenset(row.order_id for row in tx.rows(sql, supplies=list(supplies)))


PEGGED = f"""
WITH RECURSIVE supplies AS MATERIALIZED (
    SELECT unnest(CAST(:supplies AS bigint[])) AS supply
), {KINDS}
SELECT q.order_id, u.sku
  FROM kind CROSS JOIN LATERAL (
       SELECT * FROM peg p WHERE {OF_KIND} ORDER BY {FIRST_TO_LAST} LIMIT :most) q
  JOIN supply u ON u.id = q.supply
 ORDER BY q.priority, q.placed_at, q.intake_seq, q.shipment_line LIMIT :most
"""  # noqa: S608 -- constants


def _with_pegged(tx: Tx, reach: Reach, supplies: Collection[int]) -> Reach:
    """Everybody who is pegged on these supplies; of more than a batch, the first in rank."""
    most = head.BATCH
    rows = tx.rows(PEGGED, supplies=list(supplies), most=most + 1)
    if len(rows) <= most:
        return replace(reach, written=list(supplies))
    first = {row.order_id for row in rows[:most]}
    return replace(reach, beside=first, cut=frozenset(row.sku for row in rows))


# --- units more ----------------------------------------------------------------------------------


def buy(tx: Tx, wish: Buy, at: int) -> Act:
    """A purchase order more, approved; it is written under a number of its own."""
    location = wish.location or next(iter(load_locations(tx)), "")
    line = NewPurchaseLine(1, wish.sku, wish.units, location)
    check_lines(tx, [line])
    new = NewPurchaseOrder("", (line,), expected_on=wish.on)
    id_ = UNSTORED + at
    coming = Supply(id_, wish.sku, location, wish.units, wish.on, status=new.status)

    def put(space: Workspace) -> None:
        space.coming = (*space.coming, coming)
        space.by_po_status |= {wish.sku}

    def do(tx: Tx, _: str) -> None:
        write_next(tx, [new], PREFIX)

    fact = Fact(f"{wish.units} of {wish.sku} to {location}", "bought for", None, wish.on)
    skus = frozenset({wish.sku})
    reach = Reach(skus, margin={wish.sku: wish.units}, by_po_status=skus, coming=coming)
    return Act(wish, (fact,), reach, put, do, frozenset({location}))


# --- units that are here -------------------------------------------------------------------------


def receive(tx: Tx, wish: Receive) -> Act:
    """Units of a line are counted in, and given to those who wait."""
    document = found(tx, SupplyKind.PURCHASE_ORDER, wish.number)
    line = next((one for one in document.lines if one.line == wish.line), document.lines[0])
    lines = (ReceivedLine(wish.line, wish.units),)
    receipt = Receipt(None, wish.number, line.location, lines)
    goods = Goods(line.location, check(tx, document, receipt))
    awaited = goods.awaited(sellable=True)
    grants = grants_of(tx, goods.sellable, line.location)
    ends = not document.is_complete and completes(document, goods)
    by_status = document.skus if ends else frozenset()
    reach = _with_pegged(
        tx,
        Reach(document.skus, margin={line.sku: wish.units}, by_po_status=by_status),
        [line.supply],
    )
    at_once = {*released_on(tx, goods.sellable), *grants}
    place = (line.sku, line.location)

    def put(space: Workspace) -> None:
        space.received = {**space.received, **awaited}
        space.arriving = {**space.arriving, place: space.arriving.get(place, 0) + wish.units}
        space.by_po_status |= by_status
        for order, its in grants.items():
            space.put(granted(space.after[order], its))

    def do(tx: Tx, _: str) -> None:
        receive_goods(tx, receipt)

    subject = f"purchase order {wish.number}, line {wish.line}: {line.sku} to {line.location}"
    left = line.outstanding - awaited.get(line.supply, 0)
    facts = (
        Fact(subject, "to come", line.outstanding, left),
        Fact(subject, "received now", 0, wish.units),
    )
    places = frozenset({line.location})
    return Act(wish, facts, replace(reach, orders=at_once), put, do, places)
