"""Why units wait, what would help, and when a basket could ship, as it is told."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from fulfillment.domain.insight.explanation import ReasonCode, Waiting
from fulfillment.domain.insight.impact import Impact
from fulfillment.domain.insight.release_blockers import Blocker
from fulfillment.domain.insight.remedy import RemedyCode
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import OutOfUse
from fulfillment.store.reading.views.settings import Knob
from fulfillment.store.reading.views.shipments import UnitsOfLine

SupplyKind = Literal["purchase_order", "transfer", "return", "restock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What could be done, and what it would change if done now."""

    code: RemedyCode
    sentence: str
    changes: tuple[Impact, ...]
    """Every order that would stand differently, in rank order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRemedy(Remedy):
    """A remedy, and what has to be said to ask for it."""

    subject: str
    """The number of the document that it is asked of."""
    arguments: dict[str, object]
    """What is sent, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an order waits."""

    number: str
    status: OrderStatus
    waiting: tuple[Waiting, ...]
    """Each line of each shipment that waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationView(Explanation):
    """Why an order waits, and what could be done about it."""

    remedies: tuple[TriedRemedy, ...]
    """What would change something for the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuLevel:
    """What is at one place in one disposition."""

    location: str
    disposition: str
    """Only `sellable` units serve orders."""
    on_hand: int
    allocated: int
    available: int
    """On hand, and nobody's."""
    picked: int
    staged: int
    out_of_use: OutOfUse | None
    """Why nobody gets it; null where it is in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An order that holds units, and the rule by which they wait with it."""

    order: str
    units: int
    location: str
    status: ShipmentStatus
    """Of the shipment they are in."""
    order_status: OrderStatus
    why_they_wait: Blocker | None
    """Null where they do not wait."""


@dataclass(frozen=True, slots=True)
class ShortReason:
    """One reason without its facts."""

    code: ReasonCode
    units: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """An order that waits for a SKU."""

    order: str
    wanted: int
    """Units that it waits for."""
    priority: int
    order_status: OrderStatus
    reasons: tuple[ShortReason, ...] | None
    """Told for the first in rank, else null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What is outstanding on one supply."""

    source: str | None
    """The number of its document."""
    kind: SupplyKind
    location: str
    expected_on: date | None
    outstanding: int
    status: PurchaseOrderStatus | None
    """A purchase order's; null for other supply."""
    pegged: int
    out_of_use: OutOfUse | None
    """Why nobody gets it; null where it is in use."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Units that are here while somebody waits."""

    free: int
    """Held by nobody, at locations in use."""
    out_of_use: int
    """Held by nobody, at locations that supply nothing."""
    held_by_waiting_orders: int
    """Held by orders that wait for something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuExplanation:
    """Who holds a product's units, who waits for it and why, and what comes."""

    sku: str
    on_hand: int
    available: int
    """Of what is on hand, sellable units that nobody holds."""
    idle: Idle
    """What a person may want to look at first."""
    levels: tuple[SkuLevel, ...]
    """By location and disposition."""
    holders: tuple[Holder, ...]
    """The first of them by rank."""
    holders_in_all: int
    """How many there are."""
    waiting: tuple[Waiter, ...]
    """The first of them by rank."""
    waiting_in_all: int
    """How many there are."""
    units_wanted: int
    """Units that all of them wait for."""
    supply: tuple[Coming, ...]
    """What is on its way, the earliest first."""


@dataclass(frozen=True, slots=True)
class MetBy:
    """What meets some units: `stock` at a place, a `supply` with its date, or `nothing` yet."""

    what: Literal["stock", "supply", "nothing"]
    """Which of the three."""
    units: int
    on: date
    location: str | None = None
    source: str | None = None
    """The number of the supply's document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedLine:
    """One line of the basket: when its units can be expected, and what meets them."""

    line: int
    sku: str
    units: int
    cancelled: int
    """Units that the policy would cancel for want of stock."""
    promise: tuple[Slice, ...]
    """When they can be expected."""
    met_by: tuple[MetBy, ...]
    """What meets each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedShipment:
    """A shipment that the basket would become."""

    status: ShipmentStatus
    location: str | None
    expected_on: date | None
    lines: tuple[UnitsOfLine, ...]
    """What would be in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseView:
    """When the basket could ship, as if it were ordered now."""

    status: OrderStatus
    first_on: date | None
    """The first day on which any of it can be expected."""
    complete_on: date | None
    """The day on which all of it can be."""
    lines: tuple[PromisedLine, ...]
    shipments: tuple[PromisedShipment, ...]
    """What it would be split into."""
    policy: dict[str, Knob]
    """The settings by which it was planned."""
