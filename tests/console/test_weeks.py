"""The last weeks on the board: their figures are those of the orders, drawn and as tables."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from console.charts import HEIGHT, TOP, charts
from fulfillment.domain.insight.past_weeks import ServiceFigures
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.reading import past_weeks
from fulfillment.store.reading.past_weeks import WEEKS, read_past_weeks
from fulfillment.store.reading.views.past_weeks import WeekView
from tests.api.world import ACME, BOLT, World, made
from tests.console.furnishing import furnish, send
from tests.console.visitors import make, visitor

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(new_database) -> Iterator[World]:
    with made(new_database()) as one:
        furnish(one)
        old = (datetime.now(UTC) - 10 * DAY).isoformat()
        send(one, "SO-8", ("CUP", 7), placed_at=old)
        make(one, "mara")
        make(one, "linz", Role.WAREHOUSE, Scope(None, frozenset({"linz"})))
        yield one


def read(world: World, merchant: str = ACME, places: list[str] | None = None) -> list[WeekView]:
    return list(world.store.read(merchant, lambda tx: read_past_weeks(tx, places)))


def test_an_order_counts_in_the_week_in_which_it_was_placed(world):
    weeks = read(world)
    assert [week.begins.isoweekday() for week in weeks] == [1] * WEEKS
    told = [(week.figures.orders, week.figures.fill_rate) for week in weeks if week.figures.orders]
    assert told == [(1, 0.0), (3, 10 / 17)]
    assert weeks[-1].figures.orders == 3
    assert all(week.one_in == 1 for week in weeks)


def test_a_shipped_order_says_how_long_it_took_and_whether_its_promise_was_kept(world):
    placed = datetime.now(UTC) - 14 * DAY
    world.store.transact(BOLT, lambda tx: tx.run(
        "UPDATE orders SET placed_at = :placed, finished_at = :gone, status = 'shipped'"
        " WHERE merchant = 'bolt'", placed=placed, gone=placed + 3 * DAY))  # fmt: skip
    for promised, kept in ((placed.date() + 2 * DAY, 0.0), (placed.date() + 3 * DAY, 1.0)):
        world.store.transact(BOLT, lambda tx, on=promised: tx.run(
            "UPDATE order_line SET first_promise = jsonb_build_array(jsonb_build_array(1, "
            "CAST(:on AS text))) WHERE merchant = 'bolt'", on=on.isoformat()))  # fmt: skip
        (found,) = [week.figures for week in read(world, BOLT) if week.figures.orders]
        assert (found.median_days, found.slow_days) == (3.0, 3.0)
        assert (found.due, found.promise_kept) == (1, kept)


def test_of_very_many_orders_some_are_looked_at(world, monkeypatch):
    monkeypatch.setattr(past_weeks, "MOST_LOOKED_AT", 1)
    week = read(world)[-1]
    assert week.one_in == 3
    assert week.figures.orders <= 3


def test_who_works_elsewhere_sees_nothing_of_it(world):
    assert sum(week.figures.orders for week in read(world, places=["linz"])) == 0
    assert sum(week.figures.orders for week in read(world, places=["vienna"])) == 2
    assert "No order was placed" in visitor(world, "linz").get("/m/acme").text


def test_each_chart_has_its_table_and_says_what_it_shows(world):
    text = visitor(world, "mara").get("/m/acme").text
    assert text.count('<svg class="weeks-drawn"') == text.count("<caption>") == 3
    fill_rate = text.partition('id="fill-rate"')[2].partition("</section>")[0]
    assert fill_rate.count('class="bar"') == 2
    assert re.findall(r'<td class="number">([^<]*)</td>', fill_rate)[-2:] == ["59 %", "3"]
    assert fill_rate.count("—") == WEEKS - 2


def week(n: int, **figures: float | None) -> WeekView:
    known = {"fill_rate": None, "median_days": None, "slow_days": None, "promise_kept": None}
    told = ServiceFigures(orders=5, due=5, **(known | figures))
    return WeekView(begins=date(2026, 11, 2) + n * 7 * DAY, one_in=1, figures=told)


def test_bars_stand_on_zero_and_a_week_without_a_figure_is_a_gap():
    fill_rate, waiting, _ = charts([week(0, fill_rate=0.5, median_days=3, slow_days=7), week(1)])
    assert [line.text for line in fill_rate.lines] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    assert fill_rate.bars[0].height == HEIGHT / 2
    assert (fill_rate.bars[1].y, fill_rate.bars[1].height) == (None, 0.0)
    assert [line.text for line in waiting.lines] == ["0", "2", "4", "6", "8"]
    assert waiting.lines[0].y == TOP + HEIGHT
    assert waiting.bars[0].mark == TOP + HEIGHT / 8
    assert [row.value for row in waiting.rows] == ["3.0", "—"]
