"""An order as the rules see it: lines, shipments, claims and pegs, all plain values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from fulfillment.domain.policy import Policy
from fulfillment.domain.rank import Rank
from fulfillment.domain.statuses import (
    LIVE,
    WAITING,
    OrderFacts,
    OrderStatus,
    ShipmentStatus,
    move_shipment,
    order_status,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """An allocation: units at a location, of which some may be picked or staged already."""

    location: str
    units: int
    picked: int = 0
    staged: int = 0

    @property
    def loose(self) -> int:
        """Units that can still be given back without anybody's hands."""
        return self.units - self.picked - self.staged


@dataclass(frozen=True, slots=True)
class Peg:
    """A claim of inbound units on one supply, with the supply's place, date and document."""

    supply: int
    units: int
    location: str
    due_on: date
    pinned: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """Some units of one order line inside one shipment. A negative id is not stored yet."""

    id: int
    order_line: int
    sku: str
    units: int
    claims: tuple[Claim, ...] = ()
    pegs: tuple[Peg, ...] = ()

    @property
    def allocated(self) -> int:
        """Units claimed at locations."""
        return sum(claim.units for claim in self.claims)

    @property
    def pegged(self) -> int:
        """Units tied to inbound supply."""
        return sum(peg.units for peg in self.pegs)

    @property
    def wanted(self) -> int:
        """Units not allocated: the line's backorder."""
        return self.units - self.allocated


@dataclass(frozen=True, slots=True)
class Shipment:
    """A part of an order that is worked and shipped together. A negative id is not stored yet."""

    id: int
    number: int
    status: ShipmentStatus
    lines: tuple[ShipmentLine, ...]
    location: str | None = None
    wave: int | None = None
    expected_on: date | None = None
    parent: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it still waits for stock."""
        return self.status in WAITING

    @property
    def is_live(self) -> bool:
        """Whether it is neither shipped nor history."""
        return self.status in LIVE

    def moved(self, target: ShipmentStatus) -> "Shipment":
        """The same shipment in another status; `MoveNotAllowedError` where there is no way."""
        return replace(self, status=move_shipment(self.status, target))


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What the customer asked for. Ordered = in live shipments + shipped + cancelled."""

    number: int
    sku: str
    ordered: int
    cancelled: int = 0
    shipped: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """One order with every live shipment; ended shipments are history and are not loaded."""

    id: int
    merchant: str
    number: str
    rank: Rank
    policy: Policy
    lines: tuple[OrderLine, ...]
    shipments: tuple[Shipment, ...]
    placed_at: datetime
    placed_on: date
    next_shipment_number: int = 2
    lock: str | None = None
    pickup: str | None = None
    verified: bool = False
    rejected: bool = False
    first_claimed: bool = False
    holds: tuple[str, ...] = ()
    waves_spent: int = 0
    wake_seq: int = 0

    @property
    def only_location(self) -> str | None:
        """The one location this order may use, where a lock or a pickup says so."""
        return self.lock or self.pickup

    @property
    def live(self) -> tuple[Shipment, ...]:
        """Its shipments that are neither shipped nor history."""
        return tuple(shipment for shipment in self.shipments if shipment.is_live)

    @property
    def waiting(self) -> tuple[Shipment, ...]:
        """Its shipments that still wait for stock."""
        return tuple(shipment for shipment in self.shipments if shipment.is_waiting)

    @property
    def status(self) -> OrderStatus:
        """What the order is, by `order_status`."""
        return order_status(
            OrderFacts(
                rejected=self.rejected,
                on_hold=bool(self.holds),
                verified=self.verified,
                first_claimed=self.first_claimed,
                shipped_units=sum(line.shipped for line in self.lines),
                live_shipments=tuple(shipment.status for shipment in self.live),
            )
        )

    @property
    def may_release(self) -> bool:
        """Verify and hold gate release; they never gate a claim."""
        return self.verified and self.first_claimed and not self.holds

    @property
    def is_ready_to_ship(self) -> bool:
        """Not on hold, and at least one shipment can go now."""
        ready = any(shipment.status is ShipmentStatus.READY for shipment in self.shipments)
        return ready and not self.holds

    @property
    def waves_left(self) -> int | None:
        """Dispatches the order may still use; None when there is no limit."""
        limit = self.policy.max_shipments
        return None if limit is None else max(limit - self.waves_spent, 0)

    def line(self, number: int) -> OrderLine:
        """Its line of that number."""
        return next(line for line in self.lines if line.number == number)

    def with_shipments(self, changed: Iterable[Shipment]) -> "Order":
        """The order with these shipments in place of those with the same ids; new ones appended."""
        by_id = {shipment.id: shipment for shipment in changed}
        kept = tuple(by_id.pop(shipment.id, shipment) for shipment in self.shipments)
        return replace(self, shipments=kept + tuple(by_id.values()))


def waiting_lines(order: Order) -> Iterator[ShipmentLine]:
    """Every line of the order's waiting shipments, in the order in which they are served."""
    for shipment in sorted(order.waiting, key=lambda shipment: shipment.number):
        yield from sorted(shipment.lines, key=lambda line: (line.order_line, line.id))


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that became true of an order, for its history. Facts hold no customer data."""

    order: int
    kind: str
    facts: dict[str, object] = field(default_factory=dict)
