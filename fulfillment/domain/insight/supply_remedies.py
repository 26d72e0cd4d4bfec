"""What would bring an order its units: a transfer, a receipt, a purchase; never invented stock.

Each is enough also for those who rank ahead and could use the same place, since they are served
first.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from fulfillment.domain.insight.explanation import ExplanationContext, Outstanding
from fulfillment.domain.insight.remedy import Arrival, Remedy, RemedyCode
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.model.supply import OutOfUse, StockLevel

DAYS_OF_A_TRANSFER = 1
"""Until goods of a transfer are there, where nobody says otherwise."""


def transferred(
    order: Order, around: ExplanationContext, first_location: str | None
) -> Iterator[Remedy]:
    """From each place that has free units the order may not take, to one where it may.

    That is where it is bound to. An order that is bound to none lacks only what lies at places
    that are closed.
    """
    closed = [
        level
        for level in around.stranded
        if around.out_of_use.get(level.location) is OutOfUse.CLOSED
    ]
    short: Counter[tuple[str, str]] = Counter()
    bound: set[str] = set()
    for line in waiting_lines(order):
        only = order.place_of(line.order_line)
        to = only or first_location
        if to is not None and to not in around.out_of_use:
            short[line.sku, to] += line.wanted
            bound |= {line.sku} if only else set()
    for (sku, to), wanted in sorted(short.items()):
        needed = wanted + around.wanted_ahead(sku, to)
        for level in (*(around.levels if sku in bound else ()), *closed):
            if wanted and level.sku == sku and level.location != to:
                yield _transfer(level, to, min(needed, level.available), around)


def _transfer(level: StockLevel, to: str, units: int, around: ExplanationContext) -> Remedy:
    return Remedy(
        RemedyCode.TRANSFER,
        f"Transfer {units} of {level.sku} from {level.location} to {to}.",
        leaving={(level.sku, level.location): units},
        coming={(level.sku, to): units},
        due_on=around.today + timedelta(days=DAYS_OF_A_TRANSFER),
    )


def received(order: Order, around: ExplanationContext) -> Iterator[Remedy]:
    """Count in what is outstanding on the first purchase order that could serve the order."""
    useful = [one for one in around.purchases if _serves(order, one, around)]
    if not useful:
        return
    first = useful[0]
    arrivals, wanted = [], _wanted(order)
    for one in useful:
        if (one.number, one.location) == (first.number, first.location):
            needed = wanted[one.sku] + around.wanted_ahead(one.sku, one.location)
            units = min(one.units, needed)
            arrivals.append(Arrival(one.supply, one.line, one.sku, units))
    named = ", ".join(f"{one.units} of {one.sku}" for one in arrivals)
    yield Remedy(
        RemedyCode.RECEIVE_MORE,
        f"Receive {named} of {first.number} at {first.location}.",
        purchase=first.number,
        location=first.location,
        arrivals=tuple(arrivals),
    )


def bought(
    order: Order, around: ExplanationContext, first_location: str | None
) -> Iterator[Remedy]:
    """Buy what nothing is on its way for, with the day by which goods usually come."""
    more: Counter[tuple[str, str]] = Counter()
    for line in waiting_lines(order):
        at = order.place_of(line.order_line) or first_location
        if at is not None and at not in around.out_of_use and line.wanted > line.pegged:
            more[line.sku, at] += line.wanted - line.pegged
    if not more:
        return
    for sku, at in more:
        more[sku, at] += around.unpegged_ahead(sku, at)
    days = order.policy.default_backorder_days
    due_on = around.today + timedelta(days=days)
    named = ", ".join(f"{units} of {sku} for {at}" for (sku, at), units in more.items())
    sentence = f"Buy {named}; {counted(sum(more.values()), 'unit')} expected on {due_on}."
    yield Remedy(RemedyCode.BUY_MORE, sentence, coming=dict(more), due_on=due_on)


def _serves(order: Order, one: Outstanding, around: ExplanationContext) -> bool:
    """Whether a line waits for what is outstanding there, or could use it though it has no date."""
    return (
        not one.pinned
        and one.location not in around.out_of_use
        and any(
            line.wanted
            and line.sku == one.sku
            and order.place_of(line.order_line) in (None, one.location)
            and (_is_pegged_on(line, one) or not one.is_dated)
            for line in waiting_lines(order)
        )
    )


def _is_pegged_on(line: ShipmentLine, one: Outstanding) -> bool:
    return any(peg.supply == one.supply for peg in line.pegs)


def _wanted(order: Order) -> Counter[str]:
    wanted: Counter[str] = Counter()
    for line in waiting_lines(order):
        wanted[line.sku] += line.wanted
    return wanted
