"""Find, lock and tell of a purchase order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.domain.model.statuses import ENDED, PurchaseOrderStatus
from fulfillment.store.records.saving.supplies import TELLS, SupplyTold, telling
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.session import LocksTooSmallError, Tx
from fulfillment.store.transactions.zones import zone_of


def find(tx: Tx, number: str) -> tuple[int, frozenset[str]]:
    """The id and the SKUs of a purchase order, read without a lock."""
    rows = tx.rows(
        "SELECT id FROM purchase_order WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("purchase order", number)
    purchase_order = int(rows[0].id)
    return purchase_order, skus_of(tx, purchase_order)


STATUS = "SELECT status FROM purchase_order WHERE id = :id"
TAKE = f"{STATUS} FOR NO KEY UPDATE"


def lock(tx: Tx, purchase_order: int, skus: Collection[str]) -> PurchaseOrderStatus:
    """Take the row of a purchase order; the queues of its `skus` are locked already.

    A line of another SKU may have been added before: then the work is done again with its queue.
    What is only simulated locks nothing.
    """
    (row,) = tx.rows(STATUS if tx.is_simulated else TAKE, id=purchase_order)
    if more := skus_of(tx, purchase_order) - set(skus):
        raise LocksTooSmallError(more)
    return PurchaseOrderStatus(row.status)


def check_seen(tx: Tx, purchase_order: int, seen: int | None) -> None:
    """Refuse a purchase order that is not as somebody saw it; its row is locked.

    `seen` is the version of it that was looked at, which rises with whatever happens to it; None
    where nobody looked.
    """
    if seen is None:
        return
    (row,) = tx.rows(
        "SELECT number, wake_seq FROM purchase_order WHERE id = :id", id=purchase_order
    )
    if row.wake_seq != seen:
        message = f"purchase order {row.number} has changed since you looked at it"
        raise conflict("purchase_order_changed", message, version=row.wake_seq)


def skus_of(tx: Tx, purchase_order: int) -> frozenset[str]:
    """The SKUs of its lines."""
    rows = tx.rows(
        "SELECT DISTINCT u.sku FROM purchase_order_line l JOIN supply u ON u.id = l.supply"
        " WHERE l.purchase_order = :id",
        id=purchase_order,
    )
    return frozenset(row.sku for row in rows)


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what is ordered in all, what of it was received, and the date it stands on.

    `units` are none where the line was given up.
    """

    line: int
    supply: int
    sku: str
    location: str
    units: int
    received: int
    expected_on: date | None
    follows_header: bool

    @property
    def outstanding(self) -> int:
        """Units of it that are still to come."""
        return self.units - self.received


LINES = """
SELECT l.line, u.id AS supply, u.sku, u.location, u.ordered - u.closed AS units, u.received,
       u.expected_on, u.expected_on IS NOT DISTINCT FROM p.expected_on AS follows_header
  FROM purchase_order p JOIN purchase_order_line l ON l.purchase_order = p.id
  JOIN supply u ON u.id = l.supply WHERE p.id = :id ORDER BY l.line
"""


def lines_of(tx: Tx, purchase_order: int) -> list[Line]:
    """Its lines; one that stands on the header's date follows that."""
    return [Line(*row) for row in tx.rows(LINES, id=purchase_order)]


def is_complete(tx: Tx, purchase_order: int) -> bool:
    """Whether nothing is outstanding on any of its lines."""
    (row,) = tx.rows(
        "SELECT bool_and(u.outstanding = 0) AS complete"
        " FROM purchase_order_line l JOIN supply u ON u.id = l.supply WHERE l.purchase_order = :id",
        id=purchase_order,
    )
    return bool(row.complete)


def set_status(tx: Tx, purchase_order: int, status: PurchaseOrderStatus) -> None:
    """Store a status that the transition table allows; one that it ends in remembers the last."""
    tx.run(
        "UPDATE purchase_order SET status = :status,"
        " ended_at = CASE WHEN :ends THEN CAST(:now AS timestamptz) END,"
        " ended_from = CASE WHEN :ends THEN status END WHERE id = :id",
        status=status,
        ends=status in ENDED,
        now=tx.now,
        id=purchase_order,
    )


NEXT_WAKE = "UPDATE purchase_order SET wake_seq = wake_seq + 1 WHERE id = :id"


def tell(tx: Tx, purchase_order: int, kind: outbox.Kind, told: SupplyTold | None = None) -> None:
    """Owe the purchase order's workflow where it stands; its history has what happened."""
    if told is not None and told.happenings:
        tx.run(f"WITH {TELLS} {NEXT_WAKE}", id=purchase_order, **telling(tx, [told]))
    else:
        tx.run(NEXT_WAKE, id=purchase_order)
    state = purchase_order_progress(tx, purchase_order)
    outbox.put(tx, kind, [(str(purchase_order), {"merchant": tx.merchant, "progress": state})])


PROGRESS = """
SELECT p.id AS purchase_order, p.number, p.wake_seq AS seq, p.status, p.supplier,
       (SELECT max(number) FROM epoch) AS epoch,
       min(u.expected_on) FILTER (WHERE u.outstanding > 0) AS due_on,
       sum(u.ordered)::bigint AS ordered, sum(u.received + u.over_received)::bigint AS received,
       bool_or(q.due_since IS NOT NULL) AS distribution_due,
       jsonb_agg(DISTINCT jsonb_build_array(u.expected_on, at.time_zone))
           FILTER (WHERE u.expected_on IS NOT NULL AND u.inbound AND NOT u.overdue
                     AND p.status <> 'arrived') AS awaited,
       coalesce(sum(u.outstanding)
           FILTER (WHERE u.inbound AND u.overdue), 0)::bigint AS overdue
  FROM purchase_order p JOIN purchase_order_line l ON l.purchase_order = p.id
  JOIN supply u ON u.id = l.supply
  JOIN location at ON at.id = u.location
  JOIN sku_queue q ON q.merchant = u.merchant AND q.sku = u.sku
 WHERE p.id = :id GROUP BY p.id
"""


def purchase_order_progress(tx: Tx, purchase_order: int) -> dict[str, Any]:
    """The snapshot that a purchase order's workflow works with.

    `due_at` is the moment at which the next date of a line has passed at its location.
    """
    (row,) = tx.rows(PROGRESS, id=purchase_order)
    known = dict(row._asdict())
    ends = [_end_of(date.fromisoformat(day), zone) for day, zone in known.pop("awaited") or ()]
    return known | {"due_at": min(ends, default=None)}


def _end_of(day: date, zone: str) -> datetime:
    """The moment at which a day is over in a zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone_of(zone)).astimezone(UTC)
