"""When a customer can expect what is still to come, in slices of units and a date."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Shipment, ShipmentLine, Slice
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.sourcing import is_due_by

EXTENSION = timedelta(days=7)
"""What is added to today where no supply gives a date and the default has passed."""


class Departure(NamedTuple):
    """Units of a shipment's line that are to leave on one day, from a place if it is known."""

    shipment: Shipment
    line: ShipmentLine
    units: int
    on: date
    place: str | None


def promise(order: Order, days: ShipDays) -> dict[int, tuple[Slice, ...]]:
    """The slices of every line by its number, earliest first (behaviour.md §5).

    Allocated units are promised for the day on which they can leave their place: that of their
    release, else as if they were released now, which also holds for those that have arrived. Pegged
    ones are promised for the first such day once they are there, and the rest for the later of
    placed-on + `default_backorder_days` and today + the extension. What has been shipped or
    cancelled is promised no more. What goes together goes when its last unit can: the last wave,
    and a shipment of which nothing may go before the rest.
    """
    dates: dict[int, dict[date, int]] = {line.number: {} for line in order.lines}
    for _, line, units, on, _ in departures(order, days):
        counted = dates[line.order_line]
        counted[on] = counted.get(on, 0) + units
    return {number: _slices(counted) for number, counted in dates.items()}


def departures(order: Order, days: ShipDays) -> Iterator[Departure]:
    """Everything that is still to leave, as it is promised; some of it may be of no units."""
    unknown = without_supply(order, days.today)
    together = _goes_together_on(order, days, unknown)
    for shipment in order.live:
        whole = together if shipment.is_waiting else None
        if whole is None and _is_kept_whole(order, shipment, days.today):
            whole = _last_day([shipment], days, unknown)
        for line in shipment.lines:
            for units, on, place in _parts(shipment, line, days, unknown):
                yield Departure(shipment, line, units, whole or on, place)


def promised(order: Order, days: ShipDays) -> Order:
    """The order with what its customer is told now; the first promise of a line never changes.

    A date that has come is as good as today: it moves nobody's promise while the units are there.
    """
    if not order.first_claimed:
        return order
    current, today = promise(order, days), days.today
    changed = []
    for line in order.lines:
        told = current[line.number]
        if line.promise == told:
            continue
        if line.promise is None or _from(line.promise, today) != _from(told, today):
            first = line.first_promise or told or None
            changed.append(replace(line, promise=told, first_promise=first))
    return order.with_lines(changed) if changed else order


def places_of(order: Order) -> set[str]:
    """The places that its units leave from, as far as that is known."""
    lines = [line for shipment in order.live for line in shipment.lines]
    claimed = {claim.location for line in lines for claim in line.claims}
    return claimed | {peg.location for line in lines for peg in line.pegs}


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


def _goes_together_on(order: Order, days: ShipDays, unknown: date) -> date | None:
    """The day on which the last wave is complete; None where parts may still go before."""
    if order.waves_left is None or order.waves_left > 1:
        return None
    return _last_day(order.waiting, days, unknown)


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


def _last_day(shipments: Iterable[Shipment], days: ShipDays, unknown: date) -> date | None:
    parts = (
        part
        for shipment in shipments
        for line in shipment.lines
        for part in _parts(shipment, line, days, unknown)
    )
    return max((on for units, on, _ in parts if units), default=None)


def without_supply(order: Order, today: date) -> date:
    """The promise where no supply gives a date; it never lies in the past."""
    default = order.placed_on + timedelta(days=order.policy.default_backorder_days)
    return max(default, today + EXTENSION)


def _parts(
    shipment: Shipment, line: ShipmentLine, days: ShipDays, unknown: date
) -> Iterator[tuple[int, date, str | None]]:
    """A peg whose date has passed, or is not known, gives no date any more."""
    target = shipment.target_ship_on
    for claim in line.claims:
        leaves = days.leaving_now(claim.location) if target is None else target
        yield claim.units, max(leaves, days.today), claim.location
    for peg in line.pegs:
        if peg.has_arrived:
            yield peg.units, days.leaving_now(peg.location), peg.location
        elif days.today <= peg.due_on < date.max:
            yield peg.units, days.once_there(peg.location, peg.due_on), peg.location
        else:
            yield peg.units, unknown, None
    yield line.wanted - line.pegged, unknown, None


def _slices(counted: Mapping[date, int]) -> tuple[Slice, ...]:
    return tuple(Slice(units, on) for on, units in sorted(counted.items()) if units > 0)
