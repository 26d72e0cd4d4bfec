"""Fill rate, waiting time and first promise kept of orders as they stand on a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from fulfillment.domain.insight.past_weeks import PastOrder, service_figures, weeks_before

TODAY = date(2026, 11, 25)
PLACED = datetime(2026, 11, 2, 9, tzinfo=UTC)
OPEN = PastOrder(
    placed_at=PLACED, shipped_at=None, shipped_on=None, claimed=10, short=0, promised_on=None
)


def shipped(days: float, **more: object) -> PastOrder:
    at = PLACED + timedelta(days=days)
    return replace(OPEN, shipped_at=at, shipped_on=at.date(), **more)  # type: ignore[arg-type]


def test_of_no_orders_nothing_is_told():
    found = service_figures([], TODAY)
    assert (found.orders, found.due) == (0, 0)
    assert {found.fill_rate, found.median_days, found.slow_days, found.promise_kept} == {None}


def test_the_fill_rate_is_of_units_and_leaves_out_who_was_not_looked_at_yet():
    unclaimed = replace(OPEN, claimed=None)
    found = service_figures([replace(OPEN, short=4), replace(OPEN, claimed=30), unclaimed], TODAY)
    assert found.fill_rate == 36 / 40
    assert service_figures([unclaimed], TODAY).fill_rate is None


def test_no_more_units_are_short_than_are_asked_for():
    assert service_figures([replace(OPEN, claimed=3, short=9)], TODAY).fill_rate == 0


def test_who_is_not_shipped_yet_waits_longer_than_all_who_are():
    found = service_figures([shipped(1), shipped(5), shipped(2), OPEN], TODAY)
    assert (found.median_days, found.slow_days) == (2.0, None)
    assert service_figures([shipped(1), OPEN, OPEN], TODAY).median_days is None
    assert service_figures([shipped(day) for day in range(1, 11)], TODAY).slow_days == 9.0


def test_a_promise_counts_when_its_day_is_over_whether_or_not_the_order_was_shipped():
    on_time = shipped(3, promised_on=date(2026, 11, 5))
    late = shipped(4, promised_on=date(2026, 11, 5))
    never = replace(OPEN, promised_on=TODAY - timedelta(days=1))
    early = shipped(1, promised_on=TODAY)
    found = service_figures([on_time, late, never, early, OPEN], TODAY)
    assert (found.due, found.promise_kept) == (3, 1 / 3)


def test_weeks_begin_on_mondays_and_the_last_one_is_under_way():
    assert weeks_before(TODAY, 3) == [date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23)]
    assert weeks_before(date(2026, 11, 23), 1) == [date(2026, 11, 23)]
    assert weeks_before(date(2026, 11, 29), 1) == [date(2026, 11, 23)]
