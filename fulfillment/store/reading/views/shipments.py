"""Shipments and packages as they are told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from fulfillment.domain.model.packs import Packed
from fulfillment.domain.model.statuses import ShipmentStatus


@dataclass(frozen=True, slots=True)
class RefusedAction:
    """An action that is not allowed now, and why."""

    action: str
    """Its name, as among those that are allowed."""
    code: str
    """The code with which it would be refused."""
    why: str
    """The same in a sentence."""


@dataclass(frozen=True, slots=True)
class Actions:
    """What can be done now, and why the rest can not."""

    allowed: tuple[str, ...]
    """Names of what would be done if it were asked for now."""
    refused: tuple[RefusedAction, ...]
    """All other actions that there are."""


@dataclass(frozen=True, slots=True)
class UnitsOfLine:
    """Units of one line of an order."""

    line: int
    sku: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """One package of a shipment. Of a shipment that was cancelled it is void."""

    number: int
    """Its number among the packages of the shipment."""
    shipment: int
    """The id of the shipment that it is in, or left as."""
    status: Literal["packed", "shipped", "void"]
    lines: tuple[UnitsOfLine, ...]
    """What is in it."""
    weight_g: int | None
    """With all that is in it, in grams."""
    length_mm: int | None
    """Outside, in millimetres."""
    width_mm: int | None
    """Outside, in millimetres."""
    height_mm: int | None
    """Outside, in millimetres."""
    carrier: str | None
    service: str | None
    tracking: str | None
    shipped_at: datetime | None
    """When it left the building."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """Every package of a shipment, those that left before the rest among them."""

    packages: tuple[PackageView, ...]
    """By number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLineView:
    """Units of one order line in a shipment."""

    line: int
    sku: str
    units: int
    pack: Packed | None
    """The units in the line's pack; null where it was not asked for in one."""
    allocated: int
    """Of these units, those that a location has for it."""
    not_yet_received: int
    """Units on a purchase order that is as far as `min_po_status` asks."""
    pegged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentView:
    """A part of an order that is worked and shipped together from one location."""

    id: int
    order: str
    merchant: str
    number: int
    """Its number within the order."""
    status: ShipmentStatus
    location: str | None
    """Where it is worked; null while it waits without a place."""
    assigned_location: str | None
    """The one location from which it can be served, while it waits."""
    wave: int | None
    """Shipments of one wave are dispatched together."""
    expected_on: date | None
    """The day on which what it waits for is due."""
    released_at: datetime | None
    """When it last became possible to pick it."""
    target_ship_on: date | None
    """When it should go: by the release, and its location's cutoff and working days."""
    parent: int | None
    """The number of the shipment it was split from."""
    children: tuple[int, ...]
    """The numbers of those that were split from it."""
    carrier: str | None
    tracking: str | None
    shipped_at: datetime | None
    """When it left the building."""
    holds: tuple[str, ...]
    """The holds of its order."""
    lines: tuple[ShipmentLineView, ...]
    """Its units by line of the order."""
    packages: tuple[PackageView, ...]
    """Of this shipment alone, by number."""
    actions: Actions
    """What the warehouse can do with it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFacts:
    """What a carrier is told of a package, or of a shipment as a whole; the address is personal."""

    location: str | None
    """Where it is fetched."""
    address: dict[str, str]
    """Where it goes; empty once it is erased."""
    weight_g: int | None
    """With all that is in it, in grams."""
    length_mm: int | None
    """Outside, in millimetres."""
    width_mm: int | None
    """Outside, in millimetres."""
    height_mm: int | None
    """Outside, in millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidedDispatch:
    """A shipment that was told to have left, and had not."""

    shipment: int
    """Its number in the order."""
    units: int
    at: datetime
    """When that was said."""
