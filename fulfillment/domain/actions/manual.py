"""What a person does to an order: each a pure change, refused with a reason where it is none.

The plan that follows does the rest: what is released, what others get, what is promised.
"""

from collections.abc import Iterable
from dataclasses import replace

from fulfillment.domain.model.holds import holds_in_words
from fulfillment.domain.model.orders import Channel, Order, OrderLine, waiting_lines
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.model.statuses import IN_WAREHOUSE, ShipmentStatus
from fulfillment.domain.planning.cancellation import shortened
from fulfillment.domain.planning.release import sent_back, with_wave
from fulfillment.domain.planning.sourcing import is_met, met_units
from fulfillment.domain.planning.splitting import Destination, Part, split

# --- place and policy ----------------------------------------------------------------------------


def with_priority(order: Order, priority: int) -> Order:
    """Another place in the queue; lower is served first."""
    return replace(order, rank=replace(order.rank, priority=priority))


def locked(order: Order, location: str | None) -> Order:
    """Bound to one location, or to none any more; what it holds elsewhere is given back.

    A shipment in a picker's hands stays where it is.
    """
    if order.pickup:
        message = f"order {order.number} is picked up at {order.pickup}; it can not be locked"
        raise conflict("picked_up", message, pickup_location=order.pickup)
    bound = replace(order, lock=location)
    if location is None:
        return bound
    elsewhere = [
        sent_back(shipment)
        for shipment in bound.shipments
        if shipment.status is ShipmentStatus.READY and not _is_in_place(bound, shipment)
    ]
    waiting = bound.with_shipments(elsewhere)
    return waiting.with_shipments(_in_place(waiting, shipment) for shipment in waiting.waiting)


def _is_in_place(order: Order, shipment: Shipment) -> bool:
    return all(_place(order, line) == shipment.location for line in shipment.lines)


def _place(order: Order, line: ShipmentLine) -> str | None:
    """The location of a bound order's line; one that was chosen for the line itself goes first."""
    return order.place_of(line.order_line)


def _in_place(order: Order, shipment: Shipment) -> Shipment:
    lines = (
        replace(line, claims=tuple(c for c in line.claims if c.location == _place(order, line)))
        for line in shipment.lines
    )
    moved = replace(shipment, lines=tuple(lines))
    if moved.status is ShipmentStatus.FUTURE and not _is_in_place(order, moved):
        return replace(moved.moved(ShipmentStatus.BACKORDER), location=None, expected_on=None)
    return moved


# --- units ---------------------------------------------------------------------------------------


def resume_allocation(order: Order, line: int | None = None) -> Order:
    """Lines that are by hand take stock by themselves again."""
    chosen = [one for one in _chosen(order, line) if order.line(one).by_hand]
    if not chosen:
        raise conflict("not_by_hand", f"{_what(order, line)} takes stock by itself already")
    return order.with_lines(replace(order.line(one), by_hand=False) for one in chosen)


def allocatable(order: Order, line: int | None = None) -> frozenset[int]:
    """The lines that a person may allocate: those of which something waits."""
    numbers = frozenset(_chosen(order, line))
    waiting = {row.order_line for row in waiting_lines(order) if row.wanted}
    if not numbers & waiting:
        raise conflict("nothing_waits", f"nothing of {_what(order, line)} waits for stock")
    return numbers & waiting


def unallocated(order: Order, line: int | None = None) -> Order:
    """Claims given back, and the lines by hand: they take nothing until a person says so."""
    chosen = frozenset(_chosen(order, line))
    if not any(row.allocated for row in _lines_at_hand(order, chosen)):
        refuse_in_warehouse(order, chosen)
        raise conflict("nothing_allocated", f"nothing of {_what(order, line)} is allocated")
    return marked_backordered(order, chosen)


def marked_backordered(order: Order, chosen: frozenset[int]) -> Order:
    """These lines wait, by hand, whether they held anything or not."""
    recalled = order.with_shipments(
        sent_back(shipment)
        for shipment in order.shipments
        if shipment.status is ShipmentStatus.READY
        and any(row.order_line in chosen for row in shipment.lines)
    )
    emptied = (_without_claims(shipment, chosen) for shipment in recalled.waiting)
    by_hand = (_by_hand(order.line(one)) for one in sorted(chosen))
    return recalled.with_shipments(emptied).with_lines(by_hand)


def _by_hand(line: OrderLine) -> OrderLine:
    """A line that the supplier was to send waits for stock again, from wherever it comes."""
    if line.channel is Channel.DROP_SHIP:
        line = replace(line, channel=Channel.PICK, source=None)
    return replace(line, by_hand=True)


def _without_claims(shipment: Shipment, chosen: frozenset[int]) -> Shipment:
    lines = (_loosened(row) if row.order_line in chosen else row for row in shipment.lines)
    return replace(shipment, lines=tuple(lines))


def _loosened(line: ShipmentLine) -> ShipmentLine:
    """The line with only what is in somebody's hands."""
    held = (replace(claim, units=claim.units - claim.loose) for claim in line.claims)
    return replace(line, claims=tuple(claim for claim in held if claim.units))


