"""Tie waiting units to the supply that will meet them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from fulfillment.domain.model.late_pins import has_pins, with_late_pins
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Peg, ShipmentLine, lines_in_order
from fulfillment.domain.model.statuses import PurchaseOrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import Snapshot, Supply
from fulfillment.domain.planning.stockpile import Journal


@dataclass(frozen=True, slots=True)
class _Row:
    """A line that may be pegged, and what of the supply it may use."""

    line: ShipmentLine
    only: str | None
    met_only: bool
    by_hand: bool


class Pegging:
    """What is left on each supply, and the pegs of each line as they grow, in rank order.

    The earliest date comes first, pinned pegs before all. A supply without a date, or whose date
    has passed, is never pegged, nor one at a location that the line may not use (behaviour.md
    §5). Orders must be asked for in the order of rank, once their claims are known.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.left = {supply.id: supply.outstanding for supply in snapshot.supplies}
        self.by_sku = _dated_supplies(snapshot)
        self.blanks = {(sku, b.supply): b for sku, blanks in self.by_sku.items() for b in blanks}
        self.place = {
            b.supply: at for blanks in self.by_sku.values() for at, b in enumerate(blanks)
        }
        self.first: dict[str, int] = defaultdict(int)
        self.reserved: dict[int, dict[int, int]] = defaultdict(dict)
        self.pins_shrank = False
        self.journal = Journal()
        by_rank = sorted(snapshot.orders, key=lambda order: order.rank)
        if snapshot.until:
            for order in by_rank:
                self._keep_out_of_reach(order)
        self.coming = frozenset(supply.id for supply in snapshot.supplies)
        pinned = [order for order in by_rank if has_pins(order)]
        self.pinned = frozenset(order.id for order in pinned)
        for order in pinned:
            self._reserve_pins(order)
        for order in pinned:
            self._reserve_late_pins(order)

    def preview(self, order: Order) -> Order:
        """The order with the pegs that it would get now; nothing is taken."""
        shrank = self.pins_shrank
        with self.journal.trial():
            pegged = self.serve(order)
        self.pins_shrank = shrank
        return pegged

    def serve(self, order: Order) -> Order:
        """The order with its pegs, taken from what is left; pins that have to wait are noted."""
        pegged = self._pegged(order)
        return with_late_pins(order, pegged, self._is_late) if order.id in self.pinned else pegged

    def _pegged(self, order: Order) -> Order:
        rows = self._rows(order)
        if not rows:
            return order
        pegs: dict[int, list[Peg]] = {row.line.id: [] for row in rows}
        for row in rows:
            self._keep_pins(row.line, pegs[row.line.id])
        groups: dict[tuple[str, str | None, bool], list[ShipmentLine]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: not row.met_only):
            if not row.by_hand:
                groups[row.line.sku, row.only, row.met_only].append(row.line)
        for (sku, only, met_only), lines in groups.items():
            usable = (
                blank
                for blank in self._open_supplies(sku)
                if only in (None, blank.location)
                and (not met_only or order.policy.min_po_status.is_reached_by(blank.status))
            )
            self._share(usable, lines, pegs)
        changed = [
            replace(old, lines=pegged)
            for old in order.planned
            if (pegged := _with_pegs(old.lines, pegs)) != old.lines
        ]
        return order.with_shipments(changed) if changed else order

    # --- pins, and what is out of reach ---

    def _keep_out_of_reach(self, order: Order) -> None:
        """Who ranks behind what was read keeps its pegs: somebody unread may come before it."""
        for shipment in order.planned:
            for line in shipment.lines:
                if line.sku in self.snapshot.skus and not self.snapshot.serves(order, line.sku):
                    for held in line.pegs:
                        self.left[held.supply] = self.left.get(held.supply, 0) - held.units

    def _reserve_pins(self, order: Order) -> None:
        for row in self._rows(order):
            for pin in row.line.pegs:
                if pin.pinned:
                    self._reserve(row, pin.supply, pin.units)

    def _reserve_late_pins(self, order: Order) -> None:
        """Pins whose supply has a date again; those that were never late go before them."""
        late = [(line, pin) for line in order.lines for pin in line.late_pins]
        rows = self._rows(order) if late else []
        for line, pin in late:
            units = pin.units
            for row in rows:
                if row.line.order_line == line.number:
                    units -= self._reserve(row, pin.supply, units)

    def _reserve(self, row: _Row, supply: int, most: int) -> int:
        """Keep units of a supply for a line that is pinned to it; how many there are."""
        blank = self.blanks.get((row.line.sku, supply))
        if blank is None or row.only not in (None, blank.location):
            return 0
        held = self.reserved[row.line.id]
        units = max(min(most, row.line.wanted - sum(held.values()), self.left[supply]), 0)
        if units:
            self.left[supply] -= units
            held[supply] = held.get(supply, 0) + units
        return units

    def _is_late(self, sku: str, supply: int) -> bool:
        """Still to come, while nobody can be pegged on it; or not planned to its end now."""
        if sku not in self.snapshot.skus:
            return True
        counts = (sku, supply) in self.blanks
        return supply in self.coming and (not counts or sku in self.snapshot.until)

    def _keep_pins(self, line: ShipmentLine, pegs: list[Peg]) -> None:
        """Pins hold what the line still wants of what was reserved; the rest is left to others."""
        pins = self.reserved.get(line.id)
        if not pins:
            return
        self.journal.write(self.reserved, line.id, {})
        for supply in sorted(pins, key=self.place.__getitem__):
            units = min(pins[supply], _open(line, pegs))
            if units:
                blank = self.blanks[line.sku, supply]
                pegs.append(blank.of(units, pinned=True))
            if units < pins[supply]:
                self._give_back(line.sku, supply, pins[supply] - units)
                self.pins_shrank = True

    def _give_back(self, sku: str, supply: int, units: int) -> None:
        self.journal.write(self.left, supply, self.left[supply] + units)
        self.journal.write(self.first, sku, min(self.first[sku], self.place[supply]))

    # --- the queue ---

    def _share(
        self, usable: Iterable[Peg], lines: list[ShipmentLine], pegs: dict[int, list[Peg]]
    ) -> None:
        """The order takes the earliest supplies as a whole; its lines keep what they can of them.

        Were it each line in turn, a split would have the parts trade pegs at every plan.
        """
        still_open = sum(_open(line, pegs[line.id]) for line in lines)
        shares: list[tuple[Peg, int]] = []
        for blank in usable if still_open > 0 else ():
            share = min(still_open, self.left[blank.supply])
            if share > 0:
                still_open -= share
                self.journal.write(self.left, blank.supply, self.left[blank.supply] - share)
                shares.append((blank, share))
            if not still_open:
                break
        kept = [_keep(blank, share, lines, pegs) for blank, share in shares]
        for (blank, share), units in zip(shares, kept, strict=True):
            _spread(blank, share - units, lines, pegs)

    def _open_supplies(self, sku: str) -> Iterator[Peg]:
        """The supplies of a SKU, the earliest first, from the first that is not used up."""
        blanks, first = self.by_sku.get(sku, ()), self.first[sku]
        while first < len(blanks) and self.left[blanks[first].supply] <= 0:
            first += 1
        if first > self.first[sku]:
            self.journal.write(self.first, sku, first)
        for place in range(first, len(blanks)):
            yield blanks[place]

    def _rows(self, order: Order) -> list[_Row]:
        """The lines of an order that may be pegged, in the order in which they are served."""
        asked = {line.number: line for line in order.lines}
        return [
            _Row(
                line,
                order.bound_to(shipment, line),
                met_only=shipment.status is ShipmentStatus.READY,
                by_hand=asked[line.order_line].by_hand,
            )
            for shipment in sorted(order.planned, key=lambda shipment: shipment.number)
            for line in lines_in_order(shipment)
            if (line.pegs or self.reserved.get(line.id) or self._may_be_pegged(line))
            and self.snapshot.serves(order, line.sku)
        ]

    def _may_be_pegged(self, line: ShipmentLine) -> bool:
        return line.sku in self.by_sku and line.wanted > 0


