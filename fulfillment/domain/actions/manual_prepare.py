"""A person chooses for each line how it reaches the customer, and from where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from fulfillment.domain.model.orders import Channel, Order, OrderLine
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus


class Choose(StrEnum):
    """What may be chosen for a line."""

    PICK = "pick"
    PICKUP = "pickup"
    DROP_SHIP = "drop_ship"
    BACKORDER = "backorder"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line's channel, and the location that it comes from or is picked up at."""

    line: int
    channel: Choose
    location: str | None = None


def prepared(order: Order, choices: Sequence[Choice]) -> Order:
    """The order prepared as chosen (behaviour.md §2); lines that are not named go by the routing.

    Picked from a source or picked up at a store: only units of that location serve it. Drop-ship:
    the supplier sends it from its own place, and no stock is claimed. Backordered: it waits by
    hand. What the line held elsewhere is given back.
    """
    if order.is_prepared:
        raise conflict("already_prepared", f"order {order.number} is prepared already")
    known = {line.number for line in order.lines}
    chosen: dict[int, Choice] = {}
    for index, choice in enumerate(choices):
        at = f"lines[{index}]"
        if choice.line not in known:
            message = f"order {order.number} has no line {choice.line}"
            raise invalid("unknown_line", message, f"{at}.line")
        if choice.line in chosen:
            raise invalid("line_twice", f"line {choice.line} is there twice", f"{at}.line")
        if (choice.location is None) != (choice.channel is Choose.BACKORDER):
            message = f"channel {choice.channel} {_location_rule(choice.channel)}"
            raise invalid("bad_location", message, f"{at}.location")
        chosen[choice.line] = choice
    lines = (_line(order, choice) for choice in chosen.values())
    shipments = (_shipment(shipment, chosen) for shipment in order.waiting)
    done = order.with_lines(lines).with_shipments(shipments)
    facts = [{"line": c.line, "channel": str(c.channel), "location": c.location} for c in choices]
    return replace(done, prepared=True).noted("channels_chosen", lines=facts)


def _location_rule(channel: Choose) -> str:
    return "names no location" if channel is Choose.BACKORDER else "needs a location"


def _line(order: Order, choice: Choice) -> OrderLine:
    line = order.line(choice.line)
    if choice.channel is Choose.BACKORDER:
        return replace(line, by_hand=True)
    return replace(line, channel=Channel(choice.channel), source=choice.location, by_hand=False)


def _shipment(shipment: Shipment, chosen: dict[int, Choice]) -> Shipment:
    lines = (
        _shipment_line(row, chosen[row.order_line]) if row.order_line in chosen else row
        for row in shipment.lines
    )
    moved = replace(shipment, lines=tuple(lines))
    if moved.status is ShipmentStatus.FUTURE:
        return replace(moved.moved(ShipmentStatus.BACKORDER), location=None, expected_on=None)
    return moved


def _shipment_line(line: ShipmentLine, choice: Choice) -> ShipmentLine:
    if choice.channel is Choose.DROP_SHIP and choice.location is not None:
        return line.drop_shipped(choice.location)
    kept = tuple(claim for claim in line.claims if claim.location == choice.location)
    return replace(line, claims=kept)
