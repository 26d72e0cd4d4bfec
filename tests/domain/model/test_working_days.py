"""When a released shipment should go, by the working days of its location."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.model.working_days import (
    MOST_DAYS,
    ShipDays,
    WorkDays,
    target_ship_on,
)

VIENNA = ZoneInfo("Europe/Vienna")
MONDAY = date(2026, 3, 2)
WEEK = frozenset(range(1, 6))


def calendar(
    *closed: date,
    cutoff: time = time(15),
    handling_days: int = 0,
    weekdays: frozenset[int] = WEEK,
    zone: str = "UTC",
) -> WorkDays:
    return WorkDays(ZoneInfo(zone), cutoff, weekdays, frozenset(closed).__contains__, handling_days)


def at(day: date, hour: int, minute: int = 0, zone: str = "UTC") -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))


def days(count: int) -> date:
    return MONDAY + timedelta(days=count)


def test_it_goes_the_same_day_when_it_is_released_before_the_cutoff():
    assert target_ship_on(at(MONDAY, 14, 59), calendar()) == MONDAY


def test_it_goes_the_next_day_when_it_is_released_at_the_cutoff():
    assert target_ship_on(at(MONDAY, 15), calendar()) == days(1)


def test_it_goes_on_monday_when_it_is_released_late_on_friday():
    assert target_ship_on(at(days(4), 15), calendar()) == days(7)


def test_it_goes_on_monday_when_it_is_released_early_on_saturday():
    assert target_ship_on(at(days(5), 6), calendar()) == days(7)


def test_closed_days_are_left_out_when_it_is_handled_for_some_days():
    closed = calendar(days(1), days(3), handling_days=2)

    assert target_ship_on(at(MONDAY, 9), closed) == days(4)


def test_the_day_is_that_of_the_location_when_its_zone_is_further_on():
    vienna, auckland = calendar(zone="Europe/Vienna"), calendar(zone="Pacific/Auckland")
    moment = at(MONDAY, 13, 30)

    assert target_ship_on(moment, vienna) == MONDAY
    assert target_ship_on(moment, auckland) == days(1)
    assert target_ship_on(at(MONDAY, 14), vienna) == days(1)


def test_later_is_not_earlier_when_the_clock_goes_back():
    """At 3 o'clock of 25 October clocks show 2 again: 2:40 comes twice, a cutoff of 2:30 once."""
    sunday = calendar(cutoff=time(2, 30), weekdays=frozenset(range(1, 8)), zone="Europe/Vienna")
    after_it = datetime(2026, 10, 25, 2, 40, tzinfo=VIENNA).astimezone(UTC)
    shows_less = after_it + timedelta(minutes=40)

    assert shows_less.astimezone(VIENNA).time() == time(2, 20)
    assert target_ship_on(after_it, sunday) == date(2026, 10, 26)
    assert target_ship_on(shows_less, sunday) == date(2026, 10, 26)


def test_there_is_no_day_when_the_location_never_works_again():
    always = WorkDays(ZoneInfo("UTC"), time(15), WEEK, lambda _: True, 1)

    assert target_ship_on(at(MONDAY, 9), always) is None


@pytest.mark.parametrize("closed", [MOST_DAYS - 10, 30])
def test_a_long_closure_is_waited_out(closed):
    shut = [days(count) for count in range(closed)]
    found = target_ship_on(at(MONDAY, 9), calendar(*shut))

    assert found is not None
    assert found >= days(closed)


# --- laws ----------------------------------------------------------------------------------------

calendars = st.builds(
    lambda closed, cutoff, handling, weekdays, zone: calendar(
        *(days(count) for count in closed),
        cutoff=cutoff,
        handling_days=handling,
        weekdays=weekdays,
        zone=zone,
    ),
    st.frozensets(st.integers(0, 400), max_size=60),
    st.times(),
    st.integers(0, 10),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.sampled_from(
        ["UTC", "Europe/Vienna", "America/Havana", "Pacific/Apia", "Australia/Lord_Howe"]
    ),
)
moments = st.datetimes(datetime(2026, 3, 1), datetime(2027, 4, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, calendars)
def test_a_target_is_a_working_day_not_before_the_release(moment, working):
    found = target_ship_on(moment, working)

    assert found is not None
    assert working.is_working(found)
    assert found >= moment.astimezone(working.zone).date()


@given(moments, st.timedeltas(timedelta(0), timedelta(days=4)), calendars)
def test_a_later_release_never_has_an_earlier_target(moment, later, working):
    first, second = target_ship_on(moment, working), target_ship_on(moment + later, working)

    assert first is not None
    assert second is not None
    assert first <= second


@given(moments, calendars)
def test_more_handling_never_makes_it_earlier(moment, working):
    slower = WorkDays(
        working.zone,
        working.cutoff,
        working.weekdays,
        working.is_closed,
        working.handling_days + 1,
    )
    quick, slow = target_ship_on(moment, working), target_ship_on(moment, slower)

    assert quick is not None
    assert slow is not None
    assert quick < slow


def test_the_days_of_a_place_are_looked_up_once_however_many_lines_ask():
    asked: list[date] = []

    def is_closed(day: date) -> bool:
        asked.append(day)
        return False

    calendars = {"A": WorkDays(ZoneInfo("UTC"), time(15), WEEK, is_closed)}
    ship_days = ShipDays(MONDAY, at(MONDAY, 9), calendars)

    leaving = {ship_days.leaving_now("A") for _ in range(1_000)}
    there = {ship_days.once_there("A", days(5)) for _ in range(1_000)}

    assert (leaving, there) == ({MONDAY}, {days(7)})
    assert asked == [MONDAY, days(7)]
