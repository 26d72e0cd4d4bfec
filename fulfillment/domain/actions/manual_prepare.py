"""A person chooses for each line how it reaches the customer, and from where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from fulfillment.domain.model.orders import Channel, Order, OrderLine, waiting_lines
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
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
    hand. What the line held elsewhere is given back. Where lines are only backordered, the others
    are still to be chosen for. Once the order is prepared, a line that waits by hand can still be
    given a source: `already_prepared` for any other.
    """
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
    if not chosen and order.is_prepared:
        return preparable(order)
    _check_open(order, chosen)
    lines = (_line(order, choice) for choice in chosen.values())
    shipments = (_shipment(shipment, chosen) for shipment in order.waiting)
    done = order.with_lines(lines).with_shipments(shipments)
    facts = [{"line": c.line, "channel": str(c.channel), "location": c.location} for c in choices]
    is_done = order.prepared or not choices or _is_finished(done, chosen)
    return replace(done, prepared=is_done).noted("channels_chosen", lines=facts)


def preparable(order: Order) -> Order:
    """The order, where a location or a channel can be chosen; refused where none can."""
    if order.is_prepared and not any(_waits_by_hand(order, line.number) for line in order.lines):
        raise _already_prepared(order)
    return order


def _check_open(order: Order, chosen: Collection[int]) -> None:
    """Refuse lines that were chosen for: only what waits by hand then still waits for a choice."""
    for line in chosen if order.is_prepared else ():
        if not _waits_by_hand(order, line):
            raise _already_prepared(order, line)


def _waits_by_hand(order: Order, number: int) -> bool:
    return order.line(number).by_hand and any(
        row.order_line == number for row in waiting_lines(order)
    )


def _is_finished(order: Order, chosen: Mapping[int, Choice]) -> bool:
    """Whether more than a backorder was chosen, or nothing is left to be chosen for."""
    return any(choice.channel is not Choose.BACKORDER for choice in chosen.values()) or all(
        line.by_hand for line in order.lines
    )


def _already_prepared(order: Order, line: int | None = None) -> RefusedError:
    what = f"order {order.number}" if line is None else f"line {line} of order {order.number}"
    message = f"{what} is prepared already; only a line that waits by hand can be given a source"
    return conflict("already_prepared", message, **({} if line is None else {"line": line}))


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
