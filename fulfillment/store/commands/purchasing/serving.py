"""Serve those who wait for what came."""

from collections.abc import Collection

from fulfillment.store.commands.purchasing.finding import skus_of
from fulfillment.store.session import Store, Tx
from fulfillment.store.workspace import open_queues


def serve_receipts(store: Store, merchant: str, purchase_order: int) -> int:
    """Serve the queues of a purchase order's SKUs, one batch; how many of them are still owed."""

    def body(tx: Tx) -> int:
        skus = skus_of(tx, purchase_order)
        space = open_queues(tx, _due(tx, skus))
        space.plan()
        space.save()
        return len(_due(tx, skus))

    return store.transact(merchant, body, actor="purchase order")


def _due(tx: Tx, skus: Collection[str]) -> list[str]:
    rows = tx.rows(
        "SELECT sku FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
        " AND due_since IS NOT NULL ORDER BY sku",
        merchant=tx.merchant,
        skus=sorted(skus),
    )
    return [row.sku for row in rows]
