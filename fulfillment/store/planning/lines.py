"""What the lines of orders want, hold and name."""

from collections.abc import Collection, Iterable

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Peg


def wants(order: Order, sku: str) -> bool:
    """Whether a planned line of the SKU wants units."""
    return any(line.sku == sku and line.wanted for s in order.planned for line in s.lines)


def wants_supply(order: Order, sku: str) -> bool:
    """Whether units of a line of the SKU are neither claimed nor pegged, and could be."""
    by_hand = {line.number for line in order.lines if line.by_hand}
    return any(
        line.sku == sku and line.order_line not in by_hand and line.wanted > line.pegged
        for shipment in order.planned
        for line in shipment.lines
    )


def is_pegged(order: Order, sku: str) -> bool:
    """Whether a planned line of the SKU has a peg."""
    return any(line.sku == sku and line.pegs for s in order.planned for line in s.lines)


def may_give(order: Order, sku: str) -> bool:
    """Whether a waiting line of the SKU holds units that an earlier order may take."""
    return any(
        line.sku == sku and any(claim.movable for claim in line.claims)
        for shipment in order.waiting
        for line in shipment.lines
    )


def live_units(order: Order) -> int:
    """Units of all its live shipments."""
    return sum(line.units for shipment in order.live for line in shipment.lines)


def skus_of(orders: Iterable[Order]) -> set[str]:
    """The SKUs of all their lines."""
    return {line.sku for order in orders for line in order.lines}


def claims(
    orders: Iterable[Order], without: Collection[int] = ()
) -> Iterable[tuple[str, str, int]]:
    """SKU, location and units of each claim on stock, but of shipments `without`."""
    for order in orders:
        for shipment in order.shipments:
            for line in shipment.lines if shipment.id not in without else ():
                yield from (
                    (line.sku, claim.location, claim.units)
                    for claim in line.claims
                    if not claim.drop_ship
                )


def pegs(orders: Iterable[Order]) -> Iterable[Peg]:
    """All pegs of their lines."""
    for order in orders:
        for shipment in order.shipments:
            for line in shipment.lines:
                yield from line.pegs
