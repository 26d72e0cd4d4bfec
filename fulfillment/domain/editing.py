"""A sales channel's edit of an order, applied as a difference."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fulfillment.domain.ending import NothingToCancelError, without_units
from fulfillment.domain.orders import Channel, Order, OrderLine
from fulfillment.domain.refusals import conflict, invalid
from fulfillment.domain.shipments import Shipment, ShipmentLine
from fulfillment.domain.splitting import unstored_id
from fulfillment.domain.statuses import ShipmentStatus


@dataclass(frozen=True, slots=True)
class WantedLine:
    """One line as the channel wants it to be now, in base units."""

    number: int
    sku: str
    units: int


def edited(order: Order, wanted: Mapping[int, WantedLine]) -> Order:
    """The order with each line brought to what is wanted; a line that is not named is cancelled.

    More units wait like any other demand of the order. Fewer units leave the least committed
    ones first; a 409 where they are being picked or have gone. Another SKU on the same line is
    refused: remove the line and add one.
    """
    for line in order.lines:
        target = wanted.get(line.number)
        if target and target.sku != line.sku:
            raise invalid(
                "sku_changed",
                f"line {line.number} is for {line.sku}; remove it and add a new line",
                f"lines[{list(wanted).index(line.number)}].sku",
            )
        order = _with_units(order, line, target.units if target else 0)
    known = {line.number for line in order.lines}
    added = [wanted[number] for number in sorted(wanted) if number not in known]
    return _with_waiting(
        replace(order, lines=order.lines + tuple(OrderLine(w.number, w.sku, 0) for w in added)),
        {w.number: w.units for w in added},
    )


def _with_units(order: Order, line: OrderLine, target: int) -> Order:
    now = line.ordered - line.cancelled
    if target > now:
        return _with_waiting(order, {line.number: target - now})
    if target == now:
        return order
    try:
        return without_units(order, line.number, now - target)
    except NothingToCancelError as error:
        raise conflict("too_late", str(error), line=line.number) from error


def _with_waiting(order: Order, more: Mapping[int, int]) -> Order:
    """More units of some lines, in a new shipment that waits."""
    if not more:
        return order
    number = order.next_shipment_number
    new_id = unstored_id(order, number)
    sku = {line.number: line.sku for line in order.lines}
    shipment = Shipment(
        id=new_id,
        number=number,
        status=ShipmentStatus.BACKORDER,
        lines=tuple(
            _more_of(order.line(line), ShipmentLine(new_id - index, line, sku[line], units))
            for index, (line, units) in enumerate(sorted(more.items()))
        ),
    )
    lines = tuple(
        replace(line, ordered=line.ordered + more.get(line.number, 0)) for line in order.lines
    )
    return replace(order.with_shipments([shipment]), lines=lines, next_shipment_number=number + 1)


def _more_of(line: OrderLine, row: ShipmentLine) -> ShipmentLine:
    """What the supplier sends itself is sent by it as a whole."""
    if line.channel is Channel.DROP_SHIP and line.source is not None:
        return row.drop_shipped(line.source)
    return row
