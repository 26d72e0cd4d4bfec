"""One product's queue as a picture: what is here, what comes, and who gets how much of it.

What is drawn one by one and what is drawn as a band add up: to the units that wait, and for each
supply to the units that are pegged on it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fulfillment.domain.insight.coming_supply import ComingSupply, in_time
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.statuses import (
    WAITING,
    OrderStatus,
    ShipmentStatus,
)
from fulfillment.domain.model.supply import OutOfUse


@dataclass(frozen=True, slots=True)
class Tied:
    """Units of a line that are pegged on a supply; `pinned` ones were tied by a person.

    A pin that is late is no peg: its supply has no date ahead, and its units stay uncovered.
    """

    supply: int
    units: int
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class HeldAt:
    """Units that a line has allocated at a location; loose ones are in nobody's hands."""

    location: str
    units: int
    loose: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One waiting line, with what it gets from where."""

    shipment_line: int
    order_id: int
    order: str
    order_line: int
    order_status: OrderStatus
    status: ShipmentStatus
    """Of its shipment."""
    rank: Rank
    place: int
    """Its order's, among the orders that wait; 1 is served first."""
    gate: str
    """What it may take by itself, as the queue says it."""
    bound_to: str | None
    """The one location that may serve it."""
    units: int
    wanted: int
    """Units that are not allocated."""
    held: tuple[HeldAt, ...] = ()
    pegs: tuple[Tied, ...] = ()
    late_pins: tuple[Tied, ...] = ()

    @property
    def priority(self) -> int:
        """Its order's: the lowest is served first."""
        return self.rank.priority

    @property
    def uncovered(self) -> int:
        """Units that nothing is tied to."""
        return self.wanted - sum(peg.units for peg in self.pegs)

    def on(self, supply: int) -> int:
        """Units that are pegged on a supply."""
        return sum(peg.units for peg in self.pegs if peg.supply == supply)

    def held_at(self, there: Collection[str] | None) -> int:
        """Units that it has at some places, or at all of them."""
        return sum(one.units for one in self.held if there is None or one.location in there)

    def waits_with(self, there: Collection[str] | None) -> int:
        """Of these, units that wait with it: loose ones of a shipment that waits."""
        if self.status not in WAITING:
            return 0
        return sum(one.loose for one in self.held if there is None or one.location in there)


@dataclass(frozen=True, slots=True)
class Band:
    """Orders that are not drawn one by one, and their units; `at_least` so many orders.

    Where nobody counted the orders, `orders` is None.
    """

    orders: int | None = 0
    units: int = 0
    at_least: bool = False


NOBODY = Band()


@dataclass(frozen=True, slots=True)
class Found:
    """The order that was searched for: its place, and the lines around it; none if it waits not."""

    order: str
    place: int | None = None
    rows: tuple[QueueRow, ...] = ()


@dataclass(frozen=True, slots=True)
class StockAt:
    """What is at one location: sellable units, and others; why it is out of use, if it is."""

    location: str
    on_hand: int
    allocated: int
    other: int
    out_of_use: OutOfUse | None = None

    @property
    def free(self) -> int:
        """Sellable units that nobody has."""
        return self.on_hand - self.allocated


@dataclass(frozen=True, slots=True)
class WhyIdle:
    """Units that lie idle, and why: they are free, and an order does not take them, or it has them.

    Either has its rule, as a sentence.
    """

    units: int
    location: str
    order: str
    why: str
    is_free: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFacts:
    """What is read of a queue, before it is known what of it is drawn."""

    sku: str
    name: str
    managed: bool
    today: date
    there: tuple[str, ...] | None
    """The places that are drawn, and whose queue it is; None: all of them."""
    locations: tuple[str, ...]
    """The places in use of which one may be asked by itself, by their priority."""
    stock: tuple[StockAt, ...]
    supplies: tuple[ComingSupply, ...]
    head: tuple[QueueRow, ...]
    """The lines that are drawn one by one, from the first in rank."""
    found: Found | None
    waiting: Band
    """All who wait, with the units that they want."""
    unpegged: Band
    """All who wait with units that nothing is tied to."""
    holding: Band
    """All whose units wait with them."""
    beside: Mapping[int, Band] = field(default_factory=dict)
    """Of each supply, orders pegged on it of which no line is drawn."""
    idle: tuple[WhyIdle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePicture:
    """What is drawn."""

    facts: QueueFacts
    supplies: tuple[ComingSupply, ...]
    """From left to right."""
    elsewhere: int
    """Units of all lines that are pegged on supply that is not drawn."""
    bands: Mapping[int, Band]
    """Who is pegged on each supply and not drawn."""
    band_elsewhere: Band
    """Who is pegged on other supply and not drawn."""
    band_uncovered: Band
    band_held: Band
    """Who holds units that wait, and is not drawn."""

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """Every line that is drawn, once, in rank order."""
        return drawn(self.facts.head, self.facts.found)

    @property
    def free(self) -> int:
        """Units that nobody has, at locations in use."""
        return sum(one.free for one in self.facts.stock if one.out_of_use is None)

    @property
    def idle_units(self) -> int:
        """Units that lie here while orders wait: free, or with an order that waits itself."""
        return (self.free if self.facts.waiting.orders else 0) + self.facts.holding.units


def drawn(head: Iterable[QueueRow], found: Found | None) -> tuple[QueueRow, ...]:
    """The head of the queue and the lines around the order searched for, each once."""
    rows = {row.shipment_line: row for row in (*head, *(found.rows if found else ()))}
    return tuple(sorted(rows.values(), key=lambda row: (row.place, row.shipment_line)))


def picture_of(facts: QueueFacts) -> QueuePicture:
    """Of what waits, what is drawn as bands: what is left of the sums without the rows."""
    rows = drawn(facts.head, facts.found)
    supplies = in_time(facts.supplies)
    on = Counter[int]()
    for row in rows:
        for peg in row.pegs:
            on[peg.supply] += peg.units
    known = {one.id: one.pegged for one in supplies}
    pegged = facts.waiting.units - facts.unpegged.units
    elsewhere = max(pegged - sum(known.values()), 0)
    far = sum(units for supply, units in on.items() if supply not in known)
    uncovered = {row.order_id for row in rows if row.uncovered}
    held = {row.shipment_line: row.waits_with(facts.there) for row in rows}
    holders = {row.order_id for row in rows if held[row.shipment_line]}
    return QueuePicture(
        facts=facts,
        supplies=supplies,
        elsewhere=elsewhere,
        bands={
            supply: _rest(facts.beside.get(supply, NOBODY), units - on[supply])
            for supply, units in known.items()
        },
        band_elsewhere=Band(None, max(elsewhere - far, 0)),
        band_uncovered=_without(facts.unpegged, uncovered, sum(row.uncovered for row in rows)),
        band_held=_without(facts.holding, holders, sum(held.values())),
    )


def _rest(beside: Band, units: int) -> Band:
    return Band(beside.orders, max(units, 0), beside.at_least)


def _without(band: Band, orders: Collection[int], units: int) -> Band:
    """What is left of a sum of which some is drawn."""
    left = max((band.orders or 0) - len(orders), 0)
    return Band(left, max(band.units - units, 0), band.at_least)
