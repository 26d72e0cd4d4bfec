"""What should be under way at the engine."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fulfillment.store.transactions.session import Store


@dataclass(frozen=True, slots=True, order=True)
class OrderName:
    """An order as people and workflows call it."""

    merchant: str
    number: str


def unfinished_orders(store: Store, created_before: datetime) -> list[OrderName]:
    """Every merchant's orders that are not finished, were taken in before, and are to be running.

    Those whose start still waits for its turn are not.
    """
    sql = (
        "SELECT merchant, number FROM orders o WHERE finished_at IS NULL AND created_at < :before"
        " AND NOT EXISTS (SELECT FROM outbox s"
        " WHERE s.kind = 'start_order' AND s.subject = o.id::text) ORDER BY merchant, id"
    )
    rows = store.read("*", lambda tx: tx.rows(sql, before=created_before))
    return [OrderName(row.merchant, row.number) for row in rows]


def owed_since(store: Store, created_before: datetime, most: int) -> list[dict[str, Any]]:
    """Messages to the engine that were written before and are still not delivered.

    Starts that were not tried yet are in their turn while others of their merchant are started.
    """
    sql = (
        "SELECT merchant, kind, subject, attempts, created_at, last_error FROM outbox b"
        " WHERE created_at < :before AND NOT (kind = 'start_order' AND attempts = 0 AND EXISTS"
        " (SELECT FROM started_order s WHERE s.merchant = b.merchant AND s.started_at >= :before))"
        " ORDER BY created_at, id LIMIT :most"
    )
    rows = store.read("*", lambda tx: tx.rows(sql, before=created_before, most=most))
    return [row._asdict() for row in rows]
