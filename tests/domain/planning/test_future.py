"""Future inventory: what is dated close enough ahead leaves `backorder` as `future`."""

from typing import Any

import pytest

from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import Product
from tests.builders.values import (
    day,
    order,
    pegged,
    planned,
    snapshot,
    stock,
    supply,
)
from tests.domain.stories import Story, dates, look

FUTURE: dict[str, Any] = {"future_inventory": True}
KIBO = FUTURE | {"release_when": "all_sourced", "auto_allocate": "complete_only"}
SPREAD = (supply(2, due=1), supply(3, due=10, number=2), supply(5, "K2", due=15, at="B", number=3))
BOTH = (("K1", 5), ("K2", 5))
THREE = (*BOTH, ("K3", 5))
UNDATED = (supply(5), supply(5, "K3", due=None, at="B", number=2))
DATED = (supply(5), supply(5, "K3", due=7, at="B", number=2))


# --- all of it, or any part ----------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "shown"), [
    (KIBO | {"future_limit_days": 30}, "future A K1 0/5; future B K2 0/5"),
    (KIBO | {"future_limit_days": 15}, "future A K1 0/5; future B K2 0/5"),
    (KIBO | {"future_limit_days": 14}, "backorder K1 0/5, K2 0/5"),
    (KIBO | {"future_limit_days": 12}, "backorder K1 0/5, K2 0/5"),
    (FUTURE | {"future_limit_days": 12}, "future A K1 0/5; backorder K2 0/5"),
    (FUTURE | {"future_limit_days": 9}, "future A K1 0/2; backorder K1 0/3, K2 0/5"),
    (FUTURE | {"future_limit_days": 0}, "backorder K1 0/5, K2 0/5"),
])  # fmt: skip
def test_what_is_due_inside_the_limit_is_dated(policy, shown):
    """Scenario 15."""
    after = planned(snapshot(order(1, BOTH, policy=policy), supplies=SPREAD))[1]

    assert look(after) == f"awaiting_stock: {shown}"
    assert pegged(after) == {(1, 1): 2, (1, 2): 3, (2, 3): 5}


@pytest.mark.parametrize("policy", [FUTURE, KIBO, FUTURE | {"max_shipments": 1}])
@pytest.mark.parametrize("wants", [[("K1", 2)], [("K1", 2), ("K3", 1)], BOTH])
def test_a_dated_shipment_is_always_a_child_also_where_all_goes_to_one_place(policy, wants):
    supplies = (*SPREAD, supply(1, "K3", due=4, number=4))
    story = Story(order(1, wants, policy=policy), supplies=supplies)
    dated = [part for part in story[1].live if part.status is ShipmentStatus.FUTURE]

    assert dated
    assert len({part.parent for part in dated} - {None, *(part.id for part in story[1].live)}) == 1
    assert None not in {part.parent for part in dated}


def test_a_dated_shipment_that_goes_back_and_is_dated_again_has_no_child_of_its_own():
    story = Story(order(1, [("K1", 2)], policy=FUTURE), supplies=[supply(2)])
    (first,) = story[1].live
    story.announced()
    assert look(story[1]) == "awaiting_stock: backorder K1 0/2"
    story.announced(supply(2, due=7, number=3))
    (second,) = story[1].live

    assert (second.id, second.parent, second.status) == (
        first.id, first.parent, ShipmentStatus.FUTURE,
    )  # fmt: skip


def test_a_dated_shipment_has_the_date_of_its_latest_peg():
    story = Story(order(1, BOTH, policy=KIBO | {"future_limit_days": 30}), supplies=SPREAD)

    assert dates(story[1]) == {"A": 10, "B": 15}
    assert [part.expected_on for part in story[1].live] == [day(10), day(15)]


