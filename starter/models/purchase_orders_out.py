"""Purchase orders as they are answered: views of the store, and pages of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from fulfillment.store.reading.views.moves import ReceiptLineView
from fulfillment.store.reading.views.purchasing import (
    PurchaseOrderDetail,
    PurchaseOrderSummary,
    PurchaseOrderView,
    ReleasedOrder,
)
from starter.models.paged import Paged
from starter.models.receipts import EXAMPLE_LINE

EXAMPLE_PURCHASE_ORDER = {
    "number": "PO-77", "supplier": "Leaf Imports", "status": "approved", "partly_received": False,
    "expected_on": "2026-03-10", "created_at": "2026-03-01T08:00:00Z",
    "lines": [{"line": 1, "sku": "TEA-GREEN", "location": "vienna", "ordered": 100,
               "pack": None, "received": 0, "over_received": 0, "closed": 0, "outstanding": 100,
               "expected_on": "2026-03-10", "overdue": False, "pegged": 4,
               "surplus": 0}],
    "over_receipt_percent": 0,
}  # fmt: skip

EXAMPLE_DISTRIBUTION = {
    "skus": 1, "skus_owed": 0, "since": None, "undistributed": 0, "orders_released": 12,
    "lines_waiting": 3, "units_waiting": 9,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedOut(PurchaseOrderView):
    """The purchase order right after the receipt was counted, and where the goods go.

    They are given out right after it: see the receipt, or wait for it with `Prefer: wait=5`.
    """

    receipt: str
    """The receipt's number."""
    goods: tuple[ReceiptLineView, ...]
    """What came, and where it goes."""


EXAMPLES: Mapping[type, object] = {
    PurchaseOrderView: EXAMPLE_PURCHASE_ORDER,
    PurchaseOrderDetail: EXAMPLE_PURCHASE_ORDER | {"distribution": EXAMPLE_DISTRIBUTION},
    ReceivedOut: EXAMPLE_PURCHASE_ORDER | {"receipt": "GR-9", "goods": [EXAMPLE_LINE]},
    PurchaseOrderSummary: {
        "number": "PO-77", "supplier": "Leaf Imports", "status": "approved",
        "partly_received": False, "expected_on": "2026-03-10",
        "created_at": "2026-03-01T08:00:00Z", "line_count": 1,
        "ordered": 100, "received": 0, "closed": 0, "pegged": 4,
    },
    ReleasedOrder: {
        "order": "WEB-1001", "status": "awaiting_stock", "priority": 50,
        "placed_at": "2026-03-01T08:00:00Z", "units": 4, "pinned": 0,
        "expected_on": "2026-03-10", "waiting": 4, "completes": True,
    },
}  # fmt: skip


class PurchaseOrderPage(Paged[PurchaseOrderSummary]):
    """One page of purchase orders, the newest first."""


class ReleasedOrderPage(Paged[ReleasedOrder]):
    """One page of the orders that a purchase order will release, by rank."""
