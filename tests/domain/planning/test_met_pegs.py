"""From which status of its purchase order a peg counts as met, and what that lets go."""

from dataclasses import replace
from typing import Any

import pytest

from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus, ShipmentStatus
from tests.builders.values import (
    allocated,
    claim,
    claimed,
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
from tests.domain.stories import Story, look, waves

ARRIVED: dict[str, Any] = {"min_po_status": "arrived"}
WHOLE: dict[str, Any] = {"max_shipments": 1}
READY = ShipmentStatus.READY


def unreceived(number: int = 1, units: int = 2) -> Shipment:
    """A released shipment of one line, none of it received yet."""
    row = line(units=units, id_=number * 100 + 1, pegs=[peg(units, status="arrived")])
    return shipment(row, status=READY, at="A", wave=1, id_=number * 10 + 1)


@pytest.mark.parametrize(("least", "met_in"), [
    ("received", set()),
    ("arrived", {"arrived"}),
    ("in_transit", {"in_transit", "arrived"}),
    ("approved", {"approved", "in_transit", "arrived"}),
])  # fmt: skip
def test_a_shipment_is_released_when_its_po_is_far_enough(least, met_in):
    released = set()
    for status in PurchaseOrderStatus:
        mine = order(1, policy={"min_po_status": least})
        plan = planned(snapshot(mine, supplies=[supply(1, status=str(status))]))
        if parts(plan[1]) == [("ready", "A", {1: 1})]:
            released.add(str(status))

    assert released - {"received"} == met_in


def test_supply_without_a_po_never_counts_as_met():
    mine = order(1, policy={"min_po_status": "approved"})

    assert planned(snapshot(mine, supplies=[supply(1)]))[1].status is OrderStatus.AWAITING_STOCK


def test_units_not_received_are_pegged_and_not_allocated_when_the_shipment_is_ready():
    """Scenario 18."""
    mine = order(1, [("K1", 5)], policy=ARRIVED | WHOLE)
    story = Story(mine, levels=[stock(2)], supplies=[supply(3, status="in_transit")])
    assert look(story[1]) == "awaiting_stock: backorder K1 2/5"

    story.po("arrived")

    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 2/5"
    assert (allocated(story[1]), pegged(story[1])) == (2, {(1, 1): 3})
    assert not story[1].is_ready_to_ship


def test_a_receipt_fills_what_was_released_when_it_comes():
    story = Story(order(1, [("K1", 5)], policy=ARRIVED), supplies=[supply(5, status="arrived")])
    story.received(2)
    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 2/5"
    assert (pegged(story[1]), story[1].is_ready_to_ship) == ({(1, 1): 3}, False)

    story.received(3)

    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 5/5"
    assert (pegged(story[1]), story[1].is_ready_to_ship) == ({}, True)
    assert set(waves(story[1]).values()) == {1}


def test_what_is_released_is_filled_before_later_orders_take_units():
    story = Story(
        order(1, [("K1", 3)], policy=ARRIVED),
        order(2, [("K1", 3)]),
        supplies=[supply(3, status="arrived")],
    )

    assert story.received(3).units() == [3, 0]


def test_a_released_shipment_waits_for_the_earlier_order_when_that_takes_the_units():
    mine = order(2, shipments=[unreceived(2)], policy=ARRIVED)
    plan = planned(
        snapshot(order(1, [("K1", 2)]), mine, levels=[stock(2)],
                 supplies=[supply(2, status="arrived")])
    )  # fmt: skip

    assert parts(plan[1]) == parts(plan[2]) == [("ready", "A", {1: 2})]
    assert (allocated(plan[1]), allocated(plan[2])) == (2, 0)


def test_only_stock_at_its_own_location_fills_a_released_shipment():
    mine = order(1, shipments=[unreceived()], policy=ARRIVED)
    given = snapshot(mine, levels=[stock(9, at="B")], supplies=[supply(2, status="arrived")])

    assert claimed(planned(given)[1]) == {}
    assert parts(planned(given)[1]) == [("ready", "A", {1: 2})]


@pytest.mark.parametrize("lost", [
    [],
    [supply(1, status="arrived")],
    [supply(2, status="approved")],
    [supply(2, at="B", status="arrived")],
])  # fmt: skip
def test_a_shipment_goes_back_when_its_peg_is_lost_in_part_or_whole(lost):
    policy = ARRIVED | WHOLE
    plan = planned(snapshot(order(1, shipments=[unreceived()], policy=policy), supplies=lost))
    waits = plan[1].status is OrderStatus.AWAITING_STOCK
    moved = parts(plan[1]) == [("ready", "B", {1: 2})]

    assert waits or moved
    assert moved == (lost == [supply(2, at="B", status="arrived")])
    assert plan[1].waves_spent == int(moved)


def test_it_goes_in_part_when_a_part_of_its_peg_is_lost_and_parts_may_go():
    plan = planned(
        snapshot(order(1, shipments=[unreceived()], policy=ARRIVED),
                 supplies=[supply(1, status="arrived")])
    )  # fmt: skip

    assert parts(plan[1]) == [("ready", "A", {1: 1}), ("backorder", None, {1: 1})]


def test_a_shipment_keeps_what_it_has_when_it_goes_back():
    row = line(units=3, claims=[claim(1)], pegs=[peg(2, status="arrived")])
    mine = order(1, shipments=[shipment(row, status=READY, at="A", wave=1)], policy=ARRIVED | WHOLE)
    plan = planned(snapshot(mine))

    assert look(plan[1]) == "awaiting_stock: backorder K1 1/3"
    assert plan[1].waves_spent == 0


def test_a_shipment_stays_when_its_peg_moves_to_another_po_that_is_far_enough():
    mine = order(1, shipments=[unreceived()], policy=ARRIVED)
    plan = planned(snapshot(mine, supplies=[supply(2, number=7, status="arrived")]))

    assert (parts(plan[1]), pegged(plan[1])) == ([("ready", "A", {1: 2})], {(1, 7): 2})


def test_a_shipment_goes_back_when_the_policy_asks_for_more():
    story = Story(order(1, [("K1", 2)], policy=ARRIVED), supplies=[supply(2, status="arrived")])
    story.policy(1, min_po_status="received")

    assert look(story[1]) == "awaiting_stock: backorder K1 0/2"
    assert pegged(story[1]) == {(1, 1): 2}


def test_what_is_not_far_enough_stays_when_parts_may_go():
    supplies = [supply(2, status="arrived"), supply(3, due=9, number=2, status="approved")]
    plan = planned(snapshot(order(1, [("K1", 5)], policy=ARRIVED), supplies=supplies))

    assert parts(plan[1]) == [("ready", "A", {1: 2}), ("backorder", None, {1: 3})]
    assert pegged(plan[1]) == {(1, 1): 2, (1, 2): 3}


def test_the_last_wave_goes_when_each_unit_is_in_stock_or_counts_as_met():
    mine = order(1, [("K1", 2), ("K2", 2)], policy=ARRIVED | WHOLE)
    given = snapshot(mine, levels=[stock(2)], supplies=[supply(2, "K2", at="B", status="arrived")])
    less = replace(given, supplies=(supply(1, "K2", at="B", status="arrived"),))

    assert parts(planned(given)[1]) == [("ready", "A", {1: 2}), ("ready", "B", {2: 2})]
    assert planned(less)[1].status is OrderStatus.AWAITING_STOCK


def test_units_count_as_met_for_the_gate_when_they_complete_the_shipment():
    policy = ARRIVED | WHOLE | {"auto_allocate": "complete_only"}
    mine = order(1, [("K1", 5)], policy=policy)
    met = snapshot(mine, levels=[stock(2)], supplies=[supply(3, status="arrived")])
    not_met = replace(met, supplies=(supply(3, status="in_transit"),))

    assert allocated(planned(met)[1]) == 2
    assert allocated(planned(not_met)[1]) == 0


def test_nothing_is_dated_when_its_units_count_as_met():
    policy = ARRIVED | {"future_inventory": True}
    supplies = [supply(2, status="arrived"), supply(3, due=9, number=2)]
    plan = planned(snapshot(order(1, [("K1", 5)], policy=policy), supplies=supplies))

    assert parts(plan[1]) == [("ready", "A", {1: 2}), ("future", "A", {1: 3})]


def test_a_held_order_is_not_released_when_its_peg_counts_as_met():
    mine = order(1, policy=ARRIVED, holds=("fraud",))

    assert parts(planned(snapshot(mine, supplies=[supply(1, status="arrived")]))[1]) == [
        ("backorder", None, {1: 1})
    ]


def test_a_peg_that_is_overdue_counts_no_more_when_its_day_has_passed():
    mine = order(1, policy={"min_po_status": "in_transit"})
    story = Story(mine, supplies=[supply(1, due=0, status="in_transit")])
    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 0/1"

    assert look(story.later(1)[1]) == "awaiting_stock: backorder K1 0/1"
