"""The gate of `auto_allocate` for what is dated, released or on a peg that counts as met."""

from typing import Any

import pytest

from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from tests.builders.values import (
    allocated,
    line,
    order,
    parts,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)
from tests.domain.stories import Story, look

COMPLETE: dict[str, Any] = {"auto_allocate": "complete_only"}
NEVER: dict[str, Any] = {"auto_allocate": "never"}
WHOLE: dict[str, Any] = {"max_shipments": 1}


def due_within(days: int) -> dict[str, Any]:
    return {"auto_allocate": "due_within", "auto_allocate_within_days": days}


# --- from future to ready ------------------------------------------------------------------------

FUTURE: dict[str, Any] = {"future_inventory": True}


def test_a_dated_shipment_stays_when_stock_is_never_given_by_itself():
    story = Story(
        order(1, [("K1", 5)], policy=NEVER | FUTURE), supplies=[supply(5), supply(5, number=2)]
    )
    story.received(5)

    assert look(story[1]) == "awaiting_stock: future A K1 0/5"


@pytest.mark.parametrize(("units", "shown"), [(4, "future A K1 0/5"), (5, "ready A K1 5/5")])
def test_a_dated_shipment_is_released_when_what_comes_completes_it(units, shown):
    supplies = [supply(units), supply(5, number=2)]
    story = Story(order(1, [("K1", 5)], policy=COMPLETE | FUTURE), supplies=supplies)

    assert look(story.received(units)[1]).endswith(f": {shown}")


def test_a_dated_shipment_gives_what_came_when_the_rest_is_due_in_time():
    mine = order(1, [("K1", 5)], policy=due_within(9) | FUTURE)
    story = Story(mine, supplies=[supply(3), supply(2, due=9, number=2)]).received(3)

    assert parts(story[1]) == [("ready", "A", {1: 3}), ("future", "A", {1: 2})]


def test_a_dated_shipment_takes_nothing_when_the_rest_is_due_too_late():
    mine = order(1, [("K1", 5)], policy=due_within(8) | FUTURE)
    story = Story(mine, supplies=[supply(3), supply(2, due=9, number=2)]).received(3)

    assert story.later(0).later(0).units() == [0]


def test_a_dated_shipment_stays_when_only_a_po_that_moves_counts():
    mine = order(1, [("K1", 2)], policy=FUTURE | {"auto_allocate_on": "po_status"})
    story = Story(mine, supplies=[supply(2), supply(2, number=2)])

    assert parts(story.adjusted(2)[1]) == [("future", "A", {1: 2})]
    assert parts(story.po("arrived", 2)[1]) == [("ready", "A", {1: 2})]


def test_a_released_shipment_is_filled_whatever_the_gate():
    """What is released waits for its units only; that a person had a say in it is over."""
    policy = NEVER | {"min_po_status": "arrived"}
    ready = shipment(line(units=2), status=ShipmentStatus.READY, at="A", wave=1)
    mine = order(1, shipments=[ready], policy=policy)
    plan = planned(snapshot(mine, levels=[stock(1)], supplies=[supply(1, status="arrived")]))

    assert (parts(plan[1]), allocated(plan[1])) == ([("ready", "A", {1: 2})], 1)


# --- units that count as met ---------------------------------------------------------------------

ARRIVED: dict[str, Any] = {"min_po_status": "arrived"}
UNGATED = "units that count as met release a shipment whatever auto_allocate says"


@pytest.mark.parametrize("more", [{}, FUTURE])
def test_nothing_is_released_by_a_po_that_arrives_when_stock_is_never_given_by_itself(more):
    mine = order(1, [("K1", 5)], policy=NEVER | ARRIVED | more)
    story = Story(mine, supplies=[supply(5, status="approved")]).po("arrived")

    assert story[1].status is OrderStatus.AWAITING_STOCK


@pytest.mark.parametrize("more", [{}, FUTURE])
def test_nothing_is_released_by_a_po_that_arrives_when_it_does_not_complete_the_shipment(more):
    mine = order(1, [("K1", 5)], policy=COMPLETE | ARRIVED | more)
    supplies = [supply(3, status="approved"), supply(2, due=9, number=2, status="approved")]
    story = Story(mine, supplies=supplies).po("arrived")

    assert story[1].status is OrderStatus.AWAITING_STOCK


def test_all_is_released_by_a_po_that_arrives_when_it_completes_the_shipment():
    mine = order(1, [("K1", 5)], policy=COMPLETE | ARRIVED)
    story = Story(mine, supplies=[supply(5, status="approved")]).po("arrived")

    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 0/5"


def test_units_that_count_as_met_complete_a_shipment_together_with_stock():
    mine = order(1, [("K1", 5)], policy=COMPLETE | ARRIVED | WHOLE)
    story = Story(mine, supplies=[supply(3, status="arrived"), supply(2, number=2)])
    assert story.units() == [0]

    story.received(2, 2)

    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 2/5"
