"""A sales channel's edit of an order, applied as a difference."""

from collections.abc import Mapping
from dataclasses import replace

from fulfillment.domain.actions.line_changes import WantedLine, brought_to, with_waiting
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import invalid

__all__ = ["WantedLine", "edited"]


def edited(order: Order, wanted: Mapping[int, WantedLine]) -> Order:
    """The order with each line brought to what is wanted; a line that is not named is cancelled.

    More units wait like any other demand of the order. Fewer units leave the least committed
    ones first; a 409 where they are being picked or have gone. Another SKU on the same line is
    refused: exchange the line, or remove it and add one.
    """
    for line in order.lines:
        target = wanted.get(line.number)
        if target and target.sku != line.sku:
            raise invalid(
                "sku_changed",
                f"line {line.number} is for {line.sku}; exchange it, or remove it and add a line",
                f"lines[{list(wanted).index(line.number)}].sku",
            )
        order = brought_to(order, line, target.units if target else 0)
    known = {line.number for line in order.lines}
    added = [wanted[number] for number in sorted(wanted) if number not in known]
    return with_waiting(
        replace(order, lines=order.lines + tuple(w.empty() for w in added)),
        {w.number: w.units for w in added},
    )
