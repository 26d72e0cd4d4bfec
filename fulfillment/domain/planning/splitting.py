"""Divide a shipment by quantity, line and location; line sums are always kept."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Claim, Peg, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus

_SERVED_FIRST = (ShipmentStatus.READY, ShipmentStatus.FUTURE, ShipmentStatus.BACKORDER)


@dataclass(frozen=True, slots=True)
class Destination:
    """The status and location that a part of a shipment moves to."""

    status: ShipmentStatus
    location: str | None

    @property
    def order(self) -> tuple[int, str]:
        """Sort key: what goes first comes first, then by location."""
        return _SERVED_FIRST.index(self.status), self.location or ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some units of one line with the claims and pegs that go with them."""

    destination: Destination
    units: int
    claims: tuple[Claim, ...] = ()
    pegs: tuple[Peg, ...] = ()


SourcedPart = tuple[ShipmentLine, Part]
"""A part, and the line that it is of."""


def split(order: Order, divide: Callable[[ShipmentLine], list[Part]]) -> Order:
    """Send every part of the waiting shipments to its destination.

    A shipment whose parts all go to one destination moves there itself, unless it would be dated
    and is nobody's child: a `future` shipment always is one (behaviour.md §5). Otherwise it
    becomes `reassigned`, with one child for each destination.
    """
    changed: list[Shipment] = []
    number = order.next_shipment_number
    for shipment in sorted(order.waiting, key=lambda shipment: shipment.number):
        parts = _by_destination(shipment, divide)
        if len(parts) == 1 and not _needs_a_child(shipment, *parts):
            moved = _moved(shipment, *parts)
            changed += [moved] if moved is not shipment else []
        else:
            children = _children(order, shipment, number, parts)
            changed += [_reassigned(shipment), *children]
            number += len(children)
    if not changed:
        return order
    sent = order.with_shipments(changed)
    if number == order.next_shipment_number:
        return sent
    return replace(sent, next_shipment_number=number)


def _needs_a_child(shipment: Shipment, to: Destination) -> bool:
    is_dated_anew = shipment.status is not to.status and to.status is ShipmentStatus.FUTURE
    return is_dated_anew and shipment.parent is None


def _by_destination(
    shipment: Shipment, divide: Callable[[ShipmentLine], list[Part]]
) -> dict[Destination, list[SourcedPart]]:
    parts: dict[Destination, list[SourcedPart]] = defaultdict(list)
    for line in shipment.lines:
        for part in divide(line):
            parts[part.destination].append((line, part))
    return parts


def _moved(shipment: Shipment, to: Destination) -> Shipment:
    """The shipment at its destination; itself where it is there."""
    dated = _latest_date(shipment.lines) if to.status is ShipmentStatus.FUTURE else None
    stays = shipment.status is to.status and shipment.location == to.location
    if stays and shipment.expected_on == dated:
        return shipment
    moved = shipment if shipment.status is to.status else shipment.moved(to.status)
    return replace(moved, location=to.location, expected_on=dated)


def _reassigned(shipment: Shipment) -> Shipment:
    return replace(
        shipment.moved(ShipmentStatus.REASSIGNED),
        lines=tuple(replace(line, claims=(), pegs=()) for line in shipment.lines),
        expected_on=None,
    )


def _children(
    order: Order,
    parent: Shipment,
    number: int,
    parts: dict[Destination, list[SourcedPart]],
) -> list[Shipment]:
    return [
        _child(parent, unstored_id(order, at), at, to, parts[to])
        for at, to in enumerate(sorted(parts, key=lambda to: to.order), start=number)
    ]


def unstored_id(order: Order, number: int) -> int:
    """A negative id for a new shipment, unique among all orders; its lines count on from it."""
    return -(order.id * 1_000_000 + number) * 10_000


def _child(
    parent: Shipment,
    new_id: int,
    number: int,
    to: Destination,
    parts: list[SourcedPart],
) -> Shipment:
    lines = _joined(new_id, parts)
    dated = _latest_date(lines) if to.status is ShipmentStatus.FUTURE else None
    return Shipment(
        id=new_id,
        number=number,
        status=to.status,
        lines=lines,
        location=to.location,
        expected_on=dated,
        parent=parent.id,
    )


def _joined(new_id: int, parts: list[SourcedPart]) -> tuple[ShipmentLine, ...]:
    """One new line for each source line."""
    by_line: dict[int, list[SourcedPart]] = defaultdict(list)
    for source, part in parts:
        by_line[source.id].append((source, part))
    return tuple(_new_line(new_id - at, mine) for at, mine in enumerate(by_line.values()))


def _new_line(new_id: int, parts: list[SourcedPart]) -> ShipmentLine:
    source, _ = parts[0]
    return replace(
        source,
        id=new_id,
        units=sum(part.units for _, part in parts),
        claims=tuple(claim for _, part in parts for claim in part.claims),
        pegs=tuple(peg for _, part in parts for peg in part.pegs),
    )


def _latest_date(lines: Iterable[ShipmentLine]) -> date | None:
    awaited = (peg for line in lines for peg in line.pegs if not peg.has_arrived)
    return max((peg.due_on for peg in awaited), default=None)
