"""What has to be started again, and whether there is anything left to do."""

from collections.abc import Sequence
from datetime import timedelta

from fulfillment.store.commands.administration.restoring import restart_orders
from fulfillment.store.commands.supply.overdue import PASSED, Reminded, note_reminded, wake_reminded
from fulfillment.store.queue.pending_queues import owe_replan
from fulfillment.store.records.days import MERCHANTS_DAY, days_now
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.apart import each_apart
from fulfillment.store.transactions.session import Store, Tx
from fulfillment.store.transactions.threads import in_thread

TIMER_IS_LATE = timedelta(hours=1)
"""After so long a purchase order's own timer should have rung."""


async def order_is_finished(store: Store, merchant: str, order: int) -> bool:
    """Whether nothing is left to do for an order."""

    def body(tx: Tx) -> bool:
        rows = tx.rows(
            "SELECT finished_at IS NOT NULL AS finished FROM orders"
            " WHERE merchant = :merchant AND id = :order",
            merchant=merchant,
            order=order,
        )
        return bool(rows and rows[0].finished)

    return await in_thread(None, store.read, merchant, body)


def start_unfinished(store: Store, merchant: str, numbers: Sequence[str]) -> int:
    """Owe a start to those of these orders that are not finished; how many there are."""
    sql = (
        "SELECT id FROM orders WHERE merchant = :merchant AND number = ANY(:numbers)"
        " AND finished_at IS NULL"
    )
    rows = store.read(merchant, lambda tx: tx.rows(sql, merchant=merchant, numbers=list(numbers)))
    return restart_orders(store, merchant, [row.id for row in rows], "sweep")


def restarts_owed(store: Store) -> int:
    """How many orders that are started again are still to be delivered."""
    sql = "SELECT count(*) AS owed FROM outbox WHERE lane = :lane"
    (row,) = store.read("*", lambda tx: tx.rows(sql, lane=outbox.RESTART_LANE))
    return int(row.owed)


def owe_overdue(store: Store, wait: timedelta) -> int:
    """Have served what is owed for longer, or since a day has come; for how many merchants."""
    merchants = store.read("*", lambda tx: _owed(tx, wait))
    return each_apart(
        "owe_overdue",
        merchants,
        lambda merchant: store.transact(merchant, owe_replan, actor="sweep"),
    )


def _owed(tx: Tx, wait: timedelta) -> list[str]:
    rows = tx.rows(
        "SELECT merchant FROM sku_queue WHERE due_since < :cutoff"  # noqa: S608 -- constants
        " UNION SELECT id FROM merchant WHERE replan_due"
        " UNION SELECT m.id FROM merchant m CROSS JOIN LATERAL ("
        " SELECT FROM orders o WHERE o.merchant = m.id AND o.recheck_on <= :latest"
        " AND o.finished_at IS NULL AND o.first_claimed"
        f" AND o.recheck_on <= {MERCHANTS_DAY} ORDER BY o.recheck_on LIMIT 1) due"
        f" UNION SELECT u.merchant {PASSED} AND u.kind <> 'purchase_order'"
        " ORDER BY 1",
        cutoff=tx.now - wait,
        days=days_now(tx),
        latest=tx.latest_today,
    )
    return [row.merchant for row in rows]


def wake_overdue(store: Store) -> int:
    """Tell purchase orders whose timers are late; how many."""
    found = store.transact("*", lambda tx: note_reminded(tx, TIMER_IS_LATE), actor="sweep")

    def wake(which: Reminded) -> None:
        store.transact(which.merchant, lambda tx: wake_reminded(tx, which.id), actor="sweep")

    return each_apart("wake_overdue", found, wake)
