"""Tie a line of an order to a certain supply: a person's pin goes before rank."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fulfillment.domain.actions.manual import allocatable
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.late_pins import less_late
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.shipments import Claim, Peg, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus


@dataclass(frozen=True, slots=True)
class Pin:
    """Units of one supply for a line; None: all that still waits. `peg` is a blank one on it.

    `most` are the units of it that are outstanding and not pinned by others.
    """

    peg: Peg
    most: int
    units: int | None = None


def pinned(order: Order, line: int, pins: Sequence[Pin]) -> Order:
    """The order with these pins on a line in place of those it had; none of them frees it.

    What is pinned is taken off what the line wants, the first pin first. What it wants beyond
    its pins is pegged as any other line's.
    """
    if not pins:
        return unpinned(order, line)
    rows = [row for row in waiting_lines(order) if row.order_line == line]
    wanted = sum(row.wanted for row in rows)
    if not wanted:
        message = f"nothing of line {line} of order {order.number} waits"
        raise conflict("nothing_waits", message, line=line)
    pegs = _sized(pins, wanted)
    changed = _spread(rows, pegs)
    noted = _noted(order, line, pegs).with_lines([replace(order.line(line), late_pins=())])
    return noted.with_shipments(
        replace(shipment, lines=tuple(changed.get(row.id, row) for row in shipment.lines))
        for shipment in noted.waiting
        if any(row.id in changed for row in shipment.lines)
    )


def unpinned(order: Order, line: int) -> Order:
    """The order with nothing kept for a line: neither what is to come on its pins nor what came.

    It keeps what it holds, as any other line does: by rank. What is in somebody's hands is kept.
    """
    kept = order.line(line).late_pins or any(
        peg.pinned for row in _movable_rows(order, line) for peg in row.pegs
    )
    came = sum(c.pinned for row in _movable_rows(order, line) for c in row.claims)
    wanted = sum(row.wanted for row in waiting_lines(order) if row.order_line == line)
    if not (kept or came or wanted):
        message = f"nothing of line {line} of order {order.number} waits, or is pinned"
        raise conflict("nothing_waits", message, line=line)
    facts: dict[str, object] = {"line": line, "came": came} if came else {"line": line}
    free = order.noted("unpinned", **facts).with_lines([replace(order.line(line), late_pins=())])
    return free.with_shipments(
        replace(shipment, lines=tuple(_freed(row, line) for row in shipment.lines))
        for shipment in order.live
        if shipment.is_waiting or shipment.status is ShipmentStatus.READY
    )


def pinnable(order: Order) -> Order:
    """The order, where some line of it can be pinned or unpinned; refused where none can."""
    if not any(
        claim.pinned
        for line in order.lines
        for row in _movable_rows(order, line.number)
        for claim in row.claims
    ):
        allocatable(order)
    return order


def _movable_rows(order: Order, line: int) -> Iterator[ShipmentLine]:
    """What of a line waits, or is released and in nobody's hands."""
    for shipment in order.live:
        if shipment.is_waiting or shipment.status is ShipmentStatus.READY:
            yield from (row for row in shipment.lines if row.order_line == line)


def _freed(row: ShipmentLine, line: int) -> ShipmentLine:
    if row.order_line != line:
        return row
    claims = tuple(replace(claim, pinned=0) for claim in row.claims)
    return replace(row, claims=claims, pegs=tuple(peg for peg in row.pegs if not peg.pinned))


def _noted(order: Order, line: int, pegs: Sequence[Peg]) -> Order:
    told = [{"source": peg.source, "units": peg.units} for peg in pegs]
    return order.noted("pinned", line=line, pins=told)


