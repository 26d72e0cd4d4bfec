"""What else decides how a queue is served: other queues, and what started it."""

from collections.abc import Collection, Iterable

from fulfillment.domain.model.orders import Order
from fulfillment.domain.planning.auto_allocation import auto_allocation
from fulfillment.store.transactions.locks import lock_more_queues
from fulfillment.store.transactions.session import Tx


def deciding_queues(tx: Tx, orders: Iterable[Order], skus: Collection[str]) -> frozenset[str]:
    """Further queues with something to give, on which a conditional shipment's decision depends.

    They are locked before it is asked what they have: a receipt for one of them that is under
    way at the same moment would else be missed by both.
    """
    conditional = [order for order in orders if auto_allocation(order).decides]
    more = {
        line.sku
        for order in conditional
        for shipment in order.waiting
        if any(line.wanted and line.sku in skus for line in shipment.lines)
        for line in shipment.lines
        if line.wanted and line.sku not in skus
    }
    if not more:
        return frozenset()
    lock_more_queues(tx, more)
    rows = tx.rows(
        SOMETHING_TO_GIVE,
        merchant=tx.merchant,
        skus=sorted(more),
        unpicked=any(order.policy.rebalance.takes_from_ready for order in conditional),
    )
    return frozenset(row.sku for row in rows)


SOMETHING_TO_GIVE = """
SELECT k.sku FROM unnest(CAST(:skus AS text[])) AS k(sku)
 WHERE EXISTS (SELECT 1 FROM stock_level v WHERE v.merchant = :merchant
                  AND v.sku = k.sku AND v.disposition = 'sellable' AND v.on_hand > v.allocated)
    OR EXISTS (SELECT 1 FROM open_demand d WHERE d.merchant = :merchant
                  AND d.sku = k.sku AND d.held > 0)
    OR :unpicked AND EXISTS (
       SELECT 1 FROM allocation a
         JOIN shipment_line l ON l.id = a.shipment_line
         JOIN shipment s ON s.id = l.shipment AND s.status = 'ready'
        WHERE a.merchant = :merchant AND a.sku = k.sku AND NOT a.drop_ship
          AND a.units > a.picked + a.staged)
"""
"""Free, or held by who waits and may have to give it; with `unpicked`, also by what is ready."""


def started_by_status(tx: Tx, due: Collection[str]) -> frozenset[str]:
    """Of the queues to which a distribution is owed, those where a change of status started it."""
    if not due:
        return frozenset()
    rows = tx.rows(
        "SELECT sku FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
        " AND by_po_status",
        merchant=tx.merchant,
        skus=sorted(due),
    )
    return frozenset(row.sku for row in rows)
