"""From whom an order that ranks earlier may take claims."""

from dataclasses import replace
from typing import Any

import pytest

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Claim
from fulfillment.domain.model.statuses import ShipmentStatus
from tests.builders.values import (
    allocated,
    claim,
    line,
    order,
    parts,
    peg,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)
from tests.domain.stories import Story

READY, PICKING = ShipmentStatus.READY, ShipmentStatus.PICKING
VALUES = ("waiting", "off", "unpicked")


def released(number: int, *claims: Claim, status: ShipmentStatus = READY, **more: Any) -> Order:
    """An order whose units are all released to the warehouse."""
    rows = [line(units=sum(held.units for held in claims), id_=number * 100 + 1, claims=claims)]
    part = shipment(*rows, status=status, at=claims[0].location, id_=number * 10 + 1, wave=1)
    return order(number, shipments=[part], **more)


def waiting(number: int, units: int, *claims: Claim, **more: Any) -> Order:
    row = line(units=units, id_=number * 100 + 1, claims=claims)
    mine = {"policy": {"max_shipments": 1}} | more
    return order(number, shipments=[shipment(row, id_=number * 10 + 1)], **mine)


def first(units: int = 5, value: str = "waiting", **more: Any) -> Order:
    return order(1, [("K1", units)], priority=10, policy={"rebalance": value}, **more)


def units(*orders: Order, **more: Any) -> list[int]:
    """Units that each order holds after the plan."""
    plan = planned(snapshot(*orders, **more))
    return [allocated(plan[each.id]) for each in orders]


# --- the three values ----------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "of_waiting", "of_ready", "of_picking"), [
    ("waiting", [5, 0], [0, 5], [0, 5]),
    ("off", [0, 5], [0, 5], [0, 5]),
    ("unpicked", [5, 0], [5, 0], [0, 5]),
])  # fmt: skip
def test_whose_units_an_earlier_order_takes(value, of_waiting, of_ready, of_picking):
    """Scenario 12."""
    mine = first(value=value)

    assert units(mine, waiting(2, 7, claim(5))) == of_waiting
    assert units(mine, released(2, claim(5))) == of_ready
    assert units(mine, released(2, claim(5), status=PICKING)) == of_picking


@pytest.mark.parametrize("value", VALUES)
def test_nobody_takes_from_who_comes_before(value):
    mine = order(2, [("K1", 5)], policy={"rebalance": value})

    assert units(waiting(1, 7, claim(5)), mine) == [5, 0]
    assert units(released(1, claim(5)), mine) == [5, 0]


def test_free_units_go_before_those_of_others():
    assert units(first(value="unpicked"), released(2, claim(5)), levels=[stock(5)]) == [5, 5]


def test_waiting_orders_lose_before_released_ones():
    orders = (first(value="unpicked"), released(2, claim(3)), waiting(3, 9, claim(3)))

    assert units(*orders) == [5, 1, 0]


def test_the_last_in_rank_loses_first_when_several_are_released():
    orders = (first(3, "unpicked"), released(2, claim(2)), released(3, claim(2)))

    assert units(*orders) == [3, 1, 0]


# --- what the loser becomes ----------------------------------------------------------------------


def test_a_released_order_goes_on_with_what_is_left_when_parts_may_go():
    plan = planned(snapshot(first(3, "unpicked"), released(2, claim(5))))

    assert parts(plan[1]) == [("ready", "A", {1: 3})]
    assert parts(plan[2]) == [("ready", "A", {1: 2}), ("backorder", None, {1: 3})]


def test_a_released_order_waits_with_what_is_left_when_it_goes_whole():
    loser = released(2, claim(5), policy={"max_shipments": 1})
    plan = planned(snapshot(first(3, "unpicked"), loser))

    assert parts(plan[2]) == [("backorder", None, {1: 5})]
    assert (allocated(plan[2]), plan[2].waves_spent) == (2, 0)


