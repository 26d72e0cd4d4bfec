"""What a customer was told first, what is told now, and when that is a move."""

from dataclasses import replace

import pytest

from fulfillment.domain.floor import dispatch
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.promise import has_moved, promised
from tests.builders.values import TODAY, day, order, planned, snapshot, stock, supply
from tests.domain.stories import Story

DAYS = ShipDays(TODAY)

DEFAULT = 29
"""Days from today to the default promise of an order that was placed yesterday."""


def told(mine: Order, number: int = 1) -> list[tuple[int, int]]:
    """What the customer of a line is told now: units and days from today."""
    return slices(mine.line(number).promise)


def slices(pieces: tuple[Slice, ...] | None) -> list[tuple[int, int]]:
    return [(piece.units, (piece.on - TODAY).days) for piece in pieces or ()]


# --- first and current ---------------------------------------------------------------------------


def test_the_first_promise_is_what_the_first_plan_says():
    story = Story(order(1, [("K1", 5)]), supplies=[supply(3, due=5)])

    assert told(story[1]) == [(3, 5), (2, DEFAULT)]
    assert story[1].lines[0].first_promise == story[1].lines[0].promise
    assert "promise_moved" not in story.history[1]


def test_nothing_is_told_before_the_first_claim():
    mine = order(1, first_claimed=False)

    assert promised(mine, DAYS) == mine


def test_the_current_promise_moves_and_the_first_never_does():
    story = Story(order(1, [("K1", 5)]), supplies=[supply(5, due=5)])
    first = story[1].lines[0].first_promise

    for due in (9, 2, 4):
        assert told(story.announced(supply(5, due=due))[1]) == [(5, due)]
    assert story[1].lines[0].first_promise == first
    assert story.history[1].count("promise_moved") == 3


def test_a_promise_is_split_and_moves_once_when_a_po_is_overdue():
    """Scenario 14."""
    mine = order(1, [("K1", 120)])
    story = Story(mine, supplies=[supply(100, due=10)])
    assert told(story[1]) == [(100, 10), (20, DEFAULT)]

    story.later(10)
    assert told(story[1]) == [(100, 10), (20, DEFAULT)]

    story.later(1)
    assert told(story[1]) == [(120, DEFAULT)]
    assert story.later(1).history[1].count("promise_moved") == 1


def test_being_overdue_never_moves_a_promise_earlier():
    mine = order(1, [("K1", 2)], policy={"default_backorder_days": 3})
    story = Story(mine, supplies=[supply(2, due=60)]).later(61)

    assert told(story[1]) == [(2, 68)]


def test_the_default_moves_by_a_week_when_it_has_come_too_close():
    story = Story(order(1, [("K1", 2)])).later(DEFAULT - 7)
    assert told(story[1]) == [(2, DEFAULT)]

    assert told(story.later(1)[1]) == [(2, DEFAULT + 1)]


# --- what is no move -----------------------------------------------------------------------------


def test_nothing_is_told_when_the_date_has_merely_come():
    story = Story(order(1, [("K1", 2)]), levels=[stock(2)])
    before = list(story.history[1])
    assert told(story[1]) == [(2, 0)]

    story.later(3)

    assert told(story[1]) == [(2, 0)]
    assert story.history[1] == before


def test_units_that_come_on_their_day_are_no_move():
    story = Story(order(1, [("K1", 2)]), supplies=[supply(2, due=5)]).later(5).received(2)

    assert told(story[1]) == [(2, 5)]
    assert "promise_moved" not in story.history[1]


def test_units_that_come_before_their_day_are_a_move():
    story = Story(order(1, [("K1", 2)]), supplies=[supply(2, due=5)]).later(4).received(2)

    assert told(story[1]) == [(2, 4)]
    assert story.history[1].count("promise_moved") == 1


def test_units_that_leave_are_no_move():
    story = Story(order(1, [("K1", 5)]), levels=[stock(3)], supplies=[supply(2, due=5)])
    assert told(story[1]) == [(3, 0), (2, 5)]

    story.dispatched(1, 1)

    assert told(story[1]) == [(2, 5)]
    assert "promise_moved" not in story.history[1]


