"""Orders of which somebody noted that they are to be planned, and that this was done."""

from collections import Counter
from collections.abc import Collection, Iterable

from fulfillment.store.queue.affected_pegs import Reached
from fulfillment.store.transactions.session import Tx

UNPLANNED = """
SELECT d.sku, d.order_id FROM unnest(CAST(:skus AS text[])) AS k(sku) CROSS JOIN LATERAL (
       SELECT * FROM open_demand d
        WHERE d.merchant = :merchant AND d.sku = k.sku AND d.stale
        ORDER BY d.priority, d.placed_at, d.intake_seq LIMIT :most) d
"""


def stale_in(tx: Tx, skus: Collection[str], most: int) -> Reached:
    """The first of them in each of these queues, and the queues in which there are more."""
    rows = tx.rows(UNPLANNED, merchant=tx.merchant, skus=list(skus), most=most + 1) if skus else []
    many = Counter(row.sku for row in rows)
    cut = frozenset(sku for sku, lines in many.items() if lines > most)
    return Reached(frozenset(row.order_id for row in rows), cut)


def planned(tx: Tx, orders: Collection[int], skus: Collection[str]) -> None:
    """Note that these orders were planned in these queues."""
    if orders:
        tx.run(
            "UPDATE open_demand SET stale = false"
            " WHERE order_id = ANY(:orders) AND sku = ANY(:skus) AND stale",
            orders=sorted(orders),
            skus=sorted(skus),
        )


def note_stale(tx: Tx, rows: Iterable[tuple[int, str]]) -> None:
    """Note that these orders are to be planned in these queues, where they want something."""
    if found := sorted(rows):
        tx.run(
            "UPDATE open_demand d SET stale = true"
            " FROM unnest(CAST(:orders AS bigint[]), CAST(:skus AS text[])) AS n(order_id, sku)"
            " WHERE d.order_id = n.order_id AND d.sku = n.sku AND d.wanted > 0",
            orders=[order for order, _ in found],
            skus=[sku for _, sku in found],
        )
