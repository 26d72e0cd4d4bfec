"""Demand that has waited as long as its policy lets it."""

from datetime import date, timedelta

from fulfillment.domain.ending import shortened
from fulfillment.domain.orders import Order, waiting_lines


def cancels_on(order: Order) -> date | None:
    """The day on which what still waits is cancelled; None where it may wait for ever."""
    days = order.policy.auto_cancel_days
    return None if days is None else order.placed_on + timedelta(days=days)


def expired(order: Order, today: date) -> Order:
    """The order without units that have waited too long (behaviour.md §3 `auto_cancel_days`).

    What is allocated, or on a peg that is due by that day, stays.
    """
    day = cancels_on(order)
    if day is None or today < day or not order.first_claimed:
        return order
    short = {
        line.id: units
        for line in waiting_lines(order)
        if (
            units := line.wanted
            - sum(p.units for p in line.pegs if p.has_arrived or p.due_on <= day)
        )
        > 0
    }
    if not short:
        return order
    days = order.policy.auto_cancel_days
    return shortened(order.noted("waited_too_long", days=days, units=sum(short.values())), short)
