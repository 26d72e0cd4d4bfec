"""Orders as they are listed."""

from collections.abc import Mapping

from fulfillment.store.reading.views.orders import OrderSummary
from starter.models.paged import Paged


class OrderPage(Paged[OrderSummary]):
    """One page of orders."""


EXAMPLE: dict[str, object] = {
    "number": "SO-1001", "status": "awaiting_stock", "priority": 50,
    "placed_at": "2026-03-01T08:30:00Z", "ship_by": "2026-03-05",
    "shipping_method": "express", "deliver_by": "2026-03-05", "leave_by": "2026-03-04",
    "holds": [], "wanted_on": None,
    "waiting_units": 4, "ready_to_ship": True, "ready_since": "2026-03-02T09:15:00Z",
    "target_ship_on": "2026-03-02", "to_go": 24, "allocated": 20, "awaits_count": 1,
    "awaits": [{"sku": "TEA-GREEN", "units": 4, "supply": "PO-77",
                "kind": "purchase_order", "on": "2026-03-10"}],
    "promised_on": "2026-03-10", "first_promised_on": "2026-03-31",
    "lock_location": None,
    "pickup_location": None, "finished_at": None, "line_count": 1, "ordered": 24,
    "shipped": 0, "cancelled": 0,
}  # fmt: skip
EXAMPLES: Mapping[type, object] = {OrderSummary: EXAMPLE}
