"""When an order has to be looked at again although nothing happens to it."""

from collections.abc import Iterator
from datetime import date, timedelta

from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.planning.auto_allocation import auto_allocation
from fulfillment.domain.planning.expiry import cancels_on

ONE_DAY = timedelta(days=1)


def recheck_on(order: Order, today: date) -> date | None:
    """The next day on which a date alone may change the order's plan; None where none does.

    A gate that counts days opens (`due_within`, `future_limit_days`), the promise of units without
    supply is overdue, or the order has waited as long as it may (`auto_cancel_days`). What is due
    by now is looked at tomorrow. Pegs are not counted: a supply whose date passes is declared
    overdue for all at once.
    """
    days = [max(day, today + ONE_DAY) for day in _days(order, today)]
    return min(days, default=None)


def _days(order: Order, today: date) -> Iterator[date]:
    lines = [line for line in waiting_lines(order) if line.wanted]
    if not lines:
        return
    if (cancels := cancels_on(order)) is not None:
        yield cancels
    for line in lines:
        yield from _days_of_line(order, line, today)


def _days_of_line(order: Order, line: ShipmentLine, today: date) -> Iterator[date]:
    dated = [peg.due_on for peg in line.pegs if not peg.has_arrived and peg.due_on < date.max]
    yield from (day for day in auto_allocation(order).opens_on(order, dated) if day > today)
    if order.policy.future_inventory:
        limit = timedelta(days=order.policy.future_limit_days)
        yield from (due_on - limit for due_on in dated if due_on - limit > today)
    if line.wanted > line.pegged:
        for piece in order.line(line.order_line).promise or ():
            if piece.on >= today and piece.on not in dated:
                yield piece.on + ONE_DAY
