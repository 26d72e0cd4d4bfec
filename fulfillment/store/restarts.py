"""What has to be started again, and whether there is anything left to do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from fulfillment.store import outbox
from fulfillment.store.owing import owe_replan
from fulfillment.store.session import Store, Tx
from fulfillment.store.threads import in_thread


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

    def body(tx: Tx) -> int:
        rows = tx.rows(
            "SELECT id, number, priority FROM orders WHERE merchant = :merchant"
            " AND number = ANY(:numbers) AND finished_at IS NULL",
            merchant=merchant,
            numbers=list(numbers),
        )
        outbox.put(
            tx,
            outbox.Kind.START_ORDER,
            (
                (
                    str(row.id),
                    {
                        "merchant": merchant,
                        "order": row.id,
                        "number": row.number,
                        "priority": row.priority,
                    },
                )
                for row in rows
            ),
        )
        return len(rows)

    return store.transact(merchant, body, actor="sweep")


def owe_overdue(store: Store, wait: timedelta) -> int:
    """Have the queues served to which a distribution is owed for longer; for how many merchants."""

    def body(tx: Tx) -> int:
        rows = tx.rows(
            "SELECT DISTINCT merchant FROM sku_queue WHERE due_since < :cutoff ORDER BY merchant",
            cutoff=tx.now - wait,
        )
        for row in rows:
            owe_replan(replace(tx, merchant=row.merchant))
        return len(rows)

    return store.transact("*", body, actor="sweep")
