"""How well orders were served, week by week: fill rate, waiting time, first promise kept.

An order belongs to the week in which it was placed, so that what is late and not shipped yet counts
as much as what was. A figure of which it is too early to speak is None, never a better one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

A_DAY = timedelta(days=1)
HALF, NINE_IN_TEN = (1, 2), (9, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOrder:
    """What counts of an order that was neither rejected nor cancelled."""

    placed_at: datetime
    shipped_at: datetime | None
    """When the last of its units had been shipped; None while some have not."""
    shipped_on: date | None
    """The day that it was then at the merchant."""
    claimed: int | None
    """Units that were asked for, of an order that had its first claim; None before it."""
    short: int
    """Of these, units that the stock did not have at the first claim."""
    promised_on: date | None
    """The last day that its lines were first promised for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFigures:
    """How some orders were served; None: there is nothing to tell, or it is too early."""

    orders: int
    fill_rate: float | None
    """Of the units that were asked for, the share that stock had at the first claim."""
    median_days: float | None
    """Days after which half of the orders had been shipped whole."""
    slow_days: float | None
    """Days after which nine in ten had been."""
    due: int
    """Orders whose first promised day is over."""
    promise_kept: float | None
    """Of those, the share that had been shipped whole by the end of that day."""


def service_figures(orders: Iterable[PastOrder], today: date) -> ServiceFigures:
    """The figures of these orders as they stand on a day."""
    found = list(orders)
    waits = sorted((one.shipped_at - one.placed_at) / A_DAY for one in found if one.shipped_at)
    due = [one for one in found if one.promised_on is not None and one.promised_on < today]
    claimed = sum(one.claimed or 0 for one in found)
    short = sum(min(one.short, one.claimed or 0) for one in found)
    return ServiceFigures(
        orders=len(found),
        fill_rate=(claimed - short) / claimed if claimed else None,
        median_days=_after(HALF, waits, len(found)),
        slow_days=_after(NINE_IN_TEN, waits, len(found)),
        due=len(due),
        promise_kept=sum(map(_is_kept, due)) / len(due) if due else None,
    )


def _after(share: tuple[int, int], waits: Sequence[float], orders: int) -> float | None:
    """The days after which this share of the orders had been shipped; None if it has not been."""
    part, whole = share
    needed = -(-part * orders // whole)
    return max(waits[needed - 1], 0.0) if 0 < needed <= len(waits) else None


def _is_kept(one: PastOrder) -> bool:
    on_time = one.shipped_on is not None and one.promised_on is not None
    return on_time and one.shipped_on <= one.promised_on  # type: ignore[operator]


def weeks_before(today: date, weeks: int) -> list[date]:
    """The Mondays on which these weeks begin, the oldest first; the last one is under way."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(weeks))]
