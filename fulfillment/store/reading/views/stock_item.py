"""One SKU as its page shows it: who holds it, who waits, what comes, and what moved."""

from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import OutOfUse


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView:
    """What a place has in one disposition, in base units."""

    location: str
    disposition: str
    on_hand: int
    allocated: int
    picked: int
    staged: int
    out_of_use: OutOfUse | None
    """Why what is there supplies nothing; null where the location is in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderView:
    """Units that a shipment holds at a place."""

    order: str
    shipment: int
    """Its number within the order."""
    status: ShipmentStatus
    location: str
    units: int
    picked: int
    staged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiterView:
    """An order that waits for the SKU."""

    order: str
    status: OrderStatus
    priority: int
    placed_at: datetime
    wanted: int
    """Units that it waits for."""
    pegged: int
    """Of these, units that what is coming will meet."""
    place: str | None
    """Where alone it may be served from; null: anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundView:
    """What is outstanding on one line of a document."""

    document: str
    kind: SupplyKind
    location: str
    expected_on: date | None
    overdue: bool
    outstanding: int
    pegged: int
    status: PurchaseOrderStatus | None
    """A purchase order's; null for other supply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """The first holders, and what all of them hold."""

    holders: tuple[HolderView, ...]
    """In rank order, among those that were looked at."""
    found: int
    at_least: bool
    """Whether there are more than were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """The first in rank, and how many wait in all."""

    waiters: tuple[WaiterView, ...]
    orders: int
    units: int
    hidden: int
    """Of the first in rank, those that have nothing to do with the caller's places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One movement, and what the place had after it, in that disposition."""

    id: int
    at: datetime
    location: str
    disposition: str
    kind: str
    units: int
    """Signed."""
    balance: int
    reason: str | None
    reference: str
    """What moved it: the number of a document, or the key of an adjustment."""
    actor: str
