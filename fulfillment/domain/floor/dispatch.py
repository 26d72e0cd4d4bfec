"""Pick, pack and ship: what a confirmation makes of a shipment and its order."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from fulfillment.domain.model.holds import holds_in_words
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict
from fulfillment.domain.model.shipments import Claim, Shipment
from fulfillment.domain.model.statuses import ShipmentStatus

ClaimChange = Callable[[Claim], Claim | None]


def start_picking(order: Order, shipment: Shipment) -> Order:
    """A picker has it: from now on no plan touches it."""
    return _stepped(order, shipment, ShipmentStatus.PICKING)


def pick(order: Order, shipment: Shipment) -> Order:
    """Everything allocated to the shipment is in hands; what is staged stays in its container."""
    picked = _with_claims(shipment, lambda claim: replace(claim, picked=claim.units - claim.staged))
    return _stepped(order, picked, ShipmentStatus.PICKED)


def all_in_hands(shipment: Shipment) -> bool:
    """Whether every unit is picked or staged."""
    return not shipment.wants_units and not any(
        claim.loose for line in shipment.lines for claim in line.claims
    )


def picked_if_complete(shipment: Shipment) -> Shipment:
    """A shipment that is being picked is picked when nothing of it is on the shelf any more."""
    if shipment.status is ShipmentStatus.PICKING and all_in_hands(shipment):
        return shipment.moved(ShipmentStatus.PICKED)
    return shipment


def pack(order: Order, shipment: Shipment) -> Order:
    """What was picked is in its parcels."""
    return _stepped(order, shipment, ShipmentStatus.PACKED)


def ship(order: Order, shipment: Shipment) -> Order:
    """The goods leave the building: the claims are used up and the lines count them as shipped."""
    refuse_held(order)
    shipped = Counter[int]()
    for line in shipment.lines:
        shipped[line.order_line] += line.units
    gone = _with_claims(shipment.moved(ShipmentStatus.SHIPPED), lambda _: None)
    lines = tuple(
        replace(line, shipped=line.shipped + shipped[line.number]) for line in order.lines
    )
    return replace(order.with_shipments([gone]), lines=lines)


def _stepped(order: Order, shipment: Shipment, target: ShipmentStatus) -> Order:
    refuse_held(order)
    _refuse_to_come(shipment)
    return order.with_shipments([shipment.moved(target)])


def _refuse_to_come(shipment: Shipment) -> None:
    """What is released on a peg that counts as met can be picked once it is received."""
    missing = [
        {"line": line.order_line, "sku": line.sku, "units": line.wanted}
        for line in shipment.lines
        if line.wanted
    ]
    if shipment.status is ShipmentStatus.READY and missing:
        named = ", ".join(f"{row['units']} of {row['sku']}" for row in missing)
        message = f"shipment {shipment.number} can not be picked: {named} not yet received"
        raise conflict("not_yet_received", message, lines=missing)


def refuse_held(order: Order) -> None:
    """Nothing of a held order is picked, packed or shipped."""
    if order.holds:
        message = (
            f"order {order.number} is on hold ({holds_in_words(order.holds)}); release the hold"
        )
        raise conflict("order_on_hold", message, holds=list(order.holds))


def _with_claims(shipment: Shipment, change: ClaimChange) -> Shipment:
    lines = tuple(
        replace(
            line,
            claims=tuple(new for claim in line.claims if (new := change(claim)) is not None),
        )
        for line in shipment.lines
    )
    return replace(shipment, lines=lines)
