"""When a customer can expect what is still to come, in slices of units and a date."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.shipments import Shipment, ShipmentLine, Slice
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.planning.sourcing import is_due_by

EXTENSION = timedelta(days=7)
"""What is added to today where no supply gives a date and the default has passed."""


def promise(order: Order, today: date) -> dict[int, tuple[Slice, ...]]:
    """The slices of every line by its number, earliest first (behaviour.md §5).

    Allocated units, and those that have arrived, are promised for today, pegged ones for their
    date, and the rest for the later of placed-on + `default_backorder_days` and today + the
    extension. What has been shipped or cancelled is promised no more. What goes together goes when
    its last unit can: the last wave, and a shipment of which nothing may go before the rest.
    """
    dates: dict[int, dict[date, int]] = {line.number: {} for line in order.lines}
    unknown = without_supply(order, today)
    together = _goes_together_on(order, today, unknown)
    for shipment in order.live:
        whole = together if shipment.is_waiting else None
        if whole is None and _is_kept_whole(order, shipment, today):
            whole = _last_day(shipment.lines, today, unknown)
        for line in shipment.lines:
            for units, on in _parts(line, today, unknown):
                day = whole or on
                counted = dates[line.order_line]
                counted[day] = counted.get(day, 0) + units
    return {number: _slices(counted) for number, counted in dates.items()}


def promised(order: Order, today: date) -> Order:
    """The order with what its customer is told now; the first promise of a line never changes.

    A date that has come is as good as today: it moves nobody's promise while the units are there.
    """
    if not order.first_claimed:
        return order
    current = promise(order, today)
    changed = []
    for line in order.lines:
        told = current[line.number]
        if line.promise == told:
            continue
        if line.promise is None or _from(line.promise, today) != _from(told, today):
            first = line.first_promise or told or None
            changed.append(replace(line, promise=told, first_promise=first))
    return order.with_lines(changed) if changed else order


def has_moved(before: Sequence[Slice], after: Sequence[Slice], today: date) -> bool:
    """Whether units that are still to come are promised for other days than before."""
    gone = sum(piece.units for piece in before) - sum(piece.units for piece in after)
    left = []
    for piece in before:
        taken = min(max(gone, 0), piece.units)
        gone -= taken
        left.append(Slice(piece.units - taken, piece.on))
    return gone == 0 and _from(left, today) != _from(after, today)


def _from(pieces: Iterable[Slice], today: date) -> Counter[date]:
    """Units by day, counted from today on."""
    counted: Counter[date] = Counter()
    for piece in pieces:
        counted[max(piece.on, today)] += piece.units
    return +counted


def _goes_together_on(order: Order, today: date, unknown: date) -> date | None:
    """The day on which the last wave is complete; None where parts may still go before."""
    if order.waves_left is None or order.waves_left > 1:
        return None
    return _last_day(waiting_lines(order), today, unknown)


def _is_kept_whole(order: Order, shipment: Shipment, today: date) -> bool:
    """Whether nothing of a backordered shipment may go before the rest of it does.

    As `Release` keeps it: until all is sourced, or while all that is missing is due soon.
    """
    if shipment.status is not ShipmentStatus.BACKORDER:
        return False
    if order.policy.release_when.waits_for_all:
        is_dated = all(line.wanted <= line.pegged for line in shipment.lines)
        return not (is_dated and order.policy.future_inventory)
    days = order.policy.hold_if_due_within_days
    if days is None:
        return False
    soon = today + timedelta(days=days)
    return all(is_due_by(order, line, soon) for line in shipment.lines)


def _last_day(lines: Iterable[ShipmentLine], today: date, unknown: date) -> date | None:
    parts = (part for line in lines for part in _parts(line, today, unknown))
    return max((on for units, on in parts if units), default=None)


def without_supply(order: Order, today: date) -> date:
    """The promise where no supply gives a date; it never lies in the past."""
    default = order.placed_on + timedelta(days=order.policy.default_backorder_days)
    return max(default, today + EXTENSION)


def _parts(line: ShipmentLine, today: date, unknown: date) -> Iterator[tuple[int, date]]:
    """A peg whose date has passed, or is not known, gives no date any more."""
    yield line.allocated, today
    for peg in line.pegs:
        known = peg.due_on if today <= peg.due_on < date.max else unknown
        yield peg.units, today if peg.has_arrived else known
    yield line.wanted - line.pegged, unknown


def _slices(counted: Mapping[date, int]) -> tuple[Slice, ...]:
    return tuple(Slice(units, on) for on, units in sorted(counted.items()) if units > 0)
