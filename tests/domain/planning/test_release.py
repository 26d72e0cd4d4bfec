from dataclasses import replace

import pytest

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import Product
from tests.builders.values import (
    allocated,
    claim,
    day,
    line,
    order,
    parts,
    peg,
    pegged,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)

FUTURE = {"future_inventory": True}


def waves(each: Order) -> dict[int, int]:
    return {part.number: part.wave for part in each.shipments if part.wave is not None}


def test_a_ready_shipment_per_location_in_one_wave_when_all_is_in_stock():
    plan = planned(
        snapshot(order(1, [("K1", 5), ("K2", 5)]), levels=[stock(5), stock(5, "K2", "B")])
    )

    assert parts(plan[1]) == [("ready", "A", {1: 5}), ("ready", "B", {2: 5})]
    assert waves(plan[1]) == {2: 1, 3: 1}
    assert plan[1].status is OrderStatus.AWAITING_PICK_AND_PACK


def test_the_shipment_itself_goes_when_all_of_it_goes_to_one_place():
    plan = planned(snapshot(order(1, [("K1", 5), ("K1", 1)]), levels=[stock(6)]))

    assert [part.id for part in plan[1].shipments] == [11]
    assert parts(plan[1]) == [("ready", "A", {1: 5, 2: 1})]


def test_all_waits_and_keeps_its_units_when_max_shipments_is_one():
    plan = planned(
        snapshot(order(1, [("K1", 5), ("K2", 5)], policy={"max_shipments": 1}), levels=[stock(5)])
    )

    assert plan[1].status is OrderStatus.AWAITING_STOCK
    assert allocated(plan[1]) == 5
    assert parts(plan[1]) == [("backorder", None, {1: 5, 2: 5})]


@pytest.mark.parametrize("most", [None, 2, 3])
def test_what_is_there_goes_when_more_waves_are_left(most):
    plan = planned(
        snapshot(
            order(1, [("K1", 5), ("K2", 5)], policy={"max_shipments": most}), levels=[stock(5)]
        )
    )

    assert parts(plan[1]) == [("ready", "A", {1: 5}), ("backorder", None, {2: 5})]
    assert plan[1].shipments[0].status is ShipmentStatus.REASSIGNED
    assert {part.parent for part in plan[1].live} == {11}
    assert plan[1].waves_spent == 1


def test_nothing_is_released_when_the_order_is_held_unverified_or_not_claimed():
    for gate in ({"holds": ("fraud",)}, {"verified": False}, {"first_claimed": False}):
        plan = planned(snapshot(order(1, **gate), levels=[stock(1)]))

        assert parts(plan[1]) == [("backorder", None, {1: 1})]
        assert allocated(plan[1]) == 1


def test_nothing_is_released_while_somebody_unread_may_stand_before_what_it_holds():
    """Released units can not be given up any more: those before it have to be read first."""
    mine = order(1, shipments=[shipment(line(units=2, claims=[claim(1)]))])
    cut = replace(snapshot(mine), until={"K1": order(0).rank})
    plan, read = planned(cut), planned(replace(cut, until={"K1": mine.rank}))

    assert parts(plan[1]) == [("backorder", None, {1: 2})]
    assert allocated(plan[1]) == 1
    assert parts(read[1]) == [("ready", "A", {1: 1}), ("backorder", None, {1: 1})]


def test_the_last_wave_waits_until_it_is_complete_when_two_are_allowed():
    policy = {"max_shipments": 2}
    wants = [("K1", 1), ("K2", 1), ("K3", 1)]
    first = planned(snapshot(order(1, wants, policy=policy), levels=[stock(1)]))[1]
    second = planned(snapshot(first, levels=[stock(1, "K2")]))[1]
    third = planned(snapshot(second, levels=[stock(1, "K3", "B")]))[1]

    assert parts(first) == [("ready", "A", {1: 1}), ("backorder", None, {2: 1, 3: 1})]
    assert parts(second) == parts(first)
    assert allocated(second) == 2
    assert parts(third) == [
        ("ready", "A", {1: 1}), ("ready", "A", {2: 1}), ("ready", "B", {3: 1}),
    ]  # fmt: skip
    assert waves(third) == {2: 1, 4: 2, 5: 2}


def test_units_that_come_later_do_not_join_a_wave_when_it_is_not_picked_yet():
    ready = shipment(line(claims=[claim(1)]), status=ShipmentStatus.READY, at="A")
    rest = shipment(line("K2", number=2, id_=102), line("K3", number=3, id_=103), number=2, id_=12)
    mine = order(1, shipments=[ready, rest], policy={"max_shipments": 2}, waves_spent=1)
    plan = planned(snapshot(mine, levels=[stock(1, "K2")]))

    assert parts(plan[1])[1] == ("backorder", None, {2: 1, 3: 1})


def test_what_is_allocated_goes_at_once_when_the_policy_becomes_as_available():
    row = line(units=5, claims=[claim(3)])
    plan = planned(snapshot(order(1, shipments=[shipment(row)])))

    assert parts(plan[1]) == [("ready", "A", {1: 3}), ("backorder", None, {1: 2})]