def _sized(pins: Sequence[Pin], wanted: int) -> list[Peg]:
    """A peg for each pin; one without a number takes what the others leave."""
    left = wanted - sum(pin.units or 0 for pin in pins)
    if left < 0:
        message = f"only {counted(wanted, 'unit waits')}; {wanted - left} can not be pinned"
        raise invalid("bad_quantity", message, "pins", waiting=wanted)
    pegs = []
    for index, pin in enumerate(pins):
        units = min(left, pin.most) if pin.units is None else pin.units
        left -= units if pin.units is None else 0
        if units > pin.most or not pin.most:
            raise _not_enough(pin, units)
        if not units:
            message = f"only {counted(wanted, 'unit waits')}, pinned already as far as possible"
            raise invalid("bad_quantity", message, f"pins[{index}].units", waiting=wanted)
        pegs.append(replace(pin.peg, units=units, pinned=True))
    return pegs


def _not_enough(pin: Pin, units: int) -> RefusedError:
    source = pin.peg.source
    message = (
        f"{counted(pin.most, 'unit')} of {source} can be pinned; others are pinned to the rest"
    )
    return conflict("not_enough_outstanding", message, source=source, most=pin.most, asked=units)


def _spread(rows: Sequence[ShipmentLine], pegs: Iterable[Peg]) -> Mapping[int, ShipmentLine]:
    """The rows with these pinned pegs, filled one after the other; unpinned ones make way."""
    kept: dict[int, list[Peg]] = {row.id: [] for row in rows}
    for peg in pegs:
        units = peg.units
        for row in rows:
            taken = min(units, row.wanted - sum(other.units for other in kept[row.id]))
            if taken > 0:
                kept[row.id].append(replace(peg, units=taken))
                units -= taken
    return {row.id: replace(row, pegs=tuple(kept[row.id])) for row in rows}


@dataclass(frozen=True, slots=True)
class Grant:
    """Units that came on a pin, for the line that it is on; one for each line and supply."""

    line: int
    supply: int
    location: str
    units: int


def granted(order: Order, grants: Iterable[Grant]) -> Order:
    """The order with what came on its pins: claimed where it came, off the pins."""
    by_line: dict[int, list[Grant]] = {}
    for grant in grants:
        by_line.setdefault(grant.line, []).append(grant)
    changed = [
        replace(
            shipment, lines=tuple(_filled(row, by_line.get(row.id, ())) for row in shipment.lines)
        )
        for shipment in order.planned
        if any(row.id in by_line for row in shipment.lines)
    ]
    return less_late(order.with_shipments(changed), _came_late(order, by_line))


def _came_late(order: Order, grants: Mapping[int, Iterable[Grant]]) -> Counter[tuple[int, int]]:
    """Units that came on pins which were no pegs any more, by order line and supply."""
    came: Counter[tuple[int, int]] = Counter()
    for row in (row for shipment in order.planned for row in shipment.lines):
        for grant in grants.get(row.id, ()):
            pegged = sum(p.units for p in row.pegs if p.pinned and p.supply == grant.supply)
            came[row.order_line, grant.supply] += max(grant.units - pegged, 0)
    return came


def _filled(row: ShipmentLine, grants: Iterable[Grant]) -> ShipmentLine:
    for grant in grants:
        units = min(grant.units, row.wanted)
        if units > 0:
            row = _claimed(_less_pinned(row, grant.supply, units), grant.location, units)
    return row


def _claimed(row: ShipmentLine, location: str, units: int) -> ShipmentLine:
    held = next((c for c in row.claims if c.location == location), Claim(location, 0))
    more = replace(held, units=held.units + units, pinned=held.pinned + units)
    others = [claim for claim in row.claims if claim.location != location]
    return replace(row, claims=tuple(sorted([*others, more], key=lambda claim: claim.location)))


def _less_pinned(row: ShipmentLine, supply: int, units: int) -> ShipmentLine:
    pegs = []
    for peg in row.pegs:
        if peg.pinned and peg.supply == supply:
            peg = replace(peg, units=max(peg.units - units, 0))  # noqa: PLW2901
        pegs.append(peg)
    return replace(row, pegs=tuple(peg for peg in pegs if peg.units))
