"""The one lock order: SKU queues sorted, then orders sorted, then stock levels sorted.

Whoever changes a claim, a peg or a status of an order holds that order's row. Whoever changes
who gets a SKU's units holds that SKU's queue row before any order. Stock levels come last, and
are locked by the statement that writes them. Nobody waits for a queue after an order, so no
circle can form; what must be taken later is taken at once or, where somebody has it, as a larger
set from the start again. What is only simulated locks nothing.
"""

from collections.abc import Collection, Iterable
from typing import Any

from fulfillment.store.transactions.held import wanting
from fulfillment.store.transactions.session import LocksTooSmallError, Tx


def lock_queues(tx: Tx, skus: Iterable[str]) -> frozenset[str]:
    """Take the queues of these SKUs; those on which a distribution is still owed are returned.

    What was read before is forgotten: settings may have changed while this waited.
    """
    queues = _queues(tx, {*skus, *tx.also}, "FOR NO KEY UPDATE")
    tx.memo.clear()
    return frozenset(row.sku for row in queues if row.due_since is not None)


def lock_more_queues(tx: Tx, skus: Collection[str]) -> None:
    """Take further queues without waiting for anybody; else all is to be taken anew."""
    if len(_queues(tx, skus, "FOR NO KEY UPDATE SKIP LOCKED")) < len(set(skus)):
        raise LocksTooSmallError(skus)


def _queues(tx: Tx, skus: Iterable[str], locking: str) -> list[Any]:
    sql = "SELECT sku, due_since FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
    in_order = f"{sql} ORDER BY sku {'' if tx.is_simulated else locking}"
    wanted = sorted(set(skus))
    with wanting("queue", wanted):
        return tx.rows(in_order, merchant=tx.merchant, skus=wanted)


def lock_orders(tx: Tx, orders: Collection[int]) -> None:
    """Take the rows of these orders."""
    if orders and not tx.is_simulated:
        wanted = sorted(set(orders))
        with wanting("order", wanted):
            tx.rows(
                "SELECT id FROM orders WHERE merchant = :merchant AND id = ANY(:ids)"
                " ORDER BY id FOR NO KEY UPDATE",
                merchant=tx.merchant,
                ids=wanted,
            )
