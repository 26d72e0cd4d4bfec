"""What was shipped and is sent once more: as it was, for what was lost; or otherwise, for returns.

Each such line is in place of another one, and costs nothing beyond a surcharge: that was paid.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fulfillment.domain.actions.line_changes import (
    LineUnits,
    known_line,
    next_line,
    with_waiting,
)
from fulfillment.domain.floor.after_dispatch import refuse_unless_shipped
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.orders import Channel, Order, OrderLine
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.shipments import Shipment

Returned = Mapping[str, int]
"""Units by SKU that came back of an order, or are announced to."""

NOTHING_RETURNED: Returned = {}


# --- lost ----------------------------------------------------------------------------------------


def replaced(order: Order, shipment: Shipment, asked: Sequence[LineUnits] = ()) -> Order:
    """Units that left in a shipment and were lost are sent again, in lines tied to it.

    Without any that are named it is all that was not sent again before. They wait at the order's
    rank, in a dispatch beyond `max_shipments` where none is left.
    """
    refuse_unless_shipped(shipment.number, shipment.status)
    left = _not_replaced(order, shipment)
    units = _asked(shipment, left, asked) if asked else +left
    if not units:
        raise nothing_to_replace(shipment.number)
    after, told = order, list[dict[str, object]]()
    for number in sorted(units):
        old = order.line(number)
        new = _in_place_of(after, old, old.sku)
        after = _with_line(after, replace(new, replaces_shipment=shipment.id))
        told.append({"line": number, "sku": old.sku, "units": units[number], "into": new.number})
    noted = after.noted("sent_again", shipment=shipment.number, lines=told)
    added = {line.number: units[line.replaces_line or 0] for line in _new(order, after)}
    return with_waiting(noted, added)


def nothing_to_replace(shipment: int) -> RefusedError:
    """All of it was sent again already; `shipment` is its number in the order."""
    return conflict("nothing_to_replace", f"all of shipment {shipment} was sent again already")


def _not_replaced(order: Order, shipment: Shipment) -> Counter[int]:
    """Units of a shipment by order line of which none were sent again."""
    left = Counter[int]()
    for row in shipment.lines:
        left[row.order_line] += row.units
    for line in order.lines:
        if line.replaces_shipment == shipment.id and line.replaces_line is not None:
            left[line.replaces_line] -= line.ordered - line.cancelled
    return left


def _asked(
    shipment: Shipment, left: Mapping[int, int], asked: Sequence[LineUnits]
) -> dict[int, int]:
    units: dict[int, int] = {}
    for index, one in enumerate(asked):
        at = f"lines[{index}]"
        if one.line not in left:
            message = f"line {one.line} of the order was not in shipment {shipment.number}"
            raise invalid("not_in_shipment", message, f"{at}.line", line=one.line)
        if one.line in units:
            message = f"line {one.line} is there twice; add its units up"
            raise invalid("line_twice", message, f"{at}.line", line=one.line)
        wanted = left[one.line] if one.units is None else one.units
        if not 0 < wanted <= left[one.line]:
            message = (
                f"line {one.line}: not sent again yet of shipment {shipment.number}:"
                f" {counted(left[one.line], 'unit')}"
            )
            raise conflict("more_than_left", message, field=f"{at}.units", left=left[one.line])
        units[one.line] = wanted
    return units


# --- exchanged -----------------------------------------------------------------------------------


def exchanged_after_return(
    order: Order,
    old: LineUnits,
    sku: str,
    returned: Returned,
    surcharge_minor: int = 0,
) -> Order:
    """Units of a line that were shipped and come back become a new line of another or the same SKU.

    No more than came back of the order, or are announced to, and were not exchanged before. Each
    unit costs the surcharge alone.
    """
    line = known_line(order, old.line)
    left = _not_exchanged(order, line, returned)
    if not left:
        raise _nothing_returned(f"line {line.number} of order {order.number}")
    units = left if old.units is None else old.units
    if units > left:
        message = f"of line {line.number} came back, or will, and is free: {counted(left, 'unit')}"
        raise conflict("more_than_returned", message, field="units", left=left)
    new = _in_place_of(order, line, sku)
    if surcharge_minor:
        new = replace(new, unit_price_minor=surcharge_minor)
    if line.channel is Channel.DROP_SHIP:
        new = replace(new, channel=Channel.PICK, source=None)
    noted = _with_line(order, new).noted(
        "exchanged_after_return",
        line=line.number,
        sku=line.sku,
        units=units,
        into=new.number,
        into_sku=sku,
    )
    return with_waiting(noted, {new.number: units})


def exchangeable_after_return(order: Order, returned: Returned = NOTHING_RETURNED) -> Order:
    """The order, where units of some line came back and can be exchanged."""
    if any(_not_exchanged(order, line, returned) for line in order.lines):
        return order
    raise _nothing_returned(f"order {order.number}")


def _not_exchanged(order: Order, line: OrderLine, returned: Returned) -> int:
    """Units of a line that were shipped, and come back of its SKU, and were not exchanged."""
    exchanged = Counter[int]()
    for new in order.lines:
        if new.replaces_line is not None and new.replaces_shipment is None:
            exchanged[new.replaces_line] += new.ordered - new.cancelled
    same = {each.number for each in order.lines if each.sku == line.sku}
    of_sku = returned.get(line.sku, 0) - sum(exchanged[number] for number in same)
    return max(min(of_sku, line.shipped - exchanged[line.number]), 0)


def _nothing_returned(what: str) -> RefusedError:
    message = (
        f"nothing of {what} came back that was not exchanged; announce its return first, or"
        " exchange what has not left"
    )
    return conflict("nothing_returned", message)


# --- the lines -----------------------------------------------------------------------------------


def _in_place_of(order: Order, old: OrderLine, sku: str) -> OrderLine:
    """A line with no units yet in place of another one; without a price where no line has one."""
    price = None if order.value_minor is None else 0
    new = OrderLine(next_line(order), sku, 0, unit_price_minor=price)
    return replace(new, channel=old.channel, source=old.source, replaces_line=old.number)


def _with_line(order: Order, line: OrderLine) -> Order:
    return replace(order, lines=(*order.lines, line))


def _new(before: Order, after: Order) -> Iterable[OrderLine]:
    return after.lines[len(before.lines) :]
