"""Where an order goes, changed while it can still be sent there. The data itself is not here."""

from collections.abc import Collection
from dataclasses import replace

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.verification import ADDRESS_MISSING

NONE: frozenset[int] = frozenset()


def addressable(order: Order, begun: Collection[int] = NONE) -> Order:
    """The order, while nothing of it is packed: a label has the address that was there then.

    `begun` are its shipments with a package that is still here: one may be packed in part. What
    has left hinders nothing: the change is for the rest.
    """
    for shipment in order.live:
        if shipment.status is ShipmentStatus.PACKED or shipment.id in begun:
            packed = "packed" if shipment.status is ShipmentStatus.PACKED else "packed in part"
            message = f"shipment {shipment.number} is {packed} for the address it had; unpack it"
            raise conflict("too_late", message, shipment=shipment.number)
    return order


def readdressed(
    order: Order, changed: tuple[str, ...] = ("address",), begun: Collection[int] = NONE
) -> Order:
    """The order with another address, told in its history without it.

    The check of the address is done again: a hold that it gave is lifted.
    """
    noted = addressable(order, begun).noted("address_changed", changed=list(changed))
    if "address" not in changed:
        return noted
    return replace(noted, holds=tuple(hold for hold in noted.holds if hold != ADDRESS_MISSING))
