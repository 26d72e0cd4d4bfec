"""Demand that has waited as long as it may: as its policy lets it, or until a person's day."""

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.shipments import Peg
from fulfillment.domain.planning.cancellation import shortened

NEVER = date.max
"""A person's word that an order may wait for ever, whatever its policy says."""


class CancelsBy(StrEnum):
    """Who says until when an order may wait."""

    PERSON = "person"
    POLICY = "policy"


def cancels_on(order: Order) -> date | None:
    """The day on which what still waits is cancelled; None where it may wait for ever."""
    if order.cancel_on is not None:
        return None if order.cancel_on == NEVER else order.cancel_on
    days = order.policy.auto_cancel_days
    return None if days is None else order.placed_on + timedelta(days=days)


def cancels_by(order: Order) -> CancelsBy | None:
    """Who says so: a person's day goes before the policy's; None where nobody does."""
    if order.cancel_on is not None:
        return CancelsBy.PERSON
    return None if order.policy.auto_cancel_days is None else CancelsBy.POLICY


def with_cancel_date(order: Order, on: date | None, today: date) -> Order:
    """Another day on which what still waits is cancelled, `NEVER`, or None for the policy's."""
    if on is not None and on < today:
        message = f"{on} is over; name a day from {today} on, or cancel what waits"
        raise invalid("date_is_over", message, "on", today=today.isoformat())
    return replace(order, cancel_on=on)


def told_date(on: date | None) -> str:
    """A person's day as a history tells it."""
    if on is None:
        return "the policy's"
    return "never" if on == NEVER else on.isoformat()


def expired(order: Order, today: date) -> Order:
    """The order without units that have waited too long (behaviour.md §3 `auto_cancel_days`).

    What is allocated, or on a peg that is due by that day, stays.
    """
    day = cancels_on(order)
    if day is None or today < day or not order.first_claimed:
        return order

    def is_in_time(peg: Peg) -> bool:
        return peg.has_arrived or peg.due_on <= day

    short = {
        line.id: units
        for line in waiting_lines(order)
        if (units := line.wanted - sum(peg.units for peg in line.pegs if is_in_time(peg))) > 0
    }
    if not short:
        return order
    return shortened(_told(order, day, sum(short.values())), short, is_in_time)


def _told(order: Order, day: date, units: int) -> Order:
    if cancels_by(order) is CancelsBy.PERSON:
        return order.noted("waited_too_long", cancel_on=day.isoformat(), units=units)
    return order.noted("waited_too_long", days=order.policy.auto_cancel_days, units=units)
