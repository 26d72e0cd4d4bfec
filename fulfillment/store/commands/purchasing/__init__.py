"""Purchase orders: what will come, and what has come."""

from fulfillment.store.commands.purchasing.documents import (
    NewPurchaseLine,
    NewPurchaseOrder,
    Receipt,
    ReceivedLine,
    receipt_content,
    receipt_key,
)
from fulfillment.store.commands.purchasing.finding import (
    purchase_order_progress,
    read_purchase_order,
)
from fulfillment.store.commands.purchasing.receiving import receive
from fulfillment.store.commands.purchasing.serving import serve_receipts
from fulfillment.store.commands.purchasing.writing import create_purchase_order, move_status

__all__ = [
    "NewPurchaseLine",
    "NewPurchaseOrder",
    "Receipt",
    "ReceivedLine",
    "create_purchase_order",
    "move_status",
    "purchase_order_progress",
    "read_purchase_order",
    "receipt_content",
    "receipt_key",
    "receive",
    "serve_receipts",
]
