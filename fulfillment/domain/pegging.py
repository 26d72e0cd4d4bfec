"""Tie waiting units to the supply that will meet them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from fulfillment.domain.orders import Order, Peg, Shipment, ShipmentLine, waiting_lines
from fulfillment.domain.supply import Snapshot, Supply


def peg(snapshot: Snapshot, orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """Peg what is still wanted on inbound supply, earliest date first, in rank order.

    Pinned pegs go first. A supply without a date, or whose date has passed, is never pegged, nor
    one at a location that the order may not use (behaviour.md §5).
    """
    pegging = _Pegging(snapshot)
    by_rank = sorted(orders, key=lambda order: order.rank)
    for order in by_rank:
        pegging.keep_out_of_reach(order)
    for order in by_rank:
        pegging.keep_pins(order)
    return tuple(pegging.serve(order) for order in by_rank)


class _Pegging:
    """One pass: what is left on each supply, and the pegs of each line as they grow."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        priority = {location: index for index, location in enumerate(snapshot.locations)}
        self.left = {supply.id: supply.outstanding for supply in snapshot.supplies}
        self.by_sku: dict[str, list[tuple[Supply, Peg]]] = defaultdict(list)
        for supply in snapshot.supplies:
            due_on = supply.due_on
            if due_on is None or supply.location not in priority:
                continue
            if not snapshot.has_passed(due_on, supply.location):
                blank = Peg(supply.id, 0, supply.location, due_on, source=supply.source)
                self.by_sku[supply.sku].append((supply, blank))
        for sku in self.by_sku:
            self.by_sku[sku].sort(key=lambda s: (s[1].due_on, priority[s[0].location], s[0].id))
        self.pegs: dict[int, list[Peg]] = defaultdict(list)

    def keep_out_of_reach(self, order: Order) -> None:
        """Who ranks behind what was read keeps its pegs: somebody unread may come before it."""
        for line in waiting_lines(order):
            if line.sku in self.snapshot.skus and not self.snapshot.serves(order, line.sku):
                for held in line.pegs:
                    self.left[held.supply] = self.left.get(held.supply, 0) - held.units

    def keep_pins(self, order: Order) -> None:
        for line in self._lines(order):
            pinned = {pin.supply: pin for pin in line.pegs if pin.pinned}
            for supply, blank in self.by_sku[line.sku]:
                if pin := pinned.get(supply.id):
                    self._add(line, replace(blank, pinned=True), pin.units)

    def serve(self, order: Order) -> Order:
        lines: dict[str, list[ShipmentLine]] = defaultdict(list)
        for line in self._lines(order):
            lines[line.sku].append(line)
        for sku, mine in lines.items():
            self._serve_sku(order, sku, mine)
        served = {line.id for mine in lines.values() for line in mine}
        changed = [new for old in order.waiting if (new := self._with_pegs(old, served)) != old]
        return order.with_shipments(changed) if changed else order

    def _serve_sku(self, order: Order, sku: str, lines: list[ShipmentLine]) -> None:
        """The order takes the earliest supplies as a whole; its lines keep what they can of them.

        Were it each line in turn, a split would have the parts trade pegs at every plan.
        """
        only = order.only_location
        still_open = sum(self._open(line) for line in lines)
        shares: list[tuple[Peg, int]] = []
        for _, blank in self.by_sku[sku]:
            if only is None or blank.location == only:
                share = min(still_open, self.left[blank.supply])
                still_open -= share
                shares.append((blank, share))
        kept = [self._keep(blank, share, lines) for blank, share in shares]
        for (blank, share), units in zip(shares, kept, strict=True):
            self._spread(blank, share - units, lines)

    def _keep(self, blank: Peg, most: int, lines: list[ShipmentLine]) -> int:
        """Give the supply first to those who have it already; the units given."""
        given = 0
        for line in lines:
            held = sum(
                peg.units for peg in line.pegs if peg.supply == blank.supply and not peg.pinned
            )
            given += self._add(line, blank, min(held, most - given))
        return given

    def _spread(self, blank: Peg, most: int, lines: list[ShipmentLine]) -> None:
        for line in lines:
            most -= self._add(line, blank, most)

    def _open(self, line: ShipmentLine) -> int:
        return line.wanted - sum(held.units for held in self.pegs[line.id])

    def _lines(self, order: Order) -> list[ShipmentLine]:
        return [line for line in waiting_lines(order) if self.snapshot.serves(order, line.sku)]

    def _add(self, line: ShipmentLine, blank: Peg, most: int) -> int:
        units = min(most, self._open(line), self.left[blank.supply])
        if units <= 0:
            return 0
        self.left[blank.supply] -= units
        before = [held for held in self.pegs[line.id] if _key(held) == _key(blank)]
        more = replace(blank, units=units + sum(held.units for held in before))
        others = [held for held in self.pegs[line.id] if _key(held) != _key(blank)]
        self.pegs[line.id] = [*others, more]
        return units

    def _with_pegs(self, shipment: Shipment, served: Collection[int]) -> Shipment:
        lines = (self._line_with_pegs(x) if x.id in served else x for x in shipment.lines)
        return replace(shipment, lines=tuple(lines))

    def _line_with_pegs(self, line: ShipmentLine) -> ShipmentLine:
        pegs = tuple(sorted(self.pegs[line.id], key=_by_date))
        return line if pegs == line.pegs else replace(line, pegs=pegs)


def _key(peg: Peg) -> tuple[int, bool]:
    return peg.supply, peg.pinned


def _by_date(peg: Peg) -> tuple[date, int, bool]:
    """Sort key: the earliest first, a pinned one before another on the same supply."""
    return peg.due_on, peg.supply, not peg.pinned
