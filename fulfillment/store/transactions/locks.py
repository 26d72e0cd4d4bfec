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


def hold_queues(tx: Tx, skus: Iterable[str]) -> None:
    """Hold the queues of whose rows sums are kept: asked by whoever writes such a row.

    One that was not taken with the others is taken now, if nobody has it; else all is done anew.
    """
    if missing := {sku for sku in skus if (tx.merchant, sku) not in tx.queues}:
        lock_more_queues(tx, missing)


def _queues(tx: Tx, skus: Iterable[str], locking: str) -> list[Any]:
    sql = "SELECT sku, due_since FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
    in_order = f"{sql} ORDER BY sku {'' if tx.is_simulated else locking}"
    wanted = sorted(set(skus))
    with wanting("queue", wanted):
        found = tx.rows(in_order, merchant=tx.merchant, skus=wanted)
    tx.queues.update((tx.merchant, row.sku) for row in found)
    return found


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
