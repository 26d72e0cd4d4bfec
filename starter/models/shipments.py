"""Shipments as they are asked for and answered."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from fulfillment.domain.statuses import ShipmentStatus
from starter.models.fields import Request, ShortText, example


class RefusedActionOut(BaseModel):
    """An action that is not allowed now, and why."""

    action: str
    code: str
    why: str


class ActionsOut(BaseModel):
    """What can be done now, and why the rest can not."""

    allowed: list[str]
    refused: list[RefusedActionOut]


class ShipmentLineOut(BaseModel):
    """Units of one order line in a shipment."""

    line: int
    sku: str
    units: int
    allocated: int
    not_yet_received: int
    pegged: int


EXAMPLE_SHIPMENT = {
    "id": 42, "order": "SO-1001", "number": 1, "status": "ready", "location": "vienna", "wave": 1,
    "expected_on": None, "parent": None, "children": [], "carrier": None, "tracking": None,
    "shipped_at": None, "holds": [],
    "assigned_location": None,
    "lines": [{"line": 1, "sku": "TEA-GREEN", "units": 20, "allocated": 20, "not_yet_received": 0,
               "pegged": 0}],
    "actions": {"allowed": ["start_picking", "pick", "send_back"], "refused": [
        {"action": "pack", "code": "step_not_allowed",
         "why": "a shipment that is ready cannot become packed"},
    ]},
}  # fmt: skip


class ShipmentOut(BaseModel):
    """A part of an order that is worked and shipped together from one location."""

    model_config = example(**EXAMPLE_SHIPMENT)

    id: int
    order: str
    number: int = Field(description="Its number within the order.")
    status: ShipmentStatus
    location: str | None
    assigned_location: str | None = Field(
        description="The one location from which it can be served, while it waits."
    )
    wave: int | None = Field(description="Shipments of one wave are dispatched together.")
    expected_on: date | None
    parent: int | None = Field(description="The number of the shipment it was split from.")
    children: list[int]
    carrier: str | None
    tracking: str | None
    shipped_at: datetime | None
    holds: list[str] = Field(description="The holds of its order.")
    lines: list[ShipmentLineOut]
    actions: ActionsOut


class ShipmentPage(BaseModel):
    """One page of shipments."""

    model_config = example(items=[EXAMPLE_SHIPMENT], next=None)

    items: list[ShipmentOut]
    next: str | None


class ShipIn(Request):
    """Who carries it."""

    model_config = example(carrier="Example Post", tracking="EP123456789AT")

    carrier: ShortText | None = None
    tracking: ShortText | None = None