def test_only_the_shipment_that_lost_units_goes_back_when_a_wave_has_several():
    """Its wave is spent all the same: the other shipment of it still goes."""
    one = shipment(line(claims=[claim(1)], id_=201), status=READY, at="A", id_=21, wave=1)
    other = shipment(
        line("K2", number=2, id_=202, claims=[claim(1, "B")]), status=READY, at="B", id_=22,
        number=2, wave=1,
    )  # fmt: skip
    plan = planned(snapshot(first(1, "unpicked"), order(2, shipments=[one, other])))

    assert parts(plan[2]) == [("backorder", None, {1: 1}), ("ready", "B", {2: 1})]
    assert plan[2].waves == {1}


def test_the_loser_is_served_by_what_comes_next():
    loser, mine = order(2, [("K1", 5)]), first(5, "unpicked", holds=("fraud",))
    story = Story(loser, levels=[stock(5)])
    story.now, story.history[1] = replace(story.now, orders=(*story.now.orders, mine)), []
    assert story.adjusted(0).units() == [5, 0]

    assert story.adjusted(5).units() == [5, 5]


# --- units in hands ------------------------------------------------------------------------------


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("hands", [{"picked": 2}, {"staged": 2}, {"picked": 1, "staged": 1}])
def test_units_in_hands_stay(value, hands):
    taken = 0 if value == "off" else 3

    assert units(first(value=value), waiting(2, 7, claim(5, **hands))) == [taken, 5 - taken]


def test_only_loose_units_of_a_released_shipment_are_taken():
    assert units(first(value="unpicked"), released(2, claim(5, picked=2))) == [3, 2]


@pytest.mark.parametrize("status", [PICKING, ShipmentStatus.PICKED, ShipmentStatus.PACKED])
def test_a_shipment_that_is_worked_keeps_all_it_has(status):
    assert units(first(value="unpicked"), released(2, claim(5), status=status)) == [0, 5]


# --- where, and for whom -------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{"lock": "B"}, {"pickup": "B"}])
def test_nothing_is_taken_where_the_order_may_not_go(more):
    assert units(first(value="unpicked", **more), released(2, claim(5))) == [0, 5]
    assert units(first(value="unpicked", **more), released(2, claim(5, "B"))) == [5, 0]


def test_units_are_taken_from_the_released_part_of_an_order_that_was_split():
    story = Story(order(2, [("K1", 9)]), levels=[stock(5)])
    assert parts(story[2]) == [("ready", "A", {1: 5}), ("backorder", None, {1: 4})]

    plan = planned(replace(story.now, orders=(first(4, "unpicked"), story[2])))

    assert [allocated(plan[1]), allocated(plan[2])] == [4, 1]
    assert sorted(parts(plan[2]), key=str) == [
        ("backorder", None, {1: 4}), ("backorder", None, {1: 4}), ("ready", "A", {1: 1}),
    ]  # fmt: skip


def test_a_gate_holds_also_for_units_of_others():
    mine = order(1, [("K1", 5)], priority=10, policy={
        "rebalance": "unpicked", "auto_allocate": "complete_only"})  # fmt: skip

    assert units(mine, released(2, claim(4))) == [0, 4]
    assert units(mine, released(2, claim(5))) == [5, 0]


def test_a_line_by_hand_takes_nothing_from_others():
    mine = first(value="unpicked")
    mine = mine.with_lines([replace(mine.lines[0], by_hand=True)])

    assert units(mine, waiting(2, 7, claim(5))) == [0, 5]


def test_a_shipment_that_waits_for_its_receipt_takes_from_later_orders_too():
    row = line(units=2, id_=101, pegs=[peg(2, status="arrived")])
    mine = order(1, shipments=[shipment(row, status=READY, at="A", id_=11, wave=1)], policy={
        "min_po_status": "arrived"})  # fmt: skip
    supplies = [supply(2, status="arrived")]

    assert units(mine, waiting(2, 7, claim(5)), supplies=supplies) == [2, 3]


def test_nothing_goes_round_when_each_takes_from_the_next():
    """The first takes from the second, and that from the third; nobody takes it back."""
    orders = [
        order(number, [("K1", 2)], priority=number * 10, policy={"rebalance": "unpicked"})
        for number in (1, 2)
    ]
    plan = planned(snapshot(*orders, released(3, claim(2), priority=30)))
    again = planned(snapshot(*plan.values()))

    assert [allocated(plan[number]) for number in (1, 2, 3)] == [2, 0, 0]
    assert [allocated(again[number]) for number in (1, 2, 3)] == [2, 0, 0]