def test_all_waits_until_its_last_unit_has_a_date():
    """Scenario 16."""
    mine = order(1, THREE, policy=KIBO)
    story = Story(mine, levels=[stock(5, "K2", "B")], supplies=UNDATED)
    assert look(story[1]) == "awaiting_stock: backorder K1 0/5, K2 5/5, K3 0/5"
    assert story.history[1] == ["allocated", "promise_given"]

    story.announced(*DATED)

    assert look(story[1]) == (
        "partially_backordered: ready B K2 5/5; future A K1 0/5; future B K3 0/5"
    )
    assert "split" in story.history[1]


def test_stock_that_came_later_is_taken_when_it_completes_what_is_dated():
    """Scenario 16, with the units of K2 found after the order."""
    story = Story(order(1, THREE, policy=KIBO), supplies=UNDATED).adjusted(5, "K2", "B")
    assert look(story[1]) == "awaiting_stock: backorder K1 0/5, K2 0/5, K3 0/5"

    story.announced(*DATED)

    assert look(story[1]) == (
        "partially_backordered: ready B K2 5/5; future A K1 0/5; future B K3 0/5"
    )


def test_any_part_goes_when_the_rest_has_no_date():
    story = Story(order(1, THREE, policy=FUTURE), levels=[stock(5, "K2", "B")], supplies=UNDATED)

    assert look(story[1]) == (
        "partially_backordered: ready B K2 5/5; future A K1 0/5; backorder K3 0/5"
    )


def test_all_sourced_means_all_in_stock_when_future_inventory_is_off():
    story = Story(order(1, BOTH, policy={"release_when": "all_sourced"}), levels=[stock(5)],
                  supplies=[supply(5, "K2")])  # fmt: skip
    assert look(story[1]) == "awaiting_stock: backorder K1 5/5, K2 0/5"

    assert look(story.received(5)[1]) == "awaiting_pick_and_pack: ready A K1 5/5, K2 5/5"


# --- per product ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "shown"), [
    (FUTURE, "future A K1 0/5; backorder K2 0/5"),
    (KIBO, "backorder K1 0/5, K2 0/5"),
])  # fmt: skip
def test_a_product_stays_when_it_is_switched_off_for_it(policy, shown):
    after = planned(
        snapshot(
            order(1, BOTH, policy=policy),
            supplies=SPREAD,
            products=[Product("K2", future_allowed=False)],
        )
    )[1]

    assert look(after) == f"awaiting_stock: {shown}"
    assert pegged(after)[2, 3] == 5


# --- as it goes on -------------------------------------------------------------------------------


def test_a_dated_shipment_is_released_place_by_place_as_its_stock_comes():
    supplies = [supply(5, due=10), supply(5, "K2", due=15, at="B", number=2)]
    story = Story(order(1, BOTH, policy=KIBO), supplies=supplies).later(9).received(5)
    assert look(story[1]) == "partially_backordered: ready A K1 5/5; future B K2 0/5"

    assert look(story.received(5, 2)[1]) == (
        "awaiting_pick_and_pack: ready A K1 5/5; ready B K2 5/5"
    )


def test_nothing_changes_in_the_next_plan_when_a_part_of_a_dated_shipment_came():
    story = Story(order(1, [("K1", 5)], policy=KIBO), supplies=SPREAD[:2]).received(2)
    once = story[1]

    assert story.later(0)[1] == once


def test_a_dated_shipment_gives_what_came_when_any_part_may_go():
    story = Story(order(1, BOTH, policy=FUTURE), supplies=SPREAD).received(2)

    assert look(story[1]) == (
        "partially_backordered: future B K2 0/5; ready A K1 2/2; future A K1 0/3"
    )


def test_a_dated_shipment_goes_back_when_nothing_is_left_to_peg():
    story = Story(order(1, BOTH, policy=FUTURE), supplies=SPREAD).announced(SPREAD[2])

    assert look(story[1]) == "awaiting_stock: backorder K1 0/5; future B K2 0/5"
    assert [part.expected_on for part in story[1].live] == [None, day(15)]


def test_a_dated_shipment_goes_back_when_its_date_has_passed():
    story = Story(order(1, [("K1", 2)], policy=FUTURE), supplies=[supply(2, due=3)]).later(3)
    assert dates(story[1]) == {"A": 3}

    assert look(story.later(1)[1]) == "awaiting_stock: backorder K1 0/2"