def test_nothing_is_promised_any_more_when_all_has_left():
    story = Story(order(1, [("K1", 2)]), levels=[stock(2)]).dispatched(1, 1)

    assert told(story[1]) == []
    assert slices(story[1].lines[0].first_promise) == [(2, 0)]


def test_a_line_without_a_promise_gets_its_first_when_it_is_planned():
    mine = planned(snapshot(order(1, [("K1", 2)]), levels=[stock(2)]))[1]
    ready = mine.live[0]
    for step in (dispatch.start_picking, dispatch.pick, dispatch.ship):
        mine = step(mine, next((part for part in mine.live if part.id == ready.id), ready))

    assert told(promised(mine, DAYS)) == []
    assert slices(promised(mine, DAYS).lines[0].first_promise) == [(2, 0)]


def test_all_of_the_last_wave_is_promised_for_the_day_of_its_last_unit():
    mine = order(1, [("K1", 1), ("K2", 1)], policy={"max_shipments": 1})
    story = Story(mine, levels=[stock(1)], supplies=[supply(1, "K2", due=8)])
    assert (told(story[1]), told(story[1], 2)) == ([(1, 8)], [(1, 8)])

    story.announced(supply(1, "K2", due=3))

    assert (told(story[1]), told(story[1], 2)) == ([(1, 3)], [(1, 3)])


# --- has_moved -----------------------------------------------------------------------------------


def pieces(*given: tuple[int, int]) -> tuple[Slice, ...]:
    return tuple(Slice(units, day(days)) for units, days in given)


@pytest.mark.parametrize(("before", "after", "moved"), [
    ([(2, 5)], [(2, 5)], False),
    ([(2, 5)], [(2, 6)], True),
    ([(2, 5)], [(2, 4)], True),
    ([(2, -3)], [(2, 0)], False),
    ([(2, 0)], [(2, -3)], False),
    ([(2, -3)], [(2, 1)], True),
    ([(2, 5)], [(1, 5), (1, 6)], True),
    ([(1, 5), (1, 6)], [(2, 6)], True),
    ([(2, 0), (3, 5)], [(3, 5)], False),
    ([(2, 0), (3, 5)], [(3, 6)], True),
    ([(2, 0), (3, 5)], [(1, 5)], False),
    ([(2, 0), (3, 5)], [], False),
    ([(2, 5)], [(2, 5), (1, 9)], False),
    ([], [], False),
])  # fmt: skip
def test_a_promise_has_moved_when_units_still_to_come_have_other_days(before, after, moved):
    assert has_moved(pieces(*before), pieces(*after), TODAY) is moved


def test_the_first_promise_stays_when_the_line_grows():
    mine = promised(order(1, [("K1", 2)]), DAYS)
    grown = replace(mine, shipments=order(1, [("K1", 5)]).shipments)

    assert slices(promised(grown, DAYS).lines[0].first_promise) == [(2, DEFAULT)]
    assert told(promised(grown, DAYS)) == [(5, DEFAULT)]


# --- what goes together --------------------------------------------------------------------------


def test_what_is_in_stock_is_promised_with_the_rest_when_nothing_goes_before_all_is_sourced():
    """Scenario 16: K2 is there, and K3 comes nobody knows when."""
    mine = order(1, [("K2", 5), ("K3", 5)], policy={"release_when": "all_sourced"})
    story = Story(mine, levels=[stock(5, sku="K2")])

    assert (told(story[1], 1), told(story[1], 2)) == ([(5, DEFAULT)], [(5, DEFAULT)])


def test_each_day_is_promised_by_itself_when_all_of_it_is_dated():
    knobs = {"release_when": "all_sourced", "future_inventory": True}
    mine = order(1, [("K2", 5), ("K3", 5)], verified=False, policy=knobs)
    story = Story(mine, levels=[stock(5, sku="K2")], supplies=[supply(5, due=4, sku="K3")])

    assert (told(story[1], 1), told(story[1], 2)) == ([(5, 0)], [(5, 4)])


def test_what_is_in_stock_is_promised_for_the_day_until_which_it_is_held_back():
    mine = order(1, [("K1", 5)], policy={"hold_if_due_within_days": 7})
    story = Story(mine, levels=[stock(2)], supplies=[supply(3, due=5)])
    assert told(story[1]) == [(5, 5)]

    story.announced(supply(3, due=9))
    assert told(story[1]) == [(2, 0), (3, 9)]
