"""How an order, or a part of it, ends without being shipped."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import (
    NOTHING_PACKED,
    Claim,
    Peg,
    Shipment,
    ShipmentLine,
    UnitsInPackages,
)
from fulfillment.domain.model.statuses import ShipmentStatus


class NothingToCancelError(Exception):
    """A cancel of an order that has no live shipment left, or of units of a `line` that has not."""

    def __init__(self, message: str, line: int | None = None) -> None:
        """Tell what is not there."""
        super().__init__(message)
        self.line = line


def cancelled(order: Order) -> Order:
    """The order with everything that has not left the building cancelled and given back."""
    if not order.live:
        raise NothingToCancelError(f"order {order.number} is {order.status}")
    ended = tuple(_cancelled_shipment(shipment) for shipment in order.live)
    return replace(
        order.with_shipments(ended),
        lines=tuple(
            replace(line, cancelled=line.ordered - line.shipped, late_pins=())
            for line in order.lines
        ),
        holds=(),
    )


def rejected(order: Order) -> Order:
    """The order refused at its first claim, with nothing left claimed."""
    return replace(cancelled(order), rejected=True)


def _cancelled_shipment(shipment: Shipment) -> Shipment:
    """A cancelled shipment keeps its units as history; it holds no claims and no pegs."""
    lines = tuple(replace(line, claims=(), pegs=()) for line in shipment.lines)
    return replace(shipment.moved(ShipmentStatus.CANCELLED), lines=lines)


def without_units(
    order: Order, asked: Mapping[int, int], packed: UnitsInPackages = NOTHING_PACKED
) -> Order:
    """The order with so many units of these lines cancelled, the least committed units first.

    What is not allocated goes first, then what is, then released units, then those on the shelf of
    what is being picked, then what is staged or picked: somebody puts that back. What is in a
    package or has left can not be cancelled this way: `NothingToCancelError`. `packed` are units
    in packages of shipments that are not packed to their last unit.
    """
    taken = Counter[int]()
    parts, boxed = _parts_by_line(order), _boxed_by_line(packed)
    for number, units in asked.items():
        left = units
        for row, most in _least_committed(parts[number], boxed[number]):
            taken[row] += min(most, left)
            left -= min(most, left)
        if left:
            raise NothingToCancelError(
                f"in packages, or gone already: {counted(left, 'unit')} of line {number}; what is"
                " packed can be cancelled once it is taken out of its package",
                number,
            )
    changed = [
        _without(shipment, taken)
        for shipment in order.live
        if any(taken[line.id] for line in shipment.lines)
    ]
    lines = map(order.line, asked)
    shorter = order.with_lines(
        replace(line, cancelled=line.cancelled + asked[line.number]) for line in lines
    )
    return _let_go_if_ended(shorter.with_shipments(changed))


Parts = Mapping[ShipmentStatus, Sequence[tuple[int, ShipmentLine]]]
"""The parts of one line, each with its shipment's id, by the shipment's status."""


def _parts_by_line(order: Order) -> Mapping[int, Parts]:
    """The parts of each line, those of the newest shipments first."""
    found: dict[int, dict[ShipmentStatus, list[tuple[int, ShipmentLine]]]]
    found = defaultdict(lambda: defaultdict(list))
    for shipment in sorted(order.live, key=lambda each: each.number, reverse=True):
        for line in shipment.lines:
            found[line.order_line][shipment.status].append((shipment.id, line))
    return found


def _boxed_by_line(packed: UnitsInPackages) -> Mapping[int, Counter[int]]:
    """Units in packages by line and shipment."""
    found = defaultdict[int, Counter[int]](Counter)
    for (shipment, number), units in packed.items():
        found[number][shipment] = units
    return found


def _least_committed(of_line: Parts, boxed: Counter[int]) -> Iterator[tuple[int, int]]:
    """Units of a line that can still be given up, by shipment line, the least committed first."""
    parts = [of_line.get(status, ()) for status in _LEAST_COMMITTED_FIRST]
    every = list(chain.from_iterable(parts))
    in_hands = {line.id: line.in_hands - _boxed(boxed, id_, line.in_hands) for id_, line in every}
    # What a supplier ships itself is in nobody's hands before it is in a package.
    loose = {line.id: line.loose - _boxed(boxed, id_, line.loose) for id_, line in every}
    for rows in parts:
        yield from ((line.id, line.wanted) for _, line in rows)
        yield from ((line.id, loose[line.id]) for _, line in rows)
    yield from in_hands.items()


def _boxed(left: Counter[int], shipment: int, most: int) -> int:
    """How many of these units are in the shipment's packages; they are counted once."""
    units = min(left[shipment], most)
    left[shipment] -= units
    return units