# --- splitting and releasing ---------------------------------------------------------------------


def split_now(order: Order) -> Order:
    """What is allocated goes now, as one wave, whatever the policy; the rest waits on.

    A person may go beyond `max_shipments`: what waits then still goes, in one shipment more.
    """
    _refuse_gated(order)
    _need_allocated(order, "split")
    if not any(line.wanted for line in waiting_lines(order)):
        raise conflict("nothing_short", f"nothing of order {order.number} is missing")
    after = with_wave(order, split(order, _divide))
    if after.waves_left == 0 and after.waiting:
        limit = order.policy.max_shipments
        noted = after.noted("beyond_max_shipments", max_shipments=limit)
        return replace(noted, waves_granted=after.waves_granted + 1)
    return after


def _divide(line: ShipmentLine) -> list[Part]:
    parts = [
        Part(Destination(ShipmentStatus.READY, claim.location), claim.units, claims=(claim,))
        for claim in line.claims
    ]
    rest = Part(Destination(ShipmentStatus.BACKORDER, None), line.wanted, pegs=line.pegs)
    return [*parts, rest] if line.wanted else parts


def without_unavailable(order: Order) -> Order:
    """What is neither in stock nor as good as in stock is cancelled; the rest can go."""
    _need_allocated(order, "ship without the rest")
    short = {
        line.id: units
        for line in waiting_lines(order)
        if (units := line.wanted - met_units(order, line)) > 0
    }
    if not short:
        raise conflict("nothing_short", f"nothing of order {order.number} is missing")
    noted = order.noted("unavailable_removed", units=sum(short.values()))
    return shortened(noted, short, lambda peg: is_met(order, peg))


def recalled(order: Order, shipment: Shipment) -> Order:
    """A released shipment waits again and keeps its units; its wave is given back."""
    if shipment.status is not ShipmentStatus.READY:
        raise not_ready(shipment.number, shipment.status)
    after = order.with_shipments([sent_back(shipment)]).noted("sent_back", shipment=shipment.number)
    return replace(after, waves_granted=max(after.waves_granted - 1, 0))


# --- what is asked of all ------------------------------------------------------------------------


def finished(order: Order, instead: str = "") -> RefusedError:
    """Nothing of the order is left to do; `instead` is what could be done."""
    message = f"order {order.number} is {order.status} and done{instead}"
    return conflict("order_finished", message, status=str(order.status))


def nothing_free(order: Order, line: int | None = None) -> RefusedError:
    """No unit is free that a person could give."""
    return conflict("nothing_free", f"no unit is free that {_what(order, line)} may take")


def not_ready(number: int, status: ShipmentStatus) -> RefusedError:
    """Only what is released, and nobody picks yet, can be sent back."""
    message = f"shipment {number} is {status}; only a ready one is sent back"
    return conflict("not_ready", message, status=str(status))


def _chosen(order: Order, line: int | None) -> list[int]:
    if line is None:
        return [each.number for each in order.lines]
    check_line(order, line)
    return [line]


def check_line(order: Order, line: int) -> None:
    """Refuse a line that the order does not have."""
    if all(each.number != line for each in order.lines):
        message = f"order {order.number} has no line {line}"
        raise invalid("unknown_line", message, "line")


def _what(order: Order, line: int | None) -> str:
    return f"order {order.number}" if line is None else f"line {line} of order {order.number}"


def _lines_at_hand(order: Order, chosen: frozenset[int]) -> Iterable[ShipmentLine]:
    for shipment in order.shipments:
        if shipment.is_waiting or shipment.status is ShipmentStatus.READY:
            yield from (row for row in shipment.lines if row.order_line in chosen)


def refuse_in_warehouse(order: Order, chosen: frozenset[int]) -> None:
    """Refuse what is about lines that somebody has in hands."""
    for shipment in order.shipments:
        if shipment.status in IN_WAREHOUSE and any(
            row.order_line in chosen for row in shipment.lines
        ):
            message = f"shipment {shipment.number} is {shipment.status}; its units are in hands"
            raise conflict("being_picked", message, shipment=shipment.number)


def _need_allocated(order: Order, to_do: str) -> None:
    if not any(line.allocated for line in waiting_lines(order)):
        message = f"nothing that waits on order {order.number} is allocated; nothing to {to_do}"
        raise conflict("nothing_allocated", message)


def not_authorised(order: Order) -> RefusedError:
    """Nothing of the order may go before its payment is authorised."""
    message = f"the payment of order {order.number} is not authorised for its value yet"
    facts = {"value_minor": order.value_minor, "secured_minor": order.terms.secured_minor}
    return conflict("payment_not_authorised", message, **facts)


def _refuse_gated(order: Order) -> None:
    if order.holds:
        message = f"order {order.number} is on hold ({holds_in_words(order.holds)}); lift the hold"
        raise conflict("order_on_hold", message, holds=list(order.holds))
    if not order.is_authorised:
        raise not_authorised(order)
    if not order.may_release:
        message = f"order {order.number} is {order.status}; verify and prepare it first"
        raise conflict("not_released_yet", message, status=str(order.status))
