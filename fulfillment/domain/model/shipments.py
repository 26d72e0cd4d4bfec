"""A part of an order that is worked and shipped together, with what it holds and waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from fulfillment.domain.model.statuses import (
    LIVE,
    WAITING,
    PurchaseOrderStatus,
    ShipmentStatus,
    move_shipment,
)

UnitsInPackages = Mapping[tuple[int, int], int]
"""Units in packages that are still here, by shipment and order line."""

NOTHING_PACKED: UnitsInPackages = {}


@dataclass(frozen=True, slots=True)
class Claim:
    """An allocation: units at a location, of which some may be picked or staged already.

    Units that a supplier ships itself are claimed at the supplier's location, and are on nobody's
    stock level. `pinned` units came for this very line, since a person pinned it to their supply.
    """

    location: str
    units: int
    picked: int = 0
    staged: int = 0
    drop_ship: bool = False
    pinned: int = 0

    @property
    def loose(self) -> int:
        """Units that can still be given back without anybody's hands."""
        return self.units - self.picked - self.staged

    @property
    def movable(self) -> int:
        """Loose units that who ranks earlier may take: a person's pin goes before rank.

        None of what a supplier ships itself: it is on nobody's shelf.
        """
        return 0 if self.drop_ship else max(self.loose - self.pinned, 0)


@dataclass(frozen=True, slots=True)
class Peg:
    """A claim of inbound units on one supply, with the supply's place, date and document.

    `status` is that of its purchase order; None where the supply has none.
    """

    supply: int
    units: int
    location: str
    due_on: date
    pinned: bool = False
    source: str = ""
    status: PurchaseOrderStatus | None = None

    @property
    def has_arrived(self) -> bool:
        """Whether the goods are in the building, and only not received yet: no date is awaited."""
        return self.status is PurchaseOrderStatus.ARRIVED

    def of(self, units: int, *, pinned: bool = False) -> "Peg":
        """A peg of so many units on the same supply."""
        place = (self.supply, units, self.location, self.due_on)
        return Peg(*place, pinned, self.source, self.status)


@dataclass(frozen=True, slots=True)
class LatePin:
    """Units that a person tied to a supply on which nobody can be pegged now: it has no date ahead.

    It is no peg and gives no date. When the goods come, or have a date again, it is a pin again.
    """

    supply: int
    units: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some units of one order line and the day on which they can be expected."""

    units: int
    on: date


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
        # Most lines that wait hold nothing, and this is asked of each many times in a plan.
        return sum([claim.units for claim in self.claims]) if self.claims else 0

    @property
    def loose(self) -> int:
        """Units claimed that nobody has in hands, and that can be given back as they are."""
        return sum(claim.loose for claim in self.claims)

    @property
    def in_hands(self) -> int:
        """Units claimed that are picked or in a container."""
        return self.allocated - self.loose

    @property
    def pegged(self) -> int:
        """Units tied to inbound supply."""
        return sum([peg.units for peg in self.pegs]) if self.pegs else 0

    @property
    def wanted(self) -> int:
        """Units not allocated: the line's backorder."""
        return self.units - self.allocated

    def drop_shipped(self, location: str) -> "ShipmentLine":
        """The line as the supplier's own: claimed at its place, on nobody's stock level."""
        return replace(self, claims=(Claim(location, self.units, drop_ship=True),), pegs=())


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
    target_ship_on: date | None = None
    """When it should leave, as its release found; None before that."""

    @property
    def is_waiting(self) -> bool:
        """Whether it still waits for stock."""
        return self.status in WAITING

    @property
    def is_live(self) -> bool:
        """Whether it is neither shipped nor history."""
        return self.status in LIVE

    @property
    def wants_units(self) -> bool:
        """Whether some of its units are not allocated."""
        return any(line.wanted for line in self.lines)

    def moved(self, target: ShipmentStatus) -> "Shipment":
        """The same shipment in another status; `MoveNotAllowedError` where there is no way."""
        return replace(self, status=move_shipment(self.status, target))


def lines_in_order(shipment: Shipment) -> list[ShipmentLine]:
    """A shipment's lines, in the order in which they are served."""
    if len(shipment.lines) == 1:
        return [*shipment.lines]
    return sorted(shipment.lines, key=lambda line: (line.order_line, line.id))
