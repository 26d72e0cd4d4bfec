"""What a person says of an order as a whole: it is good, it is to wait, it may go on."""

from dataclasses import replace

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict


def verified(order: Order) -> Order:
    """Found to be good; refused where it was before."""
    if order.verified:
        raise conflict("already_verified", f"order {order.number} is verified already")
    return replace(order, verified=True)


def held(order: Order, reason: str) -> Order:
    """Kept from going on for one reason more; it keeps its units and its place."""
    if reason in order.holds:
        message = f"order {order.number} is on hold for {reason!r} already"
        raise conflict("already_held", message)
    return replace(order, holds=tuple(sorted((*order.holds, reason))))


def unheld(order: Order, reason: str | None = None) -> Order:
    """One hold lifted, or all of them where none is named."""
    if not order.holds:
        raise conflict("not_held", f"order {order.number} is not on hold")
    if reason and reason not in order.holds:
        raise conflict("not_held", f"order {order.number} is not on hold for that reason")
    return replace(order, holds=tuple(h for h in order.holds if reason and h != reason))
