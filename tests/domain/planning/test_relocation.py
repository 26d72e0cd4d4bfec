"""Locations are chosen again at release, and only then: fewer places, free units only."""

from dataclasses import replace
from typing import Any

import pytest

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Claim
from fulfillment.domain.model.supply import StockLevel
from tests.builders.values import (
    claim,
    claimed,
    line,
    order,
    parts,
    planned,
    shipment,
    snapshot,
    stock,
)
from tests.domain.stories import Story

WHOLE: dict[str, Any] = {"max_shipments": 1}
PRIORITY = {"routing": "location_priority"}


def holding(*claims: Claim, units: int = 5, **more: Any) -> Order:
    """An order of one line that waits for units, and holds these."""
    policy = WHOLE | more.pop("policy", {})
    return order(1, shipments=[shipment(line(units=units, claims=claims))], policy=policy, **more)


def after(mine: Order, *levels: StockLevel) -> Order:
    return planned(snapshot(mine, levels=levels, locations=("A", "B", "C")))[1]


def test_units_gathered_in_two_places_go_from_one_when_that_has_them_all_now():
    mine = holding(claim(2), claim(2, "B"))

    assert parts(after(mine, stock(5, at="C"))) == [("ready", "C", {1: 5})]
    assert parts(after(mine, stock(3, at="B"))) == [("ready", "B", {1: 5})]


def test_what_is_given_back_is_free_for_the_next_order():
    story = Story(order(1, [("K1", 5)], policy=WHOLE), order(2, [("K1", 4)]), levels=[stock(4)])
    story.adjusted(5, at="B")

    assert [parts(story[number]) for number in (1, 2)] == [
        [("ready", "B", {1: 5})],
        [("ready", "A", {1: 4})],
    ]


def test_nothing_moves_while_the_order_still_waits():
    mine = holding(claim(2), claim(2, "B"), units=9)

    assert claimed(after(mine, stock(4, at="C"))) == {(1, "A"): 2, (1, "B"): 2, (1, "C"): 4}


def test_nothing_moves_when_as_many_places_are_needed():
    mine = holding(claim(2), claim(3, "B"))

    assert claimed(after(mine, stock(4, at="C"))) == {(1, "A"): 2, (1, "B"): 3}


def test_nothing_moves_when_the_units_elsewhere_are_held_by_others():
    other = order(
        2,
        shipments=[shipment(line(units=9, id_=201, claims=[claim(5, "C")]), id_=21)],
        policy=WHOLE,
    )
    given = snapshot(holding(claim(2), claim(3, "B")), other, locations=("A", "B", "C"))

    assert claimed(planned(given)[1]) == {(1, "A"): 2, (1, "B"): 3}
    assert claimed(planned(given)[2]) == {(1, "C"): 5}


@pytest.mark.parametrize("hands", [{"picked": 1}, {"staged": 1}])
def test_a_line_stays_where_it_is_when_somebody_has_units_of_it_in_hand(hands):
    mine = holding(claim(2, **hands), claim(3, "B"))

    assert claimed(after(mine, stock(9, at="C"))) == {(1, "A"): 2, (1, "B"): 3}


def test_nothing_moves_when_the_order_is_locked():
    mine = order(1, [("K1", 5)], policy=WHOLE, lock="A")
    story = Story(mine, levels=[stock(5), stock(9, at="B")])

    assert parts(story[1]) == [("ready", "A", {1: 5})]


def test_a_line_stays_when_a_person_chose_its_source():
    mine = holding(claim(2), claim(3, "B"))
    chosen = mine.with_lines([replace(mine.lines[0], source="A")])

    assert claimed(after(chosen, stock(9, at="C"))) == {(1, "A"): 2, (1, "B"): 3}


def test_nothing_moves_when_the_order_is_released_already():
    story = Story(order(1, [("K1", 5)]), levels=[stock(2), stock(3, at="B")])
    assert parts(story[1]) == [("ready", "A", {1: 2}), ("ready", "B", {1: 3})]

    assert parts(story.adjusted(9, at="B")[1]) == [("ready", "A", {1: 2}), ("ready", "B", {1: 3})]


def test_nothing_moves_when_the_order_is_on_hold_and_it_does_when_it_may_go():
    story = Story(order(1, [("K1", 5)], holds=("fraud",)), levels=[stock(2), stock(3, at="B")])
    story.adjusted(9, at="B")
    assert claimed(story[1]) == {(1, "A"): 2, (1, "B"): 3}

    story.changed(replace(story[1], holds=()))

    assert parts(story[1]) == [("ready", "B", {1: 5})]


def test_the_first_location_is_taken_again_when_that_is_the_routing():
    mine = holding(claim(5, "B"), policy=PRIORITY)

    assert parts(after(mine, stock(5))) == [("ready", "A", {1: 5})]
    assert parts(after(mine, stock(3))) == [("ready", "A", {1: 3}), ("ready", "B", {1: 2})]
    assert parts(after(mine, stock(9, at="C"))) == [("ready", "B", {1: 5})]


def test_lines_of_several_products_go_from_one_place_when_it_has_them_all():
    rows = (line(units=2, claims=[claim(2)]), line("K2", 2, number=2, id_=102,
                                                  claims=[claim(2, "B")]))  # fmt: skip
    mine = order(1, shipments=[shipment(*rows)], policy=WHOLE)

    assert parts(after(mine, stock(2, at="B"))) == [("ready", "B", {1: 2, 2: 2})]


def test_lines_of_queues_that_are_not_locked_stay():
    rows = (line(units=2, claims=[claim(2)]), line("K2", 2, number=2, id_=102,
                                                  claims=[claim(2, "B")]))  # fmt: skip
    mine = order(1, shipments=[shipment(*rows)], policy=WHOLE)
    given = snapshot(mine, levels=[stock(2, at="B"), stock(2, "K2", "A")], locations=("A", "B"))
    only_second = replace(given, skus=frozenset({"K2"}))

    assert claimed(planned(only_second)[1]) == {(1, "A"): 2, (2, "B"): 2}


def test_no_unit_is_lost_when_claims_move():
    mine = holding(claim(2), claim(2, "B"))
    story = Story(mine)
    story.adjusted(5, at="B")

    assert claimed(story[1]) == {(1, "B"): 5}
    assert {(level.location, level.available) for level in story.now.levels} == {
        ("A", 2), ("B", 2),
    }  # fmt: skip
