"""A sales channel's edit of an order, applied as a difference."""

from collections.abc import Mapping
from dataclasses import replace

from fulfillment.domain.actions.line_changes import WantedLine, brought_to
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.shipments import NOTHING_PACKED, UnitsInPackages

__all__ = ["WantedLine", "edited"]


def edited(
    order: Order, wanted: Mapping[int, WantedLine], packed: UnitsInPackages = NOTHING_PACKED
) -> Order:
    """The order with each line brought to what is wanted; a line that is not named is cancelled.

    But for lines in place of what was shipped: the channel knows nothing of them.

    More units wait like any other demand of the order. Fewer units leave the least committed
    ones first; a 409 where they are in packages or have gone. Another SKU on the same line is
    refused: exchange the line, or remove it and add one. So is another price of what was shipped;
    a line that names no price keeps its own.
    """
    known = {line.number for line in order.lines}
    for index, target in enumerate(wanted.values()):
        if target.number in known:
            order = _repriced(order, target, index)
    added = tuple(wanted[number].empty() for number in sorted(wanted.keys() - known))
    ours = {line.number for line in order.lines if line.replaces_line is not None}
    numbers = {*(known - ours), *wanted}
    units = {n: wanted[n].units if n in wanted else 0 for n in sorted(numbers)}
    return brought_to(replace(order, lines=order.lines + added), units, packed)


def _repriced(order: Order, target: WantedLine, index: int) -> Order:
    """The order with the line's new price, where it has one; the line stays for the same SKU."""
    line = order.line(target.number)
    if target.sku != line.sku:
        raise invalid(
            "sku_changed",
            f"line {line.number} is for {line.sku}; exchange it, or remove it and add a line",
            f"lines[{index}].sku",
        )
    price = target.unit_price_minor
    if price is None or price == line.unit_price_minor:
        return order
    if line.shipped:
        message = f"{line.shipped} of line {line.number} were shipped at the price that it has"
        facts = {"line": line.number, "shipped": line.shipped, "price": line.unit_price_minor}
        raise conflict("price_is_fixed", message, **facts)
    facts = {"line": line.number, "from": line.unit_price_minor, "to": price}
    return order.with_lines([replace(line, unit_price_minor=price)]).noted("price_changed", **facts)
