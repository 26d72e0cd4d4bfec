"""What becomes of a shortage at the order's first claim, and who may not be backordered."""

from dataclasses import replace
from typing import Any

import pytest

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.domain.model.supply import Product
from tests.builders.values import (
    allocated,
    claim,
    line,
    order,
    parts,
    pegged,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)
from tests.domain.stories import Story, look

STRICT = Product("K1", backorder_allowed=False)
WHOLE: dict[str, Any] = {"max_shipments": 1}


def first(number: int, wants: Any, on_shortage: str, **more: Any) -> Order:
    return order(number, wants, policy={"on_shortage": on_shortage} | more, first_claimed=True)


def shortage(kind: str, units: int = 5, there: int = 2, *, strict: bool = False) -> Order:
    """An order of so many K1 at its first claim, of which some are there."""
    products = [STRICT] if strict else []
    mine = first(1, [("K1", units)], kind)
    levels = [stock(there)] if there else []
    return planned(snapshot(mine, levels=levels, products=products, first_claims=[1]))[1]


# --- what becomes of it, by whether the product may be backordered -------------------------------


@pytest.mark.parametrize(("kind", "may_wait", "may_not_wait"), [
    ("wait", "partially_backordered: ready A K1 2/2; backorder K1 0/3", "rejected"),
    ("remove", "awaiting_pick_and_pack: ready A K1 2/2", "awaiting_pick_and_pack: ready A K1 2/2"),
    ("reject", "rejected", "rejected"),
    ("assign_nothing", "awaiting_stock: backorder K1 0/5", "rejected"),
])  # fmt: skip
def test_what_becomes_of_a_shortage_when_the_product_may_wait_or_not(kind, may_wait, may_not_wait):
    assert look(shortage(kind)) == may_wait
    assert look(shortage(kind, strict=True)) == may_not_wait


@pytest.mark.parametrize("kind", ["wait", "remove", "reject", "assign_nothing"])
def test_nothing_becomes_of_it_when_nothing_is_short(kind):
    assert look(shortage(kind, there=5)) == "awaiting_pick_and_pack: ready A K1 5/5"
    assert shortage(kind, there=5, strict=True).notes == ()


@pytest.mark.parametrize("kind", ["wait", "remove", "reject", "assign_nothing"])
def test_what_becomes_of_a_shortage_is_told_once_with_its_lines(kind):
    told = {note.kind: note.facts for note in shortage(kind).notes}
    lines = [{"line": 1, "sku": "K1", "units": 3}]

    assert (
        told
        == {
            "wait": {},
            "remove": {"shortage_removed": {"lines": lines, "policy": "on_shortage remove"}},
            "reject": {"rejected": {"lines": lines, "why": "on_shortage"}},
            "assign_nothing": {"assigned_nothing": {"lines": lines}},
        }[kind]
    )


@pytest.mark.parametrize("kind", ["remove", "reject", "assign_nothing"])
def test_later_shortages_wait_when_the_first_claim_is_over(kind):
    """An edit that adds units, or a count that takes some, is no first claim."""
    plan = planned(snapshot(first(1, [("K1", 5)], kind), levels=[stock(2)]))

    assert parts(plan[1]) == [("ready", "A", {1: 2}), ("backorder", None, {1: 3})]


# --- remove --------------------------------------------------------------------------------------


def test_what_is_missing_is_cancelled_and_the_rest_shipped():
    """Scenario 26."""
    some, none = shortage("remove"), shortage("remove", there=0)

    assert (some.lines[0].cancelled, allocated(some)) == (3, 2)
    assert none.status is OrderStatus.CANCELLED
    assert [note.kind for note in none.notes] == ["shortage_removed"]


def test_lines_that_are_missing_altogether_go_and_the_others_stay():
    mine = first(1, [("K1", 2), ("K2", 2), ("K3", 1)], "remove", **WHOLE)
    levels = [stock(2), stock(1, "K2")]
    after = planned(snapshot(mine, levels=levels, first_claims=[1]))[1]

    assert parts(after) == [("ready", "A", {1: 2, 2: 1})]
    assert [row.cancelled for row in after.lines] == [0, 1, 1]


def test_what_is_on_its_way_is_missing_when_it_does_not_count_as_met():
    mine = first(1, [("K1", 5)], "remove")
    coming = planned(
        snapshot(mine, levels=[stock(2)], supplies=[supply(9, due=1)], first_claims=[1])
    )

    assert coming[1].lines[0].cancelled == 3
    assert pegged(coming[1]) == {}


