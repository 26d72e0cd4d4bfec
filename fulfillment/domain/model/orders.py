"""An order as the rules see it: what was asked for, and its shipments, all plain values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from fulfillment.domain.model.payments import PaymentTerms
from fulfillment.domain.model.policy import Knobs, Policy, Step
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import (
    LatePin,
    Shipment,
    ShipmentLine,
    Slice,
    lines_in_order,
)
from fulfillment.domain.model.statuses import OrderFacts, OrderStatus, ShipmentStatus, order_status


class Channel(StrEnum):
    """How the units of a line reach the customer."""

    PICK = "pick"
    PICKUP = "pickup"
    DROP_SHIP = "drop_ship"


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One thing that became true of an order, for its history. Facts hold no customer data."""

    order: int
    kind: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What the customer asked for. Ordered = in live shipments + shipped + cancelled.

    A line *by hand* takes nothing by itself. `source` is the one location that a person chose for
    it. The promise is what was told last; the first one never changes. A line may be in place of
    units of another one that were shipped: they were lost in the shipment of that id, or come back.
    """

    number: int
    sku: str
    ordered: int
    cancelled: int = 0
    shipped: int = 0
    by_hand: bool = False
    channel: Channel = Channel.PICK
    source: str | None = None
    first_promise: tuple[Slice, ...] | None = None
    promise: tuple[Slice, ...] | None = None
    unit_price_minor: int | None = None
    late_pins: tuple[LatePin, ...] = ()
    replaces_line: int | None = None
    replaces_shipment: int | None = None

    @property
    def value_minor(self) -> int:
        """What its units that are not cancelled cost; nothing where it has no price."""
        return (self.ordered - self.cancelled) * (self.unit_price_minor or 0)


@dataclass(frozen=True, slots=True)
class Order:
    """One order with every live shipment; ended shipments are history and are not loaded.

    `knobs` are what the order itself says of its policy; `policy` is what they give over the
    merchant's and the default ones. `cancel_on` is a person's day in place of the one that the
    policy gives (`expiry.cancels_on`). `waiting_told` are the units of which lists and its workflow
    were told last that they wait: more may count as met since, without a change of anything else.
    `notes` are what rules want told in its history beside what can be read off from the change.
    """

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
    prepared: bool = False
    rejected: bool = False
    first_claimed: bool = False
    holds: tuple[str, ...] = ()
    waves_shipped: frozenset[int] = frozenset()
    waves_granted: int = 0
    wake_seq: int = 0
    epoch: int = 0
    cancel_on: date | None = None
    waiting_told: int | None = None
    terms: PaymentTerms = field(default_factory=PaymentTerms)
    knobs: Knobs = field(default_factory=dict)
    notes: tuple[OrderEvent, ...] = ()

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
    def not_yet_received(self) -> tuple[Shipment, ...]:
        """Its released shipments with pegs: what is still to come can not be picked yet."""
        return tuple(
            shipment
            for shipment in self.shipments
            if shipment.status is ShipmentStatus.READY
            and any(line.wanted or line.pegs for line in shipment.lines)
        )

    @property
    def planned(self) -> tuple[Shipment, ...]:
        """Its shipments to which stock may still be given."""
        return self.waiting + self.not_yet_received

    @property
    def status(self) -> OrderStatus:
        """What the order is, by `order_status`."""
        return order_status(
            OrderFacts(
                rejected=self.rejected,
                on_hold=bool(self.holds),
                verified=self.verified,
                prepared=self.is_prepared,
                first_claimed=self.first_claimed,
                shipped_units=sum(line.shipped for line in self.lines),
                live_shipments=tuple(shipment.status for shipment in self.live),
            )
        )

    @property
    def may_release(self) -> bool:
        """Verify, prepare, hold and payment gate release; they never gate a claim."""
        if not (self.verified and self.is_prepared and self.first_claimed):
            return False
        return not self.holds and self.is_authorised

    @property
    def value_minor(self) -> int | None:
        """What its units that are not cancelled cost; None where no line has a price."""
        if all(line.unit_price_minor is None for line in self.lines):
            return None
        return sum(line.value_minor for line in self.lines)

    @property
    def is_authorised(self) -> bool:
        """Whether its payment keeps nothing of it from being released."""
        return self.terms.allow(self.value_minor)

    @property
    def is_prepared(self) -> bool:
        """Whether nobody has to choose locations and channels any more."""
        return self.prepared or self.policy.prepare is Step.AUTOMATIC

    @property
    def is_ready_to_ship(self) -> bool:
        """Not on hold, and at least one shipment can go now."""
        ready = any(
            shipment.status is ShipmentStatus.READY and not shipment.wants_units
            for shipment in self.shipments
        )
        return ready and not self.holds

    @property
    def waves(self) -> frozenset[int]:
        """The dispatches that are spent: what was released together, unless all of it came back."""
        released = (s.wave for s in self.live if not s.is_waiting and s.wave is not None)
        return self.waves_shipped | frozenset(released)

    @property
    def waves_spent(self) -> int:
        """How many dispatches are spent."""
        return len(self.waves)

    @property
    def waves_left(self) -> int | None:
        """Dispatches the order may still use; None when there is no limit."""
        limit = self.policy.max_shipments
        if limit is None:
            return None
        return max(limit + self.waves_granted - self.waves_spent, 0)

    def line(self, number: int) -> OrderLine:
        """Its line of that number: at once where they are numbered from one, as most are."""
        if number <= len(self.lines) and self.lines[number - 1].number == number:
            return self.lines[number - 1]
        return next(line for line in self.lines if line.number == number)

    def place_of(self, number: int) -> str | None:
        """The one location that may serve a line while it waits; None where any may."""
        return self.line(number).source or self.only_location

    def bound_to(self, shipment: Shipment, line: ShipmentLine) -> str | None:
        """The one location that may serve this line of this shipment; None where any may."""
        if shipment.status is ShipmentStatus.READY:
            return shipment.location
        return self.place_of(line.order_line)

    def noted(self, kind: str, **facts: object) -> "Order":
        """The order with one more thing to tell in its history."""
        return replace(self, notes=(*self.notes, OrderEvent(self.id, kind, facts)))

    def with_lines(self, changed: Iterable[OrderLine]) -> "Order":
        """The order with these lines in place of those with the same numbers."""
        by_number = {line.number: line for line in changed}
        return replace(self, lines=tuple(by_number.get(line.number, line) for line in self.lines))

    def with_shipments(self, changed: Iterable[Shipment]) -> "Order":
        """The order with these shipments in place of those with the same ids; new ones appended."""
        by_id = {shipment.id: shipment for shipment in changed}
        kept = tuple(by_id.pop(shipment.id, shipment) for shipment in self.shipments)
        return replace(self, shipments=kept + tuple(by_id.values()))


def waiting_lines(order: Order) -> Iterator[ShipmentLine]:
    """Every line of the order's waiting shipments, in the order in which they are served."""
    for shipment in sorted(order.waiting, key=lambda shipment: shipment.number):
        yield from lines_in_order(shipment)
