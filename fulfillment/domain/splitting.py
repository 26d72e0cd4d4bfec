"""Divide a shipment by quantity, line and location; line sums are always kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from fulfillment.domain.orders import Order
from fulfillment.domain.shipments import Claim, Peg, Shipment, ShipmentLine
from fulfillment.domain.statuses import ShipmentStatus

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


def split(order: Order, divide: Callable[[ShipmentLine], list[Part]]) -> Order:
    """Send every part of the waiting shipments to its destination.

    A shipment whose parts all go to one destination moves there itself. Otherwise it becomes
    `reassigned`, with one child for each destination.
    """
    for shipment in sorted(order.waiting, key=lambda shipment: shipment.number):
        parts = [(line, part) for line in shipment.lines for part in divide(line)]
        destinations = sorted({part.destination for _, part in parts}, key=lambda to: to.order)
        if len(destinations) == 1:
            order = order.with_shipments([_moved(shipment, destinations[0])])
        else:
            order = _divided(order, shipment, destinations, parts)
    return order


def _moved(shipment: Shipment, to: Destination) -> Shipment:
    moved = shipment if shipment.status is to.status else shipment.moved(to.status)
    dated = _latest_date(shipment.lines) if to.status is ShipmentStatus.FUTURE else None
    return replace(moved, location=to.location, expected_on=dated)


def _divided(
    order: Order,
    shipment: Shipment,
    destinations: list[Destination],
    parts: list[tuple[ShipmentLine, Part]],
) -> Order:
    children = []
    for offset, destination in enumerate(destinations):
        mine = [(line, part) for line, part in parts if part.destination == destination]
        number = order.next_shipment_number + offset
        children.append(_child(shipment, unstored_id(order, number), number, destination, mine))
    parent = replace(
        shipment.moved(ShipmentStatus.REASSIGNED),
        lines=tuple(replace(line, claims=(), pegs=()) for line in shipment.lines),
        expected_on=None,
    )
    grown = order.with_shipments([parent, *children])
    return replace(grown, next_shipment_number=order.next_shipment_number + len(children))


def unstored_id(order: Order, number: int) -> int:
    """A negative id for a new shipment, unique among all orders; its lines count on from it."""
    return -(order.id * 1_000_000 + number) * 10_000


def _child(
    parent: Shipment,
    new_id: int,
    number: int,
    to: Destination,
    parts: list[tuple[ShipmentLine, Part]],
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


def _joined(new_id: int, parts: list[tuple[ShipmentLine, Part]]) -> tuple[ShipmentLine, ...]:
    """One new line for each source line."""
    lines: dict[int, ShipmentLine] = {}
    for source, part in parts:
        line = lines.get(source.id)
        if line is None:
            line = replace(source, id=new_id - len(lines), units=0, claims=(), pegs=())
        lines[source.id] = replace(
            line,
            units=line.units + part.units,
            claims=line.claims + part.claims,
            pegs=line.pegs + part.pegs,
        )
    return tuple(lines.values())


def _latest_date(lines: Iterable[ShipmentLine]) -> date | None:
    awaited = (peg for line in lines for peg in line.pegs if not peg.has_arrived)
    return max((peg.due_on for peg in awaited), default=None)