def test_the_rest_goes_complete_when_more_waves_are_spent_than_allowed():
    rest = shipment(line(units=2, claims=[claim(1)]), number=3)
    mine = order(1, shipments=[rest], policy={"max_shipments": 1}, waves_spent=2)

    assert mine.waves_left == 0
    assert parts(planned(snapshot(mine))[1]) == [("backorder", None, {1: 2})]
    assert parts(planned(snapshot(mine, levels=[stock(1)]))[1]) == [("ready", "A", {1: 2})]


# --- future inventory ----------------------------------------------------------------------------


def test_a_dated_shipment_per_location_when_all_is_pegged():
    """Scenario 15's dates; `release_when` all_sourced is the next issue."""
    plan = planned(
        snapshot(
            order(1, [("K1", 5), ("K2", 5)], policy=FUTURE | {"future_limit_days": 30}),
            supplies=[
                supply(2, due=1, number=1),
                supply(3, due=10, number=2),
                supply(5, "K2", due=15, at="B", number=3),
            ],
        )
    )

    assert parts(plan[1]) == [("future", "A", {1: 5}), ("future", "B", {2: 5})]
    assert [part.expected_on for part in plan[1].live] == [day(10), day(15)]
    assert plan[1].status is OrderStatus.AWAITING_STOCK


def test_what_is_due_beyond_the_limit_stays_backordered_when_any_part_may_go():
    plan = planned(
        snapshot(
            order(1, [("K1", 5), ("K2", 5)], policy=FUTURE | {"future_limit_days": 12}),
            supplies=[supply(5, due=10, number=1), supply(5, "K2", due=15, at="B", number=2)],
        )
    )

    assert parts(plan[1]) == [("future", "A", {1: 5}), ("backorder", None, {2: 5})]
    assert pegged(plan[1]) == {(1, 1): 5, (2, 2): 5}


def test_ready_and_dated_parts_divide_when_some_is_in_stock():
    """Scenario 16 once K3 has a date."""
    plan = planned(
        snapshot(
            order(1, [("K1", 5), ("K2", 5), ("K3", 5)], policy=FUTURE),
            levels=[stock(5, "K2", "B")],
            supplies=[supply(5, number=1), supply(5, "K3", due=7, at="B", number=2)],
        )
    )

    assert parts(plan[1]) == [
        ("ready", "B", {2: 5}), ("future", "A", {1: 5}), ("future", "B", {3: 5}),
    ]  # fmt: skip
    assert plan[1].shipments[0].status is ShipmentStatus.REASSIGNED


def test_nothing_is_dated_when_the_policy_or_the_product_does_not_allow_it():
    off = planned(snapshot(order(1), supplies=[supply(5)]))
    product = planned(
        snapshot(
            order(1, policy=FUTURE),
            supplies=[supply(5)],
            products=[Product("K1", future_allowed=False)],
        )
    )

    for plan in (off, product):
        assert parts(plan[1]) == [("backorder", None, {1: 1})]
        assert pegged(plan[1]) == {(1, 1): 1}


def test_a_dated_shipment_becomes_ready_when_its_stock_is_allocated():
    dated = shipment(line(pegs=[peg(1)]), status=ShipmentStatus.FUTURE, at="A")
    plan = planned(snapshot(order(1, shipments=[dated], policy=FUTURE), levels=[stock(1)]))

    assert [(part.id, part.status, part.wave) for part in plan[1].shipments] == [
        (11, ShipmentStatus.READY, 1)
    ]


def test_a_dated_shipment_goes_back_when_nothing_is_left_to_peg():
    dated = shipment(line(pegs=[peg(1)]), status=ShipmentStatus.FUTURE, at="A")
    plan = planned(snapshot(order(1, shipments=[dated], policy=FUTURE)))

    assert parts(plan[1]) == [("backorder", None, {1: 1})]
    assert plan[1].live[0].expected_on is None


def test_the_last_wave_is_one_dated_group_when_all_is_in_stock_or_pegged():
    plan = planned(
        snapshot(
            order(1, [("K1", 2), ("K2", 3)], policy=FUTURE | {"max_shipments": 1}),
            levels=[stock(2)],
            supplies=[supply(3, "K2", at="B")],
        )
    )

    assert parts(plan[1]) == [("future", "A", {1: 2}), ("future", "B", {2: 3})]
    assert allocated(plan[1]) == 2
    assert plan[1].waves_spent == 0


def test_the_dated_group_goes_as_one_wave_when_its_last_unit_comes():
    policy = FUTURE | {"max_shipments": 1}
    supplies = [supply(3, "K2", at="B")]
    group = planned(
        snapshot(
            order(1, [("K1", 2), ("K2", 3)], policy=policy), levels=[stock(2)], supplies=supplies
        )
    )[1]
    plan = planned(snapshot(group, levels=[stock(3, "K2", "B")]))

    assert parts(plan[1]) == [("ready", "A", {1: 2}), ("ready", "B", {2: 3})]
    assert set(waves(plan[1]).values()) == {1}


def test_the_last_wave_stays_backordered_when_one_unit_is_not_pegged():
    plan = planned(
        snapshot(order(1, [("K1", 4)], policy=FUTURE | {"max_shipments": 1}), supplies=[supply(3)])
    )

    assert parts(plan[1]) == [("backorder", None, {1: 4})]
