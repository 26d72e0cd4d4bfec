"""The one lock order: SKU queues sorted, then orders sorted, then stock levels sorted.

Whoever changes a claim, a peg or a status of an order holds that order's row. Whoever changes
who gets a SKU's units holds that SKU's queue row before any order. Stock levels come last, and
are locked by the statement that writes them. Nobody takes a queue after an order, so no circle
can form; what must be taken later anyway is a larger set, taken from the start again.
"""

from collections.abc import Collection, Iterable

from fulfillment.store.session import Tx


def lock_queues(tx: Tx, skus: Iterable[str]) -> frozenset[str]:
    """Take the queues of these SKUs; those on which a distribution is still owed are returned."""
    rows = tx.rows(
        "SELECT sku, due_since FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
        " ORDER BY sku FOR NO KEY UPDATE",
        merchant=tx.merchant,
        skus=sorted(set(skus)),
    )
    return frozenset(row.sku for row in rows if row.due_since is not None)


def lock_orders(tx: Tx, orders: Collection[int]) -> None:
    """Take the rows of these orders."""
    if orders:
        tx.rows(
            "SELECT id FROM orders WHERE merchant = :merchant AND id = ANY(:ids)"
            " ORDER BY id FOR NO KEY UPDATE",
            merchant=tx.merchant,
            ids=sorted(set(orders)),
        )
