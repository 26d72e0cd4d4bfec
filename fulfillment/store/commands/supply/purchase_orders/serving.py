"""Serve those who wait for what came."""

from collections.abc import Collection

from fulfillment.store.commands.supply.purchase_orders.finding import skus_of
from fulfillment.store.planning.distribution import serve_queues
from fulfillment.store.transactions.session import Store, Tx


def serve_receipts(store: Store, merchant: str, purchase_order: int) -> int:
    """Serve the queues of a purchase order's SKUs, one batch; how many of them are still owed."""

    def due(tx: Tx) -> list[str]:
        return _due(tx, skus_of(tx, purchase_order))

    serve_queues(store, merchant, due, actor="purchase order")
    return len(store.read(merchant, due))


def _due(tx: Tx, skus: Collection[str]) -> list[str]:
    rows = tx.rows(
        "SELECT sku FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
        " AND due_since IS NOT NULL ORDER BY sku",
        merchant=tx.merchant,
        skus=sorted(skus),
    )
    return [row.sku for row in rows]
