"""Purchase orders: written, changed, moved, and served when goods come for them."""

from fulfillment.store.commands.supply.purchase_orders.amending import change_purchase_order
from fulfillment.store.commands.supply.purchase_orders.documents import (
    KEEP,
    LineChange,
    NewDate,
    NewPurchaseLine,
    NewPurchaseOrder,
    PurchaseChange,
    purchase_order_command,
)
from fulfillment.store.commands.supply.purchase_orders.drafting import (
    Draft,
    ToDraft,
    draft_purchase_orders,
    find_to_draft,
)
from fulfillment.store.commands.supply.purchase_orders.finding import (
    purchase_order_progress,
)
from fulfillment.store.commands.supply.purchase_orders.serving import serve_receipts
from fulfillment.store.commands.supply.purchase_orders.writing import (
    check_writable,
    create_purchase_order,
    move_status,
)

__all__ = [
    "KEEP",
    "Draft",
    "LineChange",
    "NewDate",
    "NewPurchaseLine",
    "NewPurchaseOrder",
    "PurchaseChange",
    "ToDraft",
    "change_purchase_order",
    "check_writable",
    "create_purchase_order",
    "draft_purchase_orders",
    "find_to_draft",
    "move_status",
    "purchase_order_command",
    "purchase_order_progress",
    "serve_receipts",
]
