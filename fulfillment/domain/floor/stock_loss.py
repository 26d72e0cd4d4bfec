"""Take units away from those who hold them: there are fewer than was thought."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fulfillment.domain.floor.dispatch import picked_if_complete
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Claim, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import WAITING, ShipmentStatus
from fulfillment.domain.planning.release import sent_back
from fulfillment.domain.planning.splitting import unstored_id

LOSES_FIRST = (
    frozenset(WAITING),
    frozenset({ShipmentStatus.READY}),
    frozenset({ShipmentStatus.PICKING}),
)
"""Who loses a claim before whom; what is picked or packed loses none (behaviour.md §4.9)."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Units that a shipment lost while somebody picks it: what the picker has to be told."""

    order: int
    shipment: int
    sku: str
    location: str
    units: int


@dataclass(frozen=True, slots=True)
class CountedDown:
    """The orders that lost claims, what pickers have to be told, and what nobody could give."""

    orders: tuple[Order, ...]
    losses: tuple[Loss, ...]
    missing: int


def counted_down(orders: Iterable[Order], sku: str, location: str, units: int) -> CountedDown:
    """Claims of so many units taken back: of waiting, then ready, then picking shipments.

    The latest in rank loses first. A released shipment that loses units waits again; one that is
    being picked goes on without them, and they wait in a shipment of their own.
    """
    known = {order.id: order for order in orders}
    losses: list[Loss] = []
    for statuses in LOSES_FIRST:
        for order_id in sorted(known, key=lambda id_: known[id_].rank, reverse=True):
            for shipment in reversed(known[order_id].shipments):
                if units and shipment.status in statuses:
                    changed, lost = _lose(known[order_id], shipment, sku, location, units)
                    units -= lost
                    known[order_id] = _noted(changed, shipment, sku, location, lost)
                    if lost and shipment.status is ShipmentStatus.PICKING:
                        losses.append(Loss(order_id, shipment.id, sku, location, lost))
    return CountedDown(tuple(known.values()), tuple(losses), units)


def _noted(order: Order, shipment: Shipment, sku: str, location: str, lost: int) -> Order:
    if not lost:
        return order
    told = {"sku": sku, "location": location, "units": lost}
    return order.noted("stock_lost", shipment=shipment.number, **told)


def _lose(
    order: Order, shipment: Shipment, sku: str, location: str, units: int
) -> tuple[Order, int]:
    lost: dict[int, int] = {}
    for line in reversed(shipment.lines):
        loose = sum(c.loose for c in line.claims if c.location == location and not c.drop_ship)
        taken = min(loose, units - sum(lost.values())) if line.sku == sku else 0
        if taken > 0:
            lost[line.id] = taken
    if not lost:
        return order, 0
    if shipment.status is ShipmentStatus.PICKING:
        return set_apart(order, shipment, lost, location), sum(lost.values())
    lines = tuple(_without(line, location, lost.get(line.id, 0)) for line in shipment.lines)
    poorer = replace(shipment, lines=lines)
    if shipment.status is ShipmentStatus.READY:
        poorer = sent_back(poorer)
    return order.with_shipments([poorer]), sum(lost.values())


def _without(line: ShipmentLine, location: str, units: int) -> ShipmentLine:
    if not units:
        return line
    claims = (_less(claim, units) if claim.location == location else claim for claim in line.claims)
    return replace(line, claims=tuple(claim for claim in claims if claim.units))


def _less(claim: Claim, units: int) -> Claim:
    return replace(claim, units=claim.units - units)


def set_apart(order: Order, shipment: Shipment, lost: dict[int, int], location: str) -> Order:
    """The shipment without these units, by line id, and a new one in which they wait.

    If all that is left of it is in the picker's hands, it is picked.
    """
    number = order.next_shipment_number
    new_id = unstored_id(order, number)
    waiting = tuple(
        replace(line, id=new_id - index, units=lost[line.id], claims=(), pegs=())
        for index, line in enumerate(line for line in shipment.lines if line.id in lost)
    )
    left = [
        replace(
            _without(line, location, lost.get(line.id, 0)), units=line.units - lost.get(line.id, 0)
        )
        for line in shipment.lines
    ]
    kept = replace(shipment, lines=tuple(line for line in left if line.units))
    if not kept.lines:
        kept = sent_back(replace(shipment.moved(ShipmentStatus.READY), lines=shipment.lines))
        emptied = tuple(_without(line, location, lost[line.id]) for line in shipment.lines)
        return order.with_shipments([replace(kept, lines=emptied)])
    kept = picked_if_complete(kept)
    apart = Shipment(new_id, number, ShipmentStatus.BACKORDER, waiting, parent=shipment.id)
    after = order.with_shipments([kept, apart])
    return replace(after, next_shipment_number=number + 1)
