"""How an order, or a part of it, ends without being shipped."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from fulfillment.domain.orders import Order, OrderLine
from fulfillment.domain.shipments import Shipment, ShipmentLine
from fulfillment.domain.statuses import ShipmentStatus


class NothingToCancelError(Exception):
    """A cancel of an order that has no live shipment left."""


def cancelled(order: Order) -> Order:
    """The order with everything that has not left the building cancelled and given back."""
    if not order.live:
        raise NothingToCancelError(f"order {order.number} is {order.status}")
    ended = tuple(_cancelled_shipment(shipment) for shipment in order.live)
    return replace(
        order.with_shipments(ended),
        lines=tuple(replace(line, cancelled=line.ordered - line.shipped) for line in order.lines),
        holds=(),
    )


def rejected(order: Order) -> Order:
    """The order refused at its first claim, with nothing left claimed."""
    return replace(cancelled(order), rejected=True)


def _cancelled_shipment(shipment: Shipment) -> Shipment:
    """A cancelled shipment keeps its units as history; it holds no claims and no pegs."""
    lines = tuple(replace(line, claims=(), pegs=()) for line in shipment.lines)
    return replace(shipment.moved(ShipmentStatus.CANCELLED), lines=lines)


def without_units(order: Order, number: int, units: int) -> Order:
    """The order with that many units of one line cancelled, the least committed units first.

    Waiting units go before ready ones, and unallocated ones before allocated ones. Units that
    are being picked, or further, cannot be cancelled this way: `NothingToCancelError`.
    """
    left = units
    changed: list[Shipment] = []
    for shipment in sorted(order.live, key=_least_committed_first):
        if shipment.status in (ShipmentStatus.READY, *_WAITING_ORDER) and left:
            trimmed, taken = _without(shipment, number, left)
            left -= taken
            changed.append(trimmed)
    if left:
        raise NothingToCancelError(
            f"{left} units of line {number} are being picked or have left already"
        )
    lines = tuple(_more_cancelled(line, number, units) for line in order.lines)
    return replace(order.with_shipments(changed), lines=lines)


def shortened(order: Order, short: Mapping[int, int]) -> Order:
    """The order without these waiting units, given by shipment line; nothing of it is claimed."""
    cancelled_units = Counter[int]()
    changed: list[Shipment] = []
    for shipment in order.waiting:
        if any(line.id in short for line in shipment.lines):
            lines = [replace(x, units=x.units - short.get(x.id, 0)) for x in shipment.lines]
            left = tuple(replace(line, pegs=()) for line in lines if line.units)
            changed.append(replace(shipment, lines=left) if left else _cancelled_shipment(shipment))
            for line in shipment.lines:
                cancelled_units[line.order_line] += short.get(line.id, 0)
    fewer = (
        replace(line, cancelled=line.cancelled + cancelled_units[line.number])
        for line in order.lines
    )
    return order.with_shipments(changed).with_lines(fewer)


_WAITING_ORDER = (ShipmentStatus.BACKORDER, ShipmentStatus.FUTURE)


def _least_committed_first(shipment: Shipment) -> tuple[int, int]:
    order = (*_WAITING_ORDER, ShipmentStatus.READY)
    rank = order.index(shipment.status) if shipment.status in order else len(order)
    return rank, -shipment.number


def _more_cancelled(line: OrderLine, number: int, units: int) -> OrderLine:
    return replace(line, cancelled=line.cancelled + units) if line.number == number else line


def _without(shipment: Shipment, number: int, units: int) -> tuple[Shipment, int]:
    taken = 0
    lines: list[ShipmentLine] = []
    for line in shipment.lines:
        gone = min(units - taken, line.units) if line.order_line == number else 0
        taken += gone
        if gone < line.units:
            lines.append(_shorter(line, gone))
    if lines:
        return replace(shipment, lines=tuple(lines)), taken
    return _cancelled_shipment(shipment), taken


def _shorter(line: ShipmentLine, gone: int) -> ShipmentLine:
    surplus = max(gone - line.wanted, 0)
    claims = []
    for claim in reversed(line.claims):
        given_back = min(surplus, claim.loose)
        surplus -= given_back
        if given_back < claim.units:
            claims.append(replace(claim, units=claim.units - given_back))
    return replace(line, units=line.units - gone, claims=tuple(reversed(claims)))
