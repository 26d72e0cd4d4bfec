"""Why a SKU's units are where they are: who holds them, who waits, what comes."""

from collections.abc import Iterable
from typing import Any

from fulfillment.domain.insight.explain import explain
from fulfillment.domain.insight.explanation import Reason
from fulfillment.domain.insight.release_blockers import why_it_waits
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.insight.order import surroundings
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.explanations import (
    Coming,
    Holder,
    Idle,
    ShortReason,
    SkuExplanation,
    SkuLevel,
    Waiter,
)
from fulfillment.store.records.loading import load_orders
from fulfillment.store.records.out_of_use import load_out_of_use
from fulfillment.store.sums.reading import first_waiting, waiting_before
from fulfillment.store.transactions.session import Tx

SHOWN = 20
"""Holders and waiting orders that are told one by one; the others are counted."""

EXPLAINED = 5
"""Waiting orders, the first in rank, whose reasons are told too; the others may be asked for."""

HELD_WAITING = (ShipmentStatus.BACKORDER, ShipmentStatus.FUTURE)
"""Statuses of shipments whose units wait with an order."""

LEVELS = """
SELECT location, disposition, on_hand, allocated, on_hand - allocated AS available, picked, staged
  FROM stock_level WHERE merchant = :merchant AND sku = :sku AND on_hand > 0
 ORDER BY location, disposition
"""

HOLDERS = """
SELECT o.id AS order_id, o.number AS "order", a.units, a.location, s.status,
       count(*) OVER () AS holders, sum(a.units) OVER () AS held
  FROM allocation a
  JOIN shipment_line l ON l.id = a.shipment_line
  JOIN shipment s ON s.id = l.shipment
  JOIN orders o ON o.id = s.order_id
 WHERE a.merchant = :merchant AND a.sku = :sku
 ORDER BY o.priority, o.placed_at, o.intake_seq, l.id LIMIT :shown
"""

SUPPLY = """
SELECT u.document AS source, u.kind, u.location, u.expected_on, u.outstanding, u.status, u.pegged
  FROM inbound_supply u WHERE u.merchant = :merchant AND u.sku = :sku
 ORDER BY u.expected_on NULLS LAST, u.id
"""


def read_sku_explanation(tx: Tx, sku: str) -> SkuExplanation:
    """What is here and who has it, who waits for it and why, and what is on its way.

    `idle` are units that nobody holds while somebody waits, and units held by orders that wait
    themselves: what a person may want to look at first; and units that nobody can have, since
    their location is out of use. Refuses an unknown SKU.
    """
    names = {"merchant": tx.merchant, "sku": sku}
    if not tx.rows("SELECT 1 FROM product WHERE merchant = :merchant AND sku = :sku", **names):
        raise missing("product", sku)
    found = tx.rows(LEVELS, **names)
    holders = tx.rows(HOLDERS, shown=SHOWN, **names)
    waiting = first_waiting(tx, [sku], SHOWN)[sku]
    in_all = waiting_before(tx, [sku])[sku]
    orders = load_orders(tx, {row.order_id for row in [*holders, *waiting]})
    supply = tx.rows(SUPPLY, **names)
    idle = load_out_of_use(tx, {one.location for one in (*found, *supply)})
    levels = [view(SkuLevel, row, out_of_use=idle.get(row.location)) for row in found]
    sellable = [level for level in levels if level.disposition == "sellable"]
    available = sum(level.available for level in sellable)
    stranded = sum(level.available for level in sellable if level.out_of_use)
    return SkuExplanation(
        sku=sku,
        on_hand=sum(level.on_hand for level in levels),
        available=available,
        idle=Idle(
            free=available - stranded if waiting else 0,
            out_of_use=stranded,
            held_by_waiting_orders=sum(row.units for row in holders if row.status in HELD_WAITING),
        ),
        levels=tuple(levels),
        holders=tuple(_holder(row, orders[row.order_id]) for row in holders),
        holders_in_all=holders[0].holders if holders else 0,
        waiting=tuple(
            _waiter(tx, row, orders[row.order_id], sku, explained=place < EXPLAINED)
            for place, row in enumerate(waiting)
        ),
        waiting_in_all=in_all.orders,
        units_wanted=in_all.units,
        supply=tuple(view(Coming, row, out_of_use=idle.get(row.location)) for row in supply),
    )


def _holder(row: Any, order: Order) -> Holder:
    """Who holds units, and, where the units wait with it, by which rule."""
    waits = why_it_waits(order) if row.status in HELD_WAITING else None
    return view(Holder, row, order_status=order.status, why_they_wait=waits)


def _waiter(tx: Tx, row: Any, order: Order, sku: str, *, explained: bool) -> Waiter:
    reasons = None
    if explained:
        lines = explain(order, surroundings(tx, order))
        reasons = _once(reason for line in lines if line.sku == sku for reason in line.reasons)
    return view(Waiter, row, order=row.number, order_status=order.status, reasons=reasons)


def _once(reasons: Iterable[Reason]) -> tuple[ShortReason, ...]:
    told: dict[str, ShortReason] = {}
    for reason in reasons:
        short = ShortReason(reason.code, reason.units, reason.sentence)
        told.setdefault(reason.sentence, short)
    return tuple(told.values())
