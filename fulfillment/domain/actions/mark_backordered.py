"""Mark a line backordered, during prepare or pick: it waits by hand, and the step goes on."""

from fulfillment.domain.actions.line_changes import with_dispatch_for_it
from fulfillment.domain.actions.manual import check_line, marked_backordered, refuse_in_warehouse
from fulfillment.domain.floor.stock_loss import set_apart
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus

PICKING = ShipmentStatus.PICKING


def backordered(order: Order, number: int) -> Order:
    """One line waits, by hand, whatever it held; what of it is in hands already goes on.

    A shipment that is being picked goes on without what of the line nobody has picked yet, as a
    person has said, and if no dispatch is left for that, it goes in one beyond `max_shipments`.
    Nothing leaves on hand: where units are missing, that is a short pick.
    """
    check_line(order, number)
    if not _can_wait(order, number):
        raise _nothing_to_wait(order, number)
    left_out = order
    for shipment in order.shipments:
        if shipment.status is PICKING:
            left_out = _without_unpicked(left_out, shipment, number)
    marked = marked_backordered(left_out, frozenset({number}))
    return marked if left_out is order else with_dispatch_for_it(marked)


def markable(order: Order) -> Order:
    """The order, where some line of it can be marked; refused where all of it is in hands."""
    if any(_can_wait(order, line.number) for line in order.lines):
        return order
    raise _nothing_to_wait(order)


def _can_wait(order: Order, number: int) -> bool:
    """Whether something of a line waits, is ready, or is not yet picked where it is being."""
    return any(
        _unpicked(row)
        if shipment.status is PICKING
        else shipment.is_waiting or shipment.status is ShipmentStatus.READY
        for shipment in order.live
        for row in shipment.lines
        if row.order_line == number
    )


def _unpicked(line: ShipmentLine) -> int:
    """Units on the shelf; what a supplier sends is with the supplier."""
    return sum(claim.loose for claim in line.claims if not claim.drop_ship)


def _without_unpicked(order: Order, shipment: Shipment, number: int) -> Order:
    rows = (row for row in shipment.lines if row.order_line == number)
    left = {row.id: units for row in rows if (units := _unpicked(row))}
    return set_apart(order, shipment, left, shipment.location or "") if left else order


def _nothing_to_wait(order: Order, number: int | None = None) -> Exception:
    chosen = {line.number for line in order.lines if number in (None, line.number)}
    refuse_in_warehouse(order, frozenset(chosen))
    what = f"order {order.number}" if number is None else f"line {number} of order {order.number}"
    return conflict("nothing_left", f"nothing of {what} is left to wait")
