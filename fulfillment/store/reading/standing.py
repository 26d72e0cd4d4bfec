"""Where orders and purchase orders stand, for a comparison with what the engine knows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from fulfillment.domain.insight.progress import Progress, progress_of
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.apart import together_or_apart
from fulfillment.store.transactions.session import Store

BATCH = 500


@dataclass(frozen=True, slots=True)
class Life:
    """The epoch that the database is in, since when, and the newest moment that it knows."""

    epoch: int
    began_at: datetime
    newest: datetime


@dataclass(frozen=True, slots=True)
class OrderHead:
    """An order as lists have it."""

    id: int
    merchant: str
    number: str
    status: str
    finished_at: datetime | None
    created_at: datetime
    seq: int
    """Of the last change that its workflow is told of."""


@dataclass(frozen=True, slots=True)
class PurchaseOrderHead:
    """A purchase order with how much its workflow was told, and what came of it."""

    id: int
    merchant: str
    number: str
    seq: int
    received: int
    is_open: bool


def life(store: Store) -> Life:
    """The database's epoch."""
    sql = (
        "SELECT number, began_at, greatest(began_at,"
        " (SELECT at FROM order_event ORDER BY id DESC LIMIT 1),"
        " (SELECT created_at FROM outbox ORDER BY id DESC LIMIT 1)) AS newest"
        " FROM epoch ORDER BY number DESC LIMIT 1"
    )
    (row,) = store.read("*", lambda tx: tx.rows(sql))
    return Life(row.number, row.began_at, row.newest)


def known_merchants(store: Store) -> frozenset[str]:
    """Whose workflows are of this database: others may share the engine."""
    rows = store.read("*", lambda tx: tx.rows("SELECT id FROM merchant"))
    return frozenset(row.id for row in rows)


def unfinished_heads(store: Store) -> list[OrderHead]:
    """Every merchant's orders that are not finished, the newest first."""
    sql = (
        "SELECT id, merchant, number, status, finished_at, created_at, wake_seq FROM orders"
        " WHERE finished_at IS NULL ORDER BY id DESC"
    )
    return [OrderHead(*row) for row in store.read("*", lambda tx: tx.rows(sql))]


def starts_owed(store: Store) -> frozenset[int]:
    """The orders whose start waits for its turn to be delivered."""
    sql = "SELECT subject FROM outbox WHERE kind = 'start_order'"
    subjects = (row.subject for row in store.read("*", lambda tx: tx.rows(sql)))
    # What is no id is no start of ours; the relay sets it aside.
    return frozenset(int(subject) for subject in subjects if subject.isdecimal())


def heads_of(store: Store, merchant: str, numbers: Collection[str]) -> dict[str, OrderHead]:
    """Those of these orders that there are, by number, archived ones too."""
    sql = (
        "SELECT id, merchant, number, status, finished_at, created_at, wake_seq FROM orders"
        " WHERE merchant = :merchant AND number = ANY(:numbers) UNION ALL"
        " SELECT order_id, merchant, number, status, finished_at, placed_at, 0 FROM archived_order"
        " WHERE merchant = :merchant AND number = ANY(:numbers)"
    )
    rows = store.read(merchant, lambda tx: tx.rows(sql, merchant=merchant, numbers=sorted(numbers)))
    return {row.number: OrderHead(*row) for row in rows}


def progress_of_orders(store: Store, merchant: str, ids: Collection[int]) -> list[Progress]:
    """Where each of these orders stands; one that can not be read is told of in the log."""
    wanted = sorted(ids)
    standing: list[Progress] = []

    def read(batch: Sequence[int]) -> int:
        found = store.read(merchant, lambda tx: load_orders(tx, batch))
        standing.extend([progress_of(order) for order in found.values()])
        return len(found)

    for at in range(0, len(wanted), BATCH):
        together_or_apart("progress_of_orders", wanted[at : at + BATCH], read)
    return standing


def settled_since(
    store: Store, merchant: str, ids: Collection[int], before: datetime
) -> frozenset[int]:
    """Those of these orders to which nothing happened since, and nothing is owed."""
    sql = (
        "SELECT o.id FROM orders o WHERE o.merchant = :merchant AND o.id = ANY(:ids)"
        " AND NOT EXISTS (SELECT FROM order_event e WHERE e.order_id = o.id AND e.at >= :before)"
        " AND NOT EXISTS (SELECT FROM outbox b WHERE b.subject = o.id::text"
        " AND b.kind IN ('start_order', 'wake_order'))"
    )
    rows = store.read(
        merchant, lambda tx: tx.rows(sql, merchant=merchant, ids=sorted(ids), before=before)
    )
    return frozenset(row.id for row in rows)


def purchase_order_heads(
    store: Store, named: Collection[tuple[str, str]] = ()
) -> list[PurchaseOrderHead]:
    """Every merchant's purchase orders that are open, and those of others that are named."""
    sql = (
        "SELECT p.id, p.merchant, p.number, p.wake_seq,"
        " coalesce(sum(u.received + u.over_received), 0)::bigint AS received,"
        " p.ended_at IS NULL AS is_open FROM ("
        "SELECT * FROM purchase_order WHERE ended_at IS NULL UNION"
        " SELECT f.* FROM unnest(CAST(:merchants AS text[]), CAST(:numbers AS text[]))"
        " AS n(merchant, number) JOIN purchase_order f USING (merchant, number)) p"
        " LEFT JOIN purchase_order_line l ON l.purchase_order = p.id"
        " LEFT JOIN supply u ON u.id = l.supply"
        " GROUP BY p.id, p.merchant, p.number, p.wake_seq, p.ended_at ORDER BY p.id"
    )
    names: dict[str, object] = {
        "merchants": [merchant for merchant, _ in named],
        "numbers": [number for _, number in named],
    }
    return [PurchaseOrderHead(*row) for row in store.read("*", lambda tx: tx.rows(sql, **names))]
