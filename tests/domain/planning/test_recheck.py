"""The next day on which a date alone may change an order's plan."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.expiry import NEVER
from fulfillment.domain.planning.promise import promised
from fulfillment.domain.planning.recheck import recheck_on
from tests.builders.values import TODAY, claim, day, line, order, peg, shipment, supply
from tests.domain.stories import Story

DAYS = ShipDays(TODAY)


def waiting(units: int, *ties: Any, held: int = 0, **policy: object) -> Order:
    """An order of one line with these pegs."""
    claims = [claim(held)] if held else []
    row = line(units=units, claims=claims, pegs=ties)
    return order(1, shipments=[shipment(row)], policy=policy)


def in_days(mine: Order) -> int | None:
    found = recheck_on(mine, TODAY)
    return None if found is None else (found - TODAY).days


def due_within(days: int) -> dict[str, Any]:
    return {"auto_allocate": "due_within", "auto_allocate_within_days": days}


def test_nothing_is_looked_at_when_nothing_waits_or_nothing_has_a_date():
    ready = shipment(line(claims=[claim(1)]), status=ShipmentStatus.READY, at="A")

    assert in_days(waiting(2)) is None
    assert in_days(waiting(2, held=2, max_shipments=1, auto_cancel_days=3)) is None
    assert in_days(order(1, shipments=[ready], policy={"auto_cancel_days": 3})) is None


def test_pegs_are_not_looked_at_since_their_supply_is_declared_overdue_for_all():
    assert in_days(waiting(4, peg(2, 1, due=5), peg(2, 2, due=3))) is None
    mine = waiting(4, peg(3, due=5))
    told = mine.with_lines([replace(mine.lines[0], promise=(Slice(3, day(5)), Slice(1, day(20))))])
    assert in_days(told) == 21


def test_it_is_the_day_on_which_a_peg_comes_inside_the_future_limit():
    knobs = {"future_inventory": True, "future_limit_days": 12}
    assert in_days(waiting(4, peg(4, due=20), **knobs)) == 8
    assert in_days(waiting(4, peg(4, due=12), **knobs)) is None


def test_a_peg_without_a_known_date_is_not_looked_at():
    assert in_days(waiting(2, replace(peg(2), due_on=date.max))) is None


@pytest.mark.parametrize(("days", "opens"), [(2, 7), (8, 1), (9, None), (20, None), (0, 9)])
def test_it_is_the_day_on_which_the_rest_is_due_in_time(days, opens):
    assert in_days(waiting(4, peg(4, due=9), **due_within(days))) == opens


def test_it_is_the_latest_peg_that_opens_the_gate():
    mine = waiting(4, peg(2, 1, due=20), peg(2, 2, due=30), **due_within(12))

    assert in_days(mine) == 18


def test_it_is_the_day_on_which_an_order_has_waited_as_long_as_it_may():
    assert in_days(waiting(2, auto_cancel_days=10)) == 9
    assert in_days(waiting(2, auto_cancel_days=1)) == 1
    assert in_days(waiting(2, peg(2, due=3), auto_cancel_days=10)) == 9


def test_it_is_a_persons_day_when_there_is_one():
    mine = waiting(2, auto_cancel_days=10)

    assert in_days(replace(mine, cancel_on=day(4))) == 4
    assert in_days(replace(mine, cancel_on=NEVER)) is None


def test_it_is_the_day_after_the_promise_when_no_supply_gives_a_date():
    mine = waiting(2)
    told = mine.with_lines([replace(mine.lines[0], promise=(Slice(2, day(20)),))])

    assert in_days(told) == 21
    assert recheck_on(promised(mine, DAYS), TODAY) == day(30)


def test_a_promise_that_has_passed_is_not_looked_at():
    mine = waiting(2)

    assert in_days(mine.with_lines([replace(mine.lines[0], promise=(Slice(2, day(-1)),))])) is None


def test_the_gate_opens_on_the_day_that_was_told():
    mine = order(1, [("K1", 10)], policy=due_within(2) | {"max_shipments": 1})
    story = Story(mine, supplies=[supply(6, due=3), supply(4, due=9, number=2)]).received(6)
    opens = recheck_on(story[1], TODAY)
    assert opens == day(7)

    assert story.later(6).units() == [0]
    assert story.later(1).units() == [6]