_LEAST_COMMITTED_FIRST = (
    ShipmentStatus.BACKORDER,
    ShipmentStatus.FUTURE,
    ShipmentStatus.READY,
    ShipmentStatus.PICKING,
    ShipmentStatus.PICKED,
)
"""Of what is packed to its last unit nothing is given up but by ending the whole order."""


def _let_go_if_ended(order: Order) -> Order:
    """An order of which nothing is left is held by nobody."""
    return order if order.live else replace(order, holds=())


def shortened(order: Order, short: Mapping[int, int], stays: Callable[[Peg], bool]) -> Order:
    """The order without these waiting units, given by shipment line; nothing of it is claimed.

    What stays is pegged anew by the plan. A person's pins on it are kept for that: those on pegs
    for whose sake units stay. A pin that does not is gone with its units.
    """
    cancelled_units = Counter[int]()
    changed: list[Shipment] = []
    for shipment in order.waiting:
        if any(line.id in short for line in shipment.lines):
            lines = [replace(x, units=x.units - short.get(x.id, 0)) for x in shipment.lines]
            left = tuple(replace(x, pegs=_pins(x, stays)) for x in lines if x.units)
            changed.append(replace(shipment, lines=left) if left else _cancelled_shipment(shipment))
            for line in shipment.lines:
                cancelled_units[line.order_line] += short.get(line.id, 0)
    fewer = (
        replace(line, cancelled=line.cancelled + cancelled_units[line.number])
        for line in order.lines
    )
    return order.with_shipments(changed).with_lines(fewer)


def _pins(line: ShipmentLine, stays: Callable[[Peg], bool]) -> tuple[Peg, ...]:
    return _first_pegs((peg for peg in line.pegs if peg.pinned and stays(peg)), line.wanted)


def _without(shipment: Shipment, taken: Mapping[int, int]) -> Shipment:
    lines = tuple(
        _shorter(line, taken[line.id]) for line in shipment.lines if taken[line.id] < line.units
    )
    return replace(shipment, lines=lines) if lines else _cancelled_shipment(shipment)


def _shorter(line: ShipmentLine, gone: int) -> ShipmentLine:
    """The line without so many units: what is on the shelf goes before what is in hands."""
    surplus = max(gone - line.wanted, 0)
    from_hands = max(surplus - line.loose, 0)
    surplus -= from_hands
    claims = []
    for claim in reversed(line.claims):
        from_shelf = min(surplus, claim.loose)
        surplus -= from_shelf
        kept, put_back = _out_of_hands(claim, from_hands)
        from_hands -= put_back
        if units := kept.units - from_shelf:
            claims.append(replace(kept, units=units, pinned=min(kept.pinned, units)))
    shorter = replace(line, units=line.units - gone, claims=tuple(reversed(claims)))
    return replace(shorter, pegs=_first_pegs(line.pegs, shorter.wanted))


def _out_of_hands(claim: Claim, units: int) -> tuple[Claim, int]:
    """The claim without so many units in hands, and how many: the picker's before the container's.

    Packages are filled from containers first, so that what is in none is rather with the picker.
    """
    picked = min(units, claim.picked)
    staged = min(units - picked, claim.staged)
    less = replace(
        claim,
        units=claim.units - picked - staged,
        picked=claim.picked - picked,
        staged=claim.staged - staged,
    )
    return less, picked + staged


def _first_pegs(pegs: Iterable[Peg], units: int) -> tuple[Peg, ...]:
    """So many units of these pegs, a person's pins before all: no more is wanted."""
    kept: dict[int, Peg] = {}
    for at, peg in sorted(enumerate(pegs), key=lambda each: not each[1].pinned):
        if share := min(peg.units, units):
            units -= share
            kept[at] = replace(peg, units=share)
    return tuple(kept[at] for at in sorted(kept))