def _dated_supplies(snapshot: Snapshot) -> dict[str, list[Peg]]:
    """Blank pegs by SKU, the earliest date first, then by location priority."""
    priority = {location: index for index, location in enumerate(snapshot.locations)}
    found: dict[str, list[Peg]] = defaultdict(list)
    for supply in snapshot.supplies:
        if supply.location in priority and (due_on := _date_ahead(supply, snapshot)):
            place = (supply.id, 0, supply.location, due_on)
            found[supply.sku].append(Peg(*place, source=supply.source, status=supply.status))
    for blanks in found.values():
        blanks.sort(
            key=lambda blank: (
                not blank.has_arrived,
                blank.due_on,
                priority[blank.location],
                blank.supply,
            )
        )
    return found


def _date_ahead(supply: Supply, snapshot: Snapshot) -> date | None:
    """The date it is expected; None where it has none, or that has passed.

    What has arrived, and is only not received yet, is expected no more: its date does not pass.
    """
    if supply.status is PurchaseOrderStatus.ARRIVED:
        return supply.due_on or date.max
    if supply.due_on is None or snapshot.has_passed(supply.due_on, supply.location):
        return None
    return supply.due_on


def _open(line: ShipmentLine, pegs: Iterable[Peg]) -> int:
    return line.wanted - sum(held.units for held in pegs)


def _keep(blank: Peg, most: int, lines: list[ShipmentLine], pegs: dict[int, list[Peg]]) -> int:
    """Give the supply first to those who have it already; the units given."""
    given = 0
    for line in lines:
        held = sum(p.units for p in line.pegs if p.supply == blank.supply and not p.pinned)
        given += _add(blank, min(held, most - given), line, pegs[line.id])
    return given


def _spread(blank: Peg, most: int, lines: list[ShipmentLine], pegs: dict[int, list[Peg]]) -> None:
    for line in lines:
        most -= _add(blank, most, line, pegs[line.id])


def _add(blank: Peg, most: int, line: ShipmentLine, pegs: list[Peg]) -> int:
    units = min(most, _open(line, pegs))
    if units <= 0:
        return 0
    for index, held in enumerate(pegs):
        if held.supply == blank.supply and not held.pinned:
            pegs[index] = held.of(held.units + units)
            return units
    pegs.append(blank.of(units))
    return units


def _with_pegs(
    lines: Iterable[ShipmentLine], pegs: dict[int, list[Peg]]
) -> tuple[ShipmentLine, ...]:
    return tuple(_line_with(line, pegs[line.id]) if line.id in pegs else line for line in lines)


def _line_with(line: ShipmentLine, pegs: Collection[Peg]) -> ShipmentLine:
    by_date = tuple(sorted(pegs, key=lambda peg: (peg.due_on, peg.supply, not peg.pinned)))
    return line if by_date == line.pegs else replace(line, pegs=by_date)
