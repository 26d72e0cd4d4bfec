"""Orders that have not made their first claim: how large they are, and who waits longest."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fulfillment.domain.model.rank import Rank
from fulfillment.store.transactions.session import Store, Tx


@dataclass(frozen=True, slots=True)
class Claimant:
    """An order before its first claim: its place in the queue, how many lines, which SKUs."""

    order: int
    rank: Rank
    lines: int
    skus: frozenset[str]

    @classmethod
    def unknown(cls, order: int) -> "Claimant":
        """An order of which the merchant has nothing: last in rank, and nothing wanted."""
        return cls(order, Rank(100, datetime.max.replace(tzinfo=UTC), order), 0, frozenset())

    @property
    def is_unknown(self) -> bool:
        """Whether there is nothing to claim for; every order has a line."""
        return not self.lines


CLAIMANTS = """
SELECT o.id, o.priority, o.placed_at, o.intake_seq, count(*) AS lines,
       array_agg(DISTINCT l.sku) AS skus
  FROM orders o JOIN order_line l ON l.order_id = o.id
 WHERE o.merchant = :merchant AND o.id IN (
       SELECT unnest(CAST(:orders AS bigint[]))
        UNION SELECT s.order_id FROM started_order s JOIN orders u ON u.id = s.order_id
               WHERE s.merchant = :merchant AND u.finished_at IS NULL AND NOT u.first_claimed
                 AND u.holds = '{}')
 GROUP BY o.id
"""


def claimants(store: Store, merchant: str, orders: Collection[int]) -> dict[int, Claimant]:
    """Rank and size of these orders, and of those that are on their way to their first claim.

    Read without a lock; orders that the merchant does not have are left out. An order is on its
    way when its workflow was started a moment ago.
    """

    def body(tx: Tx) -> dict[int, Claimant]:
        rows = tx.rows(CLAIMANTS, merchant=merchant, orders=sorted(orders))
        return {
            row.id: Claimant(
                row.id,
                Rank(row.priority, row.placed_at, row.intake_seq),
                row.lines,
                frozenset(row.skus),
            )
            for row in rows
        }

    return store.read(merchant, body)


OLDEST_UNCLAIMED = """
SELECT merchant, count(*) AS orders, min(created_at) AS oldest FROM orders
 WHERE NOT first_claimed AND finished_at IS NULL AND holds = '{}' AND created_at < :before
 GROUP BY merchant ORDER BY merchant
"""
"""An order that a broken rule keeps from its claim is on hold, and a matter for people."""

OLDEST_OWED = """
SELECT merchant, count(*) AS queues, min(due_since) AS oldest FROM sku_queue
 WHERE due_since < :before GROUP BY merchant ORDER BY merchant
"""


def unclaimed_since(store: Store, before: datetime) -> list[dict[str, Any]]:
    """Merchants with orders that came before and have not made their first claim."""
    return _since(store, OLDEST_UNCLAIMED, before)


def owed_to_queues_since(store: Store, before: datetime) -> list[dict[str, Any]]:
    """Merchants with queues to which a distribution has been owed since before."""
    return _since(store, OLDEST_OWED, before)


def _since(store: Store, sql: str, before: datetime) -> list[dict[str, Any]]:
    rows = store.read("*", lambda tx: tx.rows(sql, before=before))
    return [row._asdict() for row in rows]
