"""When a released shipment should leave: the working days of the location it is released at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from fulfillment.domain.model.days import day_of

ONE_DAY = timedelta(days=1)

MOST_DAYS = 800
"""Days that are looked ahead: a location that is closed for longer has no target at all."""


@dataclass(frozen=True, slots=True)
class WorkDays:
    """When a location works, by its own clock.

    `weekdays` are ISO (Monday is 1); `is_closed` tells its public holidays and closures. What is
    released before the cutoff counts as that day's work, and takes `handling_days` more.
    """

    zone: tzinfo
    cutoff: time
    weekdays: frozenset[int]
    is_closed: Callable[[date], bool]
    handling_days: int = 0

    def is_working(self, day: date) -> bool:
        """Whether anybody works there on that day."""
        return day.isoweekday() in self.weekdays and not self.is_closed(day)

    def is_before_cutoff(self, moment: datetime, day: date) -> bool:
        """Compared as instants: where clocks go back, a wall clock would show a time twice."""
        ends = datetime.combine(day, self.cutoff, self.zone)
        return moment.astimezone(UTC) < ends.astimezone(UTC)


def target_ship_on(released_at: datetime, days: WorkDays) -> date | None:
    """The day on which a shipment released at that moment should leave.

    Released before the cutoff on a working day, that day; else the next working day; and as many
    working days later as the location needs for handling. None where it never works again.
    """
    day = day_of(released_at, days.zone)
    if not days.is_before_cutoff(released_at, day):
        day += ONE_DAY
    found = _working_from(day, days)
    for _ in range(days.handling_days):
        found = _working_from(found + ONE_DAY, days) if found else None
    return found


def _working_from(day: date, days: WorkDays) -> date | None:
    ahead = (day + timedelta(days=count) for count in range(MOST_DAYS))
    return next((one for one in ahead if days.is_working(one)), None)
