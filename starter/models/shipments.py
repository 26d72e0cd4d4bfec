"""Shipments as they are asked for and answered."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from fulfillment.domain.model.statuses import ShipmentStatus
from starter.models.fields import example
from starter.models.packages import PackageOut


class RefusedActionOut(BaseModel):
    """An action that is not allowed now, and why."""

    action: str
    code: str
    why: str


class ActionsOut(BaseModel):
    """What can be done now, and why the rest can not."""

    allowed: list[str]
    refused: list[RefusedActionOut]


class PackOut(BaseModel):
    """The pack in which the line was asked for."""

    name: str
    units: int = Field(description="Base units in one pack.")
    quantity: int = Field(description="Whole packs.")
    loose: int = Field(description="Base units beside whole packs.")


class ShipmentLineOut(BaseModel):
    """Units of one order line in a shipment."""

    line: int
    sku: str
    units: int
    pack: PackOut | None = Field(description="The units in the line's pack; null: it has none.")
    allocated: int
    not_yet_received: int
    pegged: int


EXAMPLE_SHIPMENT = {
    "id": 42, "order": "SO-1001", "number": 1, "status": "ready", "location": "vienna", "wave": 1,
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
    released_at: datetime | None = Field(description="When it last became possible to pick it.")
    target_ship_on: date | None = Field(
        description="When it should go: by the release, and its location's cutoff and working days."
    )
    parent: int | None = Field(description="The number of the shipment it was split from.")
    children: list[int]
    carrier: str | None
    tracking: str | None
    shipped_at: datetime | None
    holds: list[str] = Field(description="The holds of its order.")
    lines: list[ShipmentLineOut]
    packages: list[PackageOut] = Field(description="Of this shipment alone, by number.")
    actions: ActionsOut


class LocationShipmentOut(ShipmentOut):
    """A shipment at a location that serves several merchants."""

    model_config = example(**EXAMPLE_SHIPMENT, merchant="acme")

    merchant: str


class LocationShipmentPage(BaseModel):
    """One page of the shipments at a location, of all merchants that the key may work for."""

    model_config = example(items=[EXAMPLE_SHIPMENT | {"merchant": "acme"}], next=None)

    items: list[LocationShipmentOut]
    next: str | None


class ShipmentPage(BaseModel):
    """One page of shipments."""

    model_config = example(items=[EXAMPLE_SHIPMENT], next=None)

    items: list[ShipmentOut]
    next: str | None
