"""The units that one plan deals with: free or held, and how they move while it is made."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Claim, Shipment, ShipmentLine, lines_in_order
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import Snapshot, StockLevel

Free = dict[str, dict[str, int]]
"""Units nobody claims, by location and SKU."""

Place = tuple[str, str]
"""SKU and location."""

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Holder:
    """A line that holds units somebody ahead might take; a higher `place` is further behind."""

    place: int
    rank: Rank
    line: int


class Holders:
    """Lines with units at each place, the last in rank on top; emptied ones are passed over."""

    def __init__(self) -> None:
        self.stacks: dict[Place, list[Holder]] = defaultdict(list)
        self.tops: dict[Place, int] = {}

    def add(self, holder: Holder, sku: str, location: str) -> None:
        """Put a holder on top; they must come in the order of rank."""
        self.stacks[sku, location].append(holder)
        self.tops[sku, location] = len(self.stacks[sku, location])


class Stockpile:
    """Free units, each line's claims, and who holds what: changed line by line.

    Only orders of the snapshot are here, and all of their shipments that may still lose a claim:
    those that wait, and released ones that nobody picks yet. At a location that is out of use
    nothing is free, nothing becomes free, and nothing is taken from anybody: what is held there
    stays with its holder, or goes to nobody.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.free: Free = defaultdict(lambda: defaultdict(int))
        self.in_use = frozenset(snapshot.locations)
        for level in snapshot.levels:
            if level.location not in self.in_use:
                continue
            self.free[level.location][level.sku] += level.available
        self.claims: dict[int, dict[str, Claim]] = {}
        self.waiting, self.released = Holders(), Holders()
        self.journal = Journal()
        place = 0
        for order in sorted(snapshot.orders, key=lambda order: order.rank):
            for shipment in sorted(order.shipments, key=lambda shipment: shipment.number):
                if shipment.is_waiting or shipment.status is ShipmentStatus.READY:
                    place = self._put(shipment, order, place)

    def _put(self, shipment: Shipment, order: Order, place: int) -> int:
        holders = self.waiting if shipment.is_waiting else self.released
        for line in lines_in_order(shipment):
            place += 1
            self.claims[line.id] = {claim.location: claim for claim in line.claims}
            for claim in line.claims:
                if claim.movable:
                    holders.add(Holder(place, order.rank, line.id), line.sku, claim.location)
        return place

    def wanted(self, line: ShipmentLine) -> int:
        """Units of a line that are not allocated now."""
        held = self.claims[line.id]
        return line.units - sum(claim.units for claim in held.values()) if held else line.units

    def is_free(self, sku: str) -> bool:
        """Whether any unit of a SKU is free anywhere."""
        return any(by_sku.get(sku, 0) > 0 for by_sku in self.free.values())

    def levels(self) -> tuple[StockLevel, ...]:
        """What is free now."""
        return tuple(
            StockLevel(sku, location, units)
            for location, by_sku in self.free.items()
            for sku, units in by_sku.items()
            if units
        )

    # --- moving ---

    def take_free(self, line: ShipmentLine, location: str) -> None:
        """Give a line what is free at a location, as much as it wants."""
        self.take(line, location, min(self.wanted(line), self.free[location][line.sku]))

    def take(self, line: ShipmentLine, location: str, units: int) -> None:
        """Give a line so many free units."""
        if units > 0:
            self.journal.write(self.free[location], line.sku, self.free[location][line.sku] - units)
            self.claim(line, location, units)

    def give_back(self, line: ShipmentLine, location: str) -> None:
        """Make a line's loose units at a location free again."""
        units = self.claims[line.id][location].loose
        if location in self.in_use:
            free = self.free[location][line.sku] + units
            self.journal.write(self.free[location], line.sku, free)
        self.claim(line, location, -units)

    def take_from(
        self, holders: Holders, rank: Rank, line: ShipmentLine, locations: Sequence[str]
    ) -> None:
        """Move claims of lines behind this rank to the line, the last in rank first."""
        places = [at for at in locations if at in self.in_use]
        while wanted := self.wanted(line):
            found = [(top, at) for at in places if (top := self._top(holders, line.sku, at))]
            if not found:
                return
            holder, location = max(found, key=lambda one: one[0].place)
            if holder.rank <= rank:
                return
            units = min(wanted, self.claims[holder.line][location].movable)
            self._change(holder.line, location, -units)
            self.claim(line, location, units)

    def claim(self, line: ShipmentLine, location: str, units: int) -> None:
        """Let a line's claim at a location grow, or shrink, without asking where units are."""
        self._change(line.id, location, units)

    def _change(self, line: int, location: str, units: int) -> None:
        if units:
            held = self.claims[line].get(location, Claim(location, 0))
            self.journal.write(self.claims[line], location, replace(held, units=held.units + units))

    def _top(self, holders: Holders, sku: str, location: str) -> Holder | None:
        stack = holders.stacks.get((sku, location), ())
        top = holders.tops.get((sku, location), 0)
        while top:
            claim = self.claims[stack[top - 1].line].get(location)
            if claim is not None and claim.movable:
                return stack[top - 1]
            top -= 1
            self.journal.write(holders.tops, (sku, location), top)
        return None

    # --- trying ---

    def trial(self) -> AbstractContextManager["Trial"]:
        """What is moved inside is put back at the end, unless it is kept."""
        return self.journal.trial()

    # --- orders ---

    def order_with_claims(self, order: Order) -> Order:
        """The order with what its lines hold now."""
        changed = [
            replace(old, lines=lines)
            for old in order.shipments
            if (old.is_waiting or old.status is ShipmentStatus.READY)
            and (lines := self._lines(old.lines)) != old.lines
        ]
        return order.with_shipments(changed) if changed else order

    def _lines(self, lines: Iterable[ShipmentLine]) -> tuple[ShipmentLine, ...]:
        return tuple(self._line(line) for line in lines)

    def _line(self, line: ShipmentLine) -> ShipmentLine:
        held = self.claims[line.id]
        if not held and not line.claims:
            return line
        claims = tuple(held[at] for at in sorted(held) if held[at].units)
        return line if claims == line.claims else replace(line, claims=claims)


class Journal:
    """Writes to dictionaries, so that what is only tried can be taken back."""

    def __init__(self) -> None:
        self._written: list[tuple[dict[Any, Any], Any, Any]] | None = None

    def write(self, values: dict[Any, Any], key: object, new: object) -> None:
        """Set a value; inside a trial, remember the one before."""
        if self._written is not None:
            self._written.append((values, key, values.get(key, _ABSENT)))
        values[key] = new

    @contextmanager
    def trial(self) -> Iterator["Trial"]:
        """What is written inside is taken back at the end, unless it is kept."""
        self._written = []
        trial = Trial()
        try:
            yield trial
        finally:
            if not trial.is_kept:
                for values, key, old in reversed(self._written):
                    _restore(values, key, old)
            self._written = None


class Trial:
    """Whether what was tried is to stay."""

    def __init__(self) -> None:
        self.is_kept = False

    def keep(self) -> None:
        """Let it stay."""
        self.is_kept = True


def _restore(values: dict[Any, Any], key: object, old: object) -> None:
    if old is _ABSENT:
        values.pop(key, None)
    else:
        values[key] = old
