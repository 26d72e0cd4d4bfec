"""Orders of which somebody noted that they are to be planned, and that this was done."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from fulfillment.store.queue.affected_pegs import Reached
from fulfillment.store.transactions.session import Tx

UNPLANNED = """
SELECT d.sku, d.order_id, d.held FROM unnest(CAST(:skus AS text[])) AS k(sku) CROSS JOIN LATERAL (
       SELECT * FROM open_demand d
        WHERE d.merchant = :merchant AND d.sku = k.sku AND d.stale
        ORDER BY d.priority, d.placed_at, d.intake_seq LIMIT :most) d
"""


@dataclass(frozen=True, slots=True)
class Unplanned:
    """Orders by the queue in which they are to be planned, and the queues in which more are.

    The `holders` keep units that those before them may want, which nobody was asked yet.
    """

    orders: Mapping[str, frozenset[int]] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()
    holders: frozenset[int] = frozenset()

    def within(self, skus: Collection[str]) -> Reached:
        """Those that are planned where only these queues are read to their end."""
        found = frozenset(id_ for sku in skus for id_ in self.orders.get(sku, ()))
        return Reached(found | self.holders, self.cut.intersection(skus))


def unplanned_in(tx: Tx, skus: Collection[str], most: int) -> Unplanned:
    """The first of them in each of these queues."""
    rows = tx.rows(UNPLANNED, merchant=tx.merchant, skus=sorted(skus), most=most + 1)
    found: dict[str, set[int]] = defaultdict(set)
    many = Counter(row.sku for row in rows)
    for row in rows:
        found[row.sku].add(row.order_id)
    return Unplanned(
        {sku: frozenset(orders) for sku, orders in found.items()},
        frozenset(sku for sku, lines in many.items() if lines > most),
        frozenset(row.order_id for row in rows if row.held),
    )


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
    """Note that these orders are to be planned in these queues, where they want or hold units."""
    if found := sorted(rows):
        tx.run(
            "UPDATE open_demand d SET stale = true"
            " FROM unnest(CAST(:orders AS bigint[]), CAST(:skus AS text[])) AS n(order_id, sku)"
            " WHERE d.order_id = n.order_id AND d.sku = n.sku",
            orders=[order for order, _ in found],
            skus=[sku for _, sku in found],
        )
