"""Units of a product that lie idle while orders wait, and the rule by which they do."""

from collections.abc import Iterable, Iterator, Sequence

from fulfillment.domain.insight.explain import explain
from fulfillment.domain.insight.explanation import ReasonCode
from fulfillment.domain.insight.queue_picture import QueueRow, StockAt, WhyIdle
from fulfillment.domain.insight.release_blockers import why_it_waits
from fulfillment.domain.model.orders import Order
from fulfillment.store.insight.order import surroundings
from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.reading.queue_rows import QueueScope
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.session import Tx

TOLD = 3
"""Orders that are told of: the first in rank."""

HOLDERS = f"""
SELECT d.order_id, o.number, a.location, a.units - a.picked - a.staged AS units
  FROM open_demand d JOIN allocation a ON a.shipment_line = d.shipment_line
  JOIN orders o ON o.id = d.order_id
 WHERE d.merchant = :merchant AND d.sku = :sku AND d.held > 0 AND NOT a.drop_ship
   AND a.units > a.picked + a.staged
   AND (CAST(:there AS text[]) IS NULL OR a.location = ANY(:there))
   AND (CAST(:places AS text[]) IS NULL OR ({ORDER_IS_AT}))
 ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line, a.location LIMIT :most
"""  # noqa: S608 -- a constant

DECLINES = frozenset(
    {
        ReasonCode.NOT_CLAIMED_YET,
        ReasonCode.BY_HAND,
        ReasonCode.AUTO_ALLOCATE_NEVER,
        ReasonCode.ONLY_IF_COMPLETE,
        ReasonCode.NOT_DUE_SOON_ENOUGH,
        ReasonCode.ONLY_ON_PO_STATUS,
        ReasonCode.LOCKED_TO_LOCATION,
        ReasonCode.PICKUP_ONLY,
        ReasonCode.SOURCE_ONLY,
        ReasonCode.DISTRIBUTION_OWED,
    }
)
"""Why a line takes nothing of what is free."""


def held_idle(tx: Tx, scope: QueueScope) -> list[WhyIdle]:
    """Units that wait with the first orders that hold some, and the rule that keeps them."""
    holders = tx.rows(HOLDERS, merchant=tx.merchant, most=TOLD, **scope.values)
    orders = load_orders(tx, {row.order_id for row in holders})
    return [
        WhyIdle(row.units, row.location, row.number, blocker.sentence, is_free=False)
        for row in holders
        if (blocker := why_it_waits(orders[row.order_id]))
    ]


def free_idle(
    tx: Tx, sku: str, head: Iterable[QueueRow], stock: Iterable[StockAt]
) -> list[WhyIdle]:
    """Units that nobody has, and why the first who wait do not take them."""
    free = [one for one in stock if one.out_of_use is None and one.free > 0]
    if not free:
        return []
    first = list(dict.fromkeys(row.order_id for row in head))[:TOLD]
    orders = load_orders(tx, first)
    declined = list(_declined(tx, sku, [orders[one] for one in first]))
    return [
        WhyIdle(at.free, at.location, order, why, is_free=True)
        for at in free
        for order, why in declined
    ]


def _declined(tx: Tx, sku: str, orders: Sequence[Order]) -> Iterator[tuple[str, str]]:
    for order in orders:
        told = (
            reason.sentence
            for line in explain(order, surroundings(tx, order))
            if line.sku == sku
            for reason in line.reasons
            if reason.code in DECLINES
        )
        if why := next(told, None):
            yield order.number, why
