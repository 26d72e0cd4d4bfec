"""When a customer can expect what is still to come, in slices of units and a date."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from fulfillment.domain.orders import Order, ShipmentLine, waiting_lines

EXTENSION = timedelta(days=7)
"""What is added to today where no supply gives a date and the default has passed."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some units of one order line and the day on which they can be expected."""

    units: int
    on: date


def promise(order: Order, today: date) -> dict[int, tuple[Slice, ...]]:
    """The slices of every line by its number, earliest first (behaviour.md §5).

    Allocated units are promised for today, pegged ones for their peg's date, and the rest for
    the later of placed-on + `default_backorder_days` and today + the extension. What has been
    shipped or cancelled is promised no more. What goes in the last wave goes when its last unit
    can.
    """
    dates: dict[int, Counter[date]] = {line.number: Counter() for line in order.lines}
    unknown = without_supply(order, today)
    together = _goes_together_on(order, today, unknown)
    for shipment in order.live:
        for line in shipment.lines:
            for units, on in _parts(line, today, unknown):
                day = together if together and shipment.is_waiting else on
                dates[line.order_line][day] += units
    return {number: _slices(counted) for number, counted in dates.items()}


def _goes_together_on(order: Order, today: date, unknown: date) -> date | None:
    """The day on which the last wave is complete; None where parts may still go before."""
    if order.waves_left is None or order.waves_left > 1:
        return None
    parts = (part for line in waiting_lines(order) for part in _parts(line, today, unknown))
    return max((on for units, on in parts if units), default=None)


def without_supply(order: Order, today: date) -> date:
    """The promise where no supply gives a date; it never lies in the past."""
    default = order.placed_on + timedelta(days=order.policy.default_backorder_days)
    return max(default, today + EXTENSION)


def _parts(line: ShipmentLine, today: date, unknown: date) -> Iterator[tuple[int, date]]:
    """A peg whose date has passed, or is not known, gives no date any more."""
    yield line.allocated, today
    for peg in line.pegs:
        yield peg.units, peg.due_on if today <= peg.due_on < date.max else unknown
    yield line.wanted - line.pegged, unknown


def _slices(counted: Counter[date]) -> tuple[Slice, ...]:
    return tuple(Slice(units, on) for on, units in sorted(counted.items()) if units > 0)
