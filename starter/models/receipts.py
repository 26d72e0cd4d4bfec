"""Receipts: what came, and where it went."""

from collections.abc import Mapping

from fulfillment.store.reading.views.moves import ReceiptSummary, ReceiptView
from starter.models.fields import Name, Request, example
from starter.models.paged import Paged


class ReverseIn(Request):
    """Why a receipt is taken back."""

    model_config = example(reason="counted on the wrong purchase order")

    reason: Name


EXAMPLE_RECEIPT = {
    "number": "GR-9", "kind": "purchase_order", "document": "PO-77", "location": "vienna",
    "actor": "buyer (k7)", "at": "2026-03-10T09:30:00Z", "reversed_at": None,
    "reversal_reason": None, "units": 40, "to_shipments": 4, "to_shelf": 36, "undistributed": 0,
}  # fmt: skip

EXAMPLE_LINE = {
    "line": 1, "sku": "TEA-GREEN", "disposition": "sellable", "units": 40, "to_shipments": 4,
    "to_shelf": 36, "undistributed": 0, "shipment_count": 1,
    "shipments": [{"order": "WEB-1001", "shipment": 31, "units": 4}],
}  # fmt: skip

EXAMPLES: Mapping[type, object] = {
    ReceiptView: EXAMPLE_RECEIPT | {"lines": [EXAMPLE_LINE]},
    ReceiptSummary: EXAMPLE_RECEIPT,
}


class ReceiptPage(Paged[ReceiptSummary]):
    """One page of receipts, the newest first."""
