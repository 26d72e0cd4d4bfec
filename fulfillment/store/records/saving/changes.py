"""What a change of orders is, and what several writers ask of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.model.supply import Product

Products = Mapping[str, Product]


@dataclass(frozen=True, slots=True)
class Change:
    """One order as it was loaded and as it is to be."""

    before: Order
    after: Order


def lines_of(order: Order) -> Iterable[ShipmentLine]:
    """Every shipment line of an order, ended shipments of this change included."""
    return (line for shipment in order.shipments for line in shipment.lines)
