"""When stock that comes in is given to who waits: `auto_allocate`, `auto_allocate_on`, by hand."""

from dataclasses import replace
from typing import Any

import pytest

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.supply import Product
from tests.builders.values import (
    allocated,
    claim,
    claimed,
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
GATED: list[dict[str, Any]] = [NEVER, COMPLETE, {"auto_allocate": "due_within"}]


def due_within(days: int, **more: Any) -> dict[str, Any]:
    return {"auto_allocate": "due_within", "auto_allocate_within_days": days, **more}


def by_hand(mine: Order, number: int = 1) -> Order:
    return mine.with_lines([replace(mine.line(number), by_hand=True)])


# --- the first claim -----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [*GATED, {"auto_allocate_on": "po_status"}])
def test_the_first_claim_takes_what_there_is_whatever_the_gate(policy):
    mine = order(1, [("K1", 5)], policy=policy | WHOLE, first_claimed=False)
    plan = planned(snapshot(mine, levels=[stock(3)], first_claims=[1]))

    assert allocated(plan[1]) == 3


def test_the_gate_holds_when_the_first_claim_is_over():
    story = Story(order(1, [("K1", 5)], policy=NEVER | WHOLE), levels=[stock(3)])

    assert story.adjusted(2).units() == [3]


# --- always and never ----------------------------------------------------------------------------


def test_nothing_is_given_when_stock_is_never_given_by_itself():
    plan = planned(snapshot(order(1, [("K1", 5)], policy=NEVER), order(2), levels=[stock(5)]))

    assert (allocated(plan[1]), allocated(plan[2])) == (0, 1)


def test_what_is_held_is_kept_when_stock_is_never_given_by_itself():
    row = line(units=5, claims=[claim(2)])
    mine = order(1, shipments=[shipment(row)], policy=NEVER | WHOLE)

    assert allocated(planned(snapshot(mine, levels=[stock(9)]))[1]) == 2


# --- complete only -------------------------------------------------------------------------------


@pytest.mark.parametrize(("units", "given"), [(4, 0), (5, 5), (9, 5)])
def test_stock_is_given_when_it_completes_the_shipment(units, given):
    plan = planned(snapshot(order(1, [("K1", 5)], policy=COMPLETE), levels=[stock(units)]))

    assert allocated(plan[1]) == given


def test_the_next_is_served_when_stock_does_not_complete_the_first():
    """Scenario 10."""
    plan = planned(
        snapshot(
            order(1, [("K1", 7)], policy=COMPLETE | WHOLE),
            order(2, [("K1", 5)], policy=WHOLE),
            levels=[stock(5)],
        )
    )

    assert (allocated(plan[1]), parts(plan[2])) == (0, [("ready", "A", {1: 5})])


def test_all_lines_have_to_be_complete_when_only_that_counts():
    wants = [("K1", 2), ("K2", 2)]
    short = planned(snapshot(order(1, wants, policy=COMPLETE), levels=[stock(2), stock(1, "K2")]))
    full = planned(snapshot(order(1, wants, policy=COMPLETE), levels=[stock(2), stock(2, "K2")]))

    assert claimed(short[1]) == {}
    assert claimed(full[1]) == {(1, "A"): 2, (2, "A"): 2}


def test_what_is_held_counts_when_stock_completes_the_shipment():
    row = line(units=5, claims=[claim(3)])
    mine = order(1, shipments=[shipment(row)], policy=COMPLETE | WHOLE)

    assert allocated(planned(snapshot(mine, levels=[stock(1)]))[1]) == 3
    assert parts(planned(snapshot(mine, levels=[stock(2)]))[1]) == [("ready", "A", {1: 5})]


def test_each_shipment_counts_for_itself_when_an_order_waits_in_several():
    first = shipment(line(units=3), number=1, id_=11)
    second = shipment(line("K1", 2, number=2, id_=102), number=2, id_=12)
    mine = order(1, shipments=[first, second], policy=COMPLETE)
    plan = planned(snapshot(mine, levels=[stock(2)]))

    assert claimed(plan[1]) == {(2, "A"): 2}
    assert parts(plan[1]) == [("backorder", None, {1: 3}), ("ready", "A", {2: 2})]


def test_units_of_later_orders_count_when_they_complete_an_earlier_one():
    later = order(
        2, shipments=[shipment(line(units=5, id_=201, claims=[claim(3)]), id_=21)], policy=WHOLE
    )
    plan = planned(snapshot(order(1, [("K1", 4)], policy=COMPLETE), later, levels=[stock(1)]))

    assert (allocated(plan[1]), allocated(plan[2])) == (4, 0)


def test_nothing_is_taken_from_later_orders_when_it_would_not_complete_the_shipment():
    later = order(
        2, shipments=[shipment(line(units=5, id_=201, claims=[claim(3)]), id_=21)], policy=WHOLE
    )
    plan = planned(snapshot(order(1, [("K1", 4)], policy=COMPLETE), later))

    assert (allocated(plan[1]), allocated(plan[2])) == (0, 3)


def test_dated_units_count_when_future_inventory_may_release_the_rest():
    policy = COMPLETE | {"future_inventory": True}
    given = snapshot(order(1, [("K1", 5)], policy=policy), levels=[stock(2)], supplies=[supply(3)])

    assert parts(planned(given)[1]) == [("ready", "A", {1: 2}), ("future", "A", {1: 3})]


def test_what_never_runs_out_counts_as_there_when_stock_completes_the_rest():
    mine = order(1, [("K1", 1), ("K2", 1)], policy=COMPLETE)
    given = snapshot(mine, levels=[stock(1, "K2")], products=[Product("K1", managed=False)])

    assert parts(planned(given)[1]) == [("ready", "A", {1: 1, 2: 1})]


# --- due within ----------------------------------------------------------------------------------


def test_stock_is_given_on_the_day_from_which_the_rest_is_due_in_time():
    """Scenario 20."""
    mine = order(1, [("K1", 10)], policy=due_within(2, **WHOLE))
    story = Story(mine, supplies=[supply(6, due=3), supply(4, due=3, number=2)])
    story.received(6)

    assert story.units() == [0]
    assert story.later(1).units() == [6]
    assert look(story[1]) == "awaiting_stock: backorder K1 6/10"


@pytest.mark.parametrize(("days", "given"), [(5, 6), (3, 6), (2, 0), (0, 0)])
def test_stock_is_given_when_what_is_then_missing_is_due_in_time(days, given):
    plan = planned(
        snapshot(
            order(1, [("K1", 10)], policy=due_within(days, **WHOLE)),
            levels=[stock(6)],
            supplies=[supply(4, due=3)],
        )
    )

    assert allocated(plan[1]) == given


def test_nothing_is_given_when_one_missing_unit_has_no_date():
    mine = order(1, [("K1", 3), ("K2", 3)], policy=due_within(9))
    supplies = [supply(2, due=3), supply(2, "K2", due=3, number=2)]
    plan = planned(snapshot(mine, levels=[stock(1)], supplies=supplies))

    assert claimed(plan[1]) == {}


def test_only_what_would_still_be_missing_has_to_be_due():
    mine = order(1, [("K1", 3), ("K2", 3)], policy=due_within(9, **WHOLE))
    plan = planned(snapshot(mine, levels=[stock(3)], supplies=[supply(3, "K2", due=9)]))

    assert claimed(plan[1]) == {(1, "A"): 3}


# --- which events --------------------------------------------------------------------------------


def test_nothing_is_given_by_an_adjustment_when_only_a_po_that_moves_counts():
    """Scenario 19."""
    mine = order(1, [("K1", 10)], policy={"auto_allocate_on": "po_status"})
    story = Story(mine, supplies=[supply(5, due=20, status="approved")])

    assert story.adjusted(10).units() == [0]
    assert story.po("in_transit").units() == [10]


def test_only_the_queue_whose_po_moved_is_served_when_only_that_counts():
    mine = order(1, [("K1", 1), ("K2", 1)], policy={"auto_allocate_on": "po_status"})
    plan = planned(snapshot(mine, levels=[stock(1), stock(1, "K2")], by_po_status=["K2"]))

    assert claimed(plan[1]) == {(2, "A"): 1}


def test_units_pass_by_when_only_a_po_that_moves_counts_for_the_first():
    mine = order(1, policy={"auto_allocate_on": "po_status"})
    plan = planned(snapshot(mine, order(2), levels=[stock(1)]))

    assert (allocated(plan[1]), allocated(plan[2])) == (0, 1)


def test_units_move_back_when_a_po_moves_and_the_later_order_still_waits():
    mine = order(1, policy={"auto_allocate_on": "po_status"})
    later = order(2, [("K1", 2)], policy=WHOLE)
    story = Story(mine, later).adjusted(1)
    assert story.units() == [0, 1]

    story.announced(supply(1, status="approved")).po("arrived")

    assert story.units() == [1, 0]


def test_both_gates_have_to_open_when_both_are_closed():
    policy = COMPLETE | {"auto_allocate_on": "po_status"}
    given = snapshot(order(1, [("K1", 3)], policy=policy), levels=[stock(2)], by_po_status=["K1"])
    enough = replace(given, levels=(stock(3),))

    assert allocated(planned(given)[1]) == 0
    assert allocated(planned(enough)[1]) == 3
    assert allocated(planned(replace(enough, by_po_status=frozenset()))[1]) == 0


# --- by hand -------------------------------------------------------------------------------------


def test_a_line_takes_nothing_by_itself_when_it_is_by_hand():
    """Scenario 33c."""
    mine = by_hand(order(1, [("K1", 2), ("K2", 1)]))
    plan = planned(snapshot(mine, order(2), levels=[stock(1), stock(1, "K2")]))

    assert claimed(plan[1]) == {(2, "A"): 1}
    assert allocated(plan[2]) == 1


def test_a_line_competes_by_rank_again_when_a_person_lifts_that():
    mine = by_hand(order(1, [("K1", 2)]))
    story = Story(mine, order(2, [("K1", 3)], policy=WHOLE)).adjusted(2)
    assert story.units() == [0, 2]

    assert story.changed(order(1, [("K1", 2)])).units() == [2, 0]


def test_a_line_by_hand_keeps_what_it_holds():
    mine = by_hand(order(1, shipments=[shipment(line(units=3, claims=[claim(2)]))], policy=WHOLE))

    assert allocated(planned(snapshot(mine, levels=[stock(9)]))[1]) == 2


def test_a_line_by_hand_takes_no_peg():
    mine = by_hand(order(1, [("K1", 2)]))
    plan = planned(snapshot(mine, supplies=[supply(2)]))

    assert [tie for row in plan[1].waiting[0].lines for tie in row.pegs] == []
