"""Shipments as they are answered: a view of the store, and pages of them."""

from collections.abc import Mapping

from fulfillment.store.reading.views.shipments import ShipmentView
from starter.models.paged import Paged

EXAMPLE_SHIPMENT = {
    "id": 42, "order": "SO-1001", "merchant": "acme", "number": 1, "status": "ready",
    "location": "vienna", "wave": 1,
    "expected_on": None, "released_at": "2026-03-02T09:15:00Z", "target_ship_on": "2026-03-02",
    "parent": None, "children": [], "carrier": None, "tracking": None,
    "shipped_at": None, "holds": [],
    "assigned_location": None,
    "lines": [{"line": 1, "sku": "TEA-GREEN", "units": 20, "allocated": 20, "not_yet_received": 0,
               "pegged": 0, "pack": {"name": "carton", "units": 12, "quantity": 1, "loose": 8}}],
    "packages": [],
    "actions": {"allowed": ["start_picking", "pick", "send_back"], "refused": [
        {"action": "pack", "code": "step_not_allowed",
         "why": "a shipment that is ready cannot become packed"},
    ]},
}  # fmt: skip

EXAMPLES: Mapping[type, object] = {ShipmentView: EXAMPLE_SHIPMENT}


class ShipmentPage(Paged[ShipmentView]):
    """One page of shipments."""