@pytest.mark.parametrize("kind", ["remove", "reject", "assign_nothing"])
def test_nothing_is_missing_when_a_peg_counts_as_met(kind):
    mine = first(1, [("K1", 5)], kind, min_po_status="arrived")
    supplies = [supply(3, status="arrived")]
    given = snapshot(mine, levels=[stock(2)], supplies=supplies, first_claims=[1])

    assert parts(planned(given)[1]) == [("ready", "A", {1: 5})]


def test_a_line_that_may_not_wait_is_met_when_its_peg_counts_as_met():
    mine = order(1, [("K1", 5)], policy={"min_po_status": "in_transit"})
    given = snapshot(
        mine, supplies=[supply(5, status="in_transit")], products=[STRICT], first_claims=[1]
    )

    assert parts(planned(given)[1]) == [("ready", "A", {1: 5})]


# --- reject and assign nothing -------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["reject", "assign_nothing"])
def test_the_next_gets_what_is_given_back(kind):
    mine = first(1, [("K1", 2), ("K2", 1)], kind)
    plan = planned(snapshot(mine, order(2, [("K1", 2)]), levels=[stock(2)], first_claims=[1, 2]))

    assert (allocated(plan[1]), allocated(plan[2])) == (0, 2)


@pytest.mark.parametrize("kind", ["reject", "assign_nothing"])
def test_units_taken_from_a_later_order_go_back_to_it(kind):
    row = line(units=3, id_=201, claims=[claim(2)])
    later = order(2, shipments=[shipment(row, id_=21)], policy=WHOLE)
    plan = planned(snapshot(first(1, [("K1", 3)], kind), later, first_claims=[1]))

    assert (allocated(plan[1]), allocated(plan[2])) == (0, 2)


def test_all_lines_are_by_hand_when_nothing_is_assigned():
    mine = first(1, [("K1", 1), ("K2", 1)], "assign_nothing")
    story = Story(mine, order(2), levels=[stock(1)])
    assert [row.by_hand for row in story[1].lines] == [True, True]

    story.adjusted(5, "K2")

    assert story.units() == [0, 1]
    assert look(story[1]) == "awaiting_stock: backorder K1 0/1, K2 0/1"


def test_a_rejected_order_says_it_may_not_wait_when_that_is_why():
    assert shortage("wait", strict=True).notes[0].facts["why"] == "backorder_not_allowed"


def test_an_order_is_asked_before_its_products_when_both_have_a_say():
    assert shortage("reject", strict=True).notes[0].facts["why"] == "on_shortage"
    assert shortage("remove", strict=True).status is OrderStatus.AWAITING_PICK_AND_PACK


def test_only_lines_that_are_short_are_asked_whether_they_may_wait():
    mine = order(1, [("K1", 1), ("K2", 1)])
    plan = planned(snapshot(mine, levels=[stock(1)], products=[STRICT], first_claims=[1]))

    assert parts(plan[1]) == [("ready", "A", {1: 1}), ("backorder", None, {2: 1})]


# --- how many units may wait ---------------------------------------------------------------------


def limited(units: int, *wants: int, levels: int = 0, elsewhere: int = 0) -> list[str]:
    """What becomes of orders of so many K1 that claim first, each ranking behind the one before."""
    asked = [first(number, [("K1", each)], "wait") for number, each in enumerate(wants, 1)]
    looked = snapshot(
        *asked,
        levels=[stock(levels)] if levels else [],
        products=[Product("K1", backorder_limit=units)],
        first_claims=range(1, len(wants) + 1),
    )
    plan = planned(replace(looked, waiting={"K1": elsewhere}))
    return ["rejected" if one.rejected else "taken" for one in plan.values()]


@pytest.mark.parametrize(
    ("result", "turn"),
    [
        ("taken taken rejected rejected", limited(10, 5, 5, 5, 5)),
        ("taken taken taken rejected", limited(10, 5, 5, 5, 5, levels=5)),
        ("taken taken taken rejected", limited(10, 5, 5, 5, 5, levels=7)),
        ("taken rejected taken", limited(10, 5, 8, 5)),
        ("taken rejected", limited(10, 5, 5, elsewhere=3)),
        ("rejected", limited(0, 1)),
        ("taken", limited(0, 1, levels=1)),
    ],
)
def test_no_more_units_wait_than_the_product_allows(result, turn):
    assert turn == result.split()


def test_an_order_that_waits_already_counts_and_is_not_asked_again():
    waits = order(2, [("K1", 5)], first_claimed=True)
    new = first(1, [("K1", 6)], "wait")
    looked = snapshot(waits, new, products=[Product("K1", backorder_limit=10)], first_claims=[1])
    plan = planned(looked)

    assert (plan[1].rejected, plan[2].rejected) == (True, False)
    assert plan[1].notes[0].facts["why"] == "backorder_limit"
