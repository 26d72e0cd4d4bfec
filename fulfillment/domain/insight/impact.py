"""What a change makes of orders, told before it is done."""

from collections.abc import Iterable
from dataclasses import dataclass

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.domain.planning.sourcing import met_units


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands: its status, and its units by how far they are."""

    status: OrderStatus
    allocated: int
    not_yet_received: int
    """Units on a purchase order that is as far as `min_po_status` asks."""
    pegged: int
    backordered: int
    """Units neither allocated nor not yet received."""
    ready: int
    """Released, and not yet being picked."""
    cancelled: int
    """Units that were given up."""
    promised: tuple[Slice, ...]
    """What all lines together are promised, by day."""


@dataclass(frozen=True, slots=True)
class Impact:
    """One order before a change and after it."""

    order: str
    before: Standing
    """How it stands now."""
    after: Standing
    """How it would stand."""


def outcomes(changes: Iterable[tuple[Order, Order]]) -> list[Impact]:
    """Every order that would stand differently, in rank order."""
    differing = [(before, after) for before, after in changes if before != after]
    told = [
        Impact(after.number, standing(before), standing(after))
        for before, after in sorted(differing, key=lambda change: change[1].rank)
    ]
    return [outcome for outcome in told if outcome.before != outcome.after]


def standing(order: Order) -> Standing:
    """How an order stands now, in units."""
    units = allocated = met = pegged = ready = 0
    for shipment in order.live:
        for line in shipment.lines:
            units += line.units
            allocated += line.allocated
            met += met_units(order, line)
            pegged += line.pegged
            ready += line.units if shipment.status is ShipmentStatus.READY else 0
    return Standing(
        status=order.status,
        allocated=allocated,
        not_yet_received=met,
        pegged=pegged,
        backordered=units - allocated - met,
        ready=ready,
        cancelled=sum([line.cancelled for line in order.lines]),
        promised=_joined(order),
    )


def _joined(order: Order) -> tuple[Slice, ...]:
    """The promises of all lines together, by day."""
    by_day: dict[object, Slice] = {}
    for line in order.lines:
        for piece in line.promise or ():
            units = by_day[piece.on].units if piece.on in by_day else 0
            by_day[piece.on] = Slice(units + piece.units, piece.on)
    return tuple(sorted(by_day.values(), key=lambda piece: piece.on))
