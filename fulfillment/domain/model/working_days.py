"""When goods can leave a location: its working days, cut-off, holidays and handling days."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    return ship_day_from(day, days)


def ship_day_from(day: date, days: WorkDays) -> date | None:
    """The day on which goods leave that are there, and wanted, when that day's work begins."""
    found = _working_from(day, days)
    for _ in range(days.handling_days):
        found = _working_from(found + ONE_DAY, days) if found else None
    return found


def _working_from(day: date, days: WorkDays) -> date | None:
    ahead = (day + timedelta(days=count) for count in range(MOST_DAYS))
    return next((one for one in ahead if days.is_working(one)), None)


@dataclass(frozen=True, slots=True)
class ShipDays:
    """From when goods can leave which place, seen from now (behaviour.md §5).

    `today` is the merchant's day. A place without a calendar here ships on every day, and so does
    one that never works again: nobody knows better. Each day is found once for a place: thousands
    of lines ask for the same few.
    """

    today: date
    now: datetime | None = None
    calendars: Mapping[str, WorkDays] = field(default_factory=dict)
    _found: dict[tuple[str, date | None], date] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def leaving_now(self, place: str) -> date:
        """The day on which what is released there now should leave."""
        if (place, None) not in self._found:
            days = self.calendars.get(place)
            target = target_ship_on(self.now, days) if days and self.now else None
            self._found[place, None] = max(target or self.today, self.today)
        return self._found[place, None]

    def once_there(self, place: str, on: date) -> date:
        """The first day on which units can leave that come to a place on a day."""
        if (place, on) not in self._found:
            days = self.calendars.get(place)
            self._found[place, on] = (ship_day_from(on, days) if days else None) or on
        return self._found[place, on]
