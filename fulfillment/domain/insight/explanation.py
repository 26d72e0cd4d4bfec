"""Why an order's units wait, as values: codes with facts for programs, sentences for people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fulfillment.domain.model.rank import DEFAULT_PRIORITY
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import OutOfUse, Product, StockLevel, Supply


class ReasonCode(StrEnum):
    """The stable code of a reason."""

    NOT_CLAIMED_YET = "not_claimed_yet"
    ON_HOLD = "on_hold"
    UNVERIFIED = "unverified"
    NOT_PREPARED = "not_prepared"
    PAYMENT_NOT_AUTHORISED = "payment_not_authorised"
    BY_HAND = "by_hand"
    NOT_YET_RECEIVED = "not_yet_received"
    PEGGED = "pegged"
    PIN_IS_LATE = "pin_is_late"
    FUTURE_INVENTORY_OFF = "future_inventory_off"
    BEYOND_FUTURE_LIMIT = "beyond_future_limit"
    DISTRIBUTION_OWED = "distribution_owed"
    AUTO_ALLOCATE_NEVER = "auto_allocate_never"
    ONLY_IF_COMPLETE = "only_if_complete"
    NOT_DUE_SOON_ENOUGH = "not_due_soon_enough"
    ONLY_ON_PO_STATUS = "only_on_po_status"
    LOCKED_TO_LOCATION = "locked_to_location"
    PICKUP_ONLY = "pickup_only"
    SOURCE_ONLY = "source_only"
    LOCATION_CLOSED = "location_closed"
    LOCATION_NOT_SERVING = "location_not_serving"
    HELD_BY_LATER = "held_by_later"
    PINNED_BY_LATER = "pinned_by_later"
    NO_DATE = "no_date"
    OTHERS_FIRST = "others_first"
    WAITS_FOR_STOCK = "waits_for_stock"
    LAST_SHIPMENT_MUST_BE_COMPLETE = "last_shipment_must_be_complete"
    ALL_SOURCED = "all_sourced"
    HELD_UNTIL_DUE = "held_until_due"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, the units it is about, plain facts, and a sentence."""

    code: ReasonCode
    units: int
    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict)
    """What the sentence is made of, by name; which there are depends on the code."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of a waiting shipment, with the reasons in the order to read them."""

    line: int
    sku: str
    shipment: int
    """Its number in the order."""
    status: ShipmentStatus
    units: int
    allocated: int
    wanted: int
    """Its units that are not allocated."""
    place: int
    """Its order's, among the orders that wait for this SKU; 1 is served first."""
    wanted_ahead: int
    """Units that the orders before it wait for."""
    reasons: tuple[Reason, ...]
    """None where it waits for nothing."""


@dataclass(frozen=True, slots=True)
class Rival:
    """An order ahead in rank, with the units of a SKU that it waits for and those it holds.

    `idle` are those of the held ones that lie with what of it waits: nothing goes now.
    """

    order: str
    wanted: int
    held: int
    priority: int = DEFAULT_PRIORITY
    idle: int = 0


@dataclass(frozen=True, slots=True)
class Rivals:
    """All orders ahead in rank that want or hold a SKU; `first` are the first of them.

    `waiting` is how many of them want units.
    """

    first: tuple[Rival, ...]
    orders: int
    wanted: int
    held: int
    idle: int = 0
    waiting: int = 0


NO_RIVALS = Rivals((), 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Holding:
    """An order behind in rank that holds units of a SKU, and the status they are held in.

    `pinned` are those of them that came for its line, since a person pinned it to their supply.
    """

    order: str
    units: int
    location: str
    status: ShipmentStatus
    line: int = 1
    pinned: int = 0


@dataclass(frozen=True, slots=True)
class Ahead:
    """What one order ahead in rank waits for of a SKU, at one place or, where None, at any."""

    order: int
    sku: str
    location: str | None
    wanted: int
    pegged: int


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is outstanding on one line of a purchase order; `pinned` where a person pinned to it."""

    supply: int
    number: str
    line: int
    sku: str
    location: str
    units: int
    is_dated: bool
    pinned: bool


@dataclass(frozen=True, slots=True)
class ExplanationContext:
    """What an order's wait depends on.

    `levels` hold what is free at every location that the merchant may use, `stranded` what is free
    at those `out_of_use`; `supplies` are inbound to either, less what other orders have pegged,
    `owed` the SKUs whose queue is still being served. In `ahead` are those before it, as far as
    they are looked at, and `purchases` the lines of purchase orders that are inbound, the earliest
    first. In `later` are orders behind in rank that hold units, those first that keep them by a
    pin, then those that would lose them last; in `pinned` those that a person tied to what is on
    its way.
    """

    today: date
    products: Mapping[str, Product]
    levels: tuple[StockLevel, ...] = ()
    stranded: tuple[StockLevel, ...] = ()
    out_of_use: Mapping[str, OutOfUse] = field(default_factory=dict)
    supplies: tuple[Supply, ...] = ()
    rivals: Mapping[str, Rivals] = field(default_factory=dict)
    owed: frozenset[str] = frozenset()
    later: Mapping[str, tuple[Holding, ...]] = field(default_factory=dict)
    pinned: Mapping[str, tuple[Holding, ...]] = field(default_factory=dict)
    ahead: tuple[Ahead, ...] = ()
    purchases: tuple[Outstanding, ...] = ()

    def wanted_ahead(self, sku: str, location: str) -> int:
        """Units that those ahead want and could have at a place."""
        return sum(one.wanted for one in self._ahead_at(sku, location))

    def unpegged_ahead(self, sku: str, location: str) -> int:
        """Those of them for which nothing is on its way."""
        return sum(one.wanted - one.pegged for one in self._ahead_at(sku, location))

    def _ahead_at(self, sku: str, location: str) -> Iterator[Ahead]:
        return (a for a in self.ahead if a.sku == sku and a.location in (None, location))