def test_a_dated_shipment_moves_when_its_date_does():
    story = Story(order(1, [("K1", 2)], policy=FUTURE), supplies=[supply(2, due=3)])
    assert dates(story.announced(supply(2, due=8))[1]) == {"A": 8}

    assert "date_moved" in story.history[1]
    assert look(story[1]) == "awaiting_stock: future A K1 0/2"


def test_a_dated_shipment_stays_where_it_is_when_other_places_have_supply():
    story = Story(order(1, [("K1", 2)], policy=FUTURE), supplies=[supply(2, due=3)])
    story.announced(supply(2, due=3, at="B", number=2))

    assert dates(story[1]) == {"B": 3}


def test_a_dated_shipment_goes_back_when_its_date_moves_beyond_the_limit():
    story = Story(order(1, [("K1", 2)], policy=FUTURE), supplies=[supply(2, due=3)])
    story.announced(supply(2, due=91))

    assert look(story[1]) == "awaiting_stock: backorder K1 0/2"
    assert pegged(story[1]) == {(1, 1): 2}


def test_a_shipment_becomes_dated_when_its_day_comes_inside_the_limit():
    story = Story(order(1, [("K1", 2)], policy=FUTURE), supplies=[supply(2, due=91)])
    assert look(story[1]) == "awaiting_stock: backorder K1 0/2"

    assert dates(story.later(1)[1]) == {"A": 91}


def test_all_goes_back_when_all_has_to_be_sourced_and_one_date_is_lost():
    """Each place is a shipment of its own by then: the other one keeps its date."""
    story = Story(order(1, BOTH, policy=KIBO | {"future_limit_days": 30}), supplies=SPREAD)
    story.announced(SPREAD[0], SPREAD[2])

    assert look(story[1]) == "awaiting_stock: backorder K1 0/5; future B K2 0/5"


def test_nothing_is_dated_when_the_policy_is_switched_off_again():
    story = Story(order(1, BOTH, policy=FUTURE), supplies=SPREAD).policy(1, max_shipments=None)

    assert {part.status for part in story[1].live} == {ShipmentStatus.BACKORDER}


# --- the last wave -------------------------------------------------------------------------------


def test_the_last_wave_is_one_dated_group_that_keeps_its_units():
    mine = order(1, BOTH, policy=FUTURE | {"max_shipments": 1})
    story = Story(mine, levels=[stock(5)], supplies=[SPREAD[2]])

    assert look(story[1]) == "awaiting_stock: future A K1 5/5; future B K2 0/5"
    assert dates(story[1]) == {"B": 15}
    assert story[1].waves_spent == 0

    assert look(story.received(5, 3)[1]) == (
        "awaiting_pick_and_pack: ready A K1 5/5; ready B K2 5/5"
    )


def test_the_group_goes_back_as_one_when_one_of_its_dates_is_lost():
    mine = order(1, BOTH, policy=FUTURE | {"max_shipments": 1})
    story = Story(mine, levels=[stock(5)], supplies=[SPREAD[2]]).announced()

    assert {part.status for part in story[1].live} == {ShipmentStatus.BACKORDER}
    assert story.units() == [5]


def test_nothing_of_the_last_wave_is_dated_when_one_unit_has_no_date():
    mine = order(1, THREE, policy=FUTURE | {"max_shipments": 1})
    given = snapshot(mine, supplies=DATED, levels=[stock(4, "K2", "B")])

    assert look(planned(given)[1]) == "awaiting_stock: backorder K1 0/5, K2 4/5, K3 0/5"


def test_nothing_changes_in_the_next_plan_when_the_first_of_two_waves_is_spent():
    mine = order(1, [("K1", 2), ("K2", 2)], policy=FUTURE | {"max_shipments": 2})
    story = Story(mine, levels=[stock(1)], supplies=[supply(1)])
    once = story[1]

    assert story.later(0)[1] == once
