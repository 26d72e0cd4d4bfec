"""A picker finds less than was asked (scenario 30)."""

from functools import partial
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from tests.builders import floor as hands
from tests.builders import moves
from tests.builders.calling import at_once, codes
from tests.builders.warehouse import Warehouse

ALL_OR_NOTHING = {"max_shipments": 1}
UP_TO_TWO = {"max_shipments": 2}


def begun(warehouse: Warehouse, units: int = 5, **more: Any) -> tuple[int, dict[str, Any]]:
    """An order of five that is being picked, and its list."""
    warehouse.stock(units)
    mine = warehouse.order([("K1", units)], **more)
    return mine, hands.take(warehouse)


def test_what_was_found_goes_on_and_the_rest_waits_when_parts_may_go(warehouse):
    mine, taken = begun(warehouse)
    answer = hands.short(warehouse, taken["id"], hands.place(taken), 3)

    assert (answer["short"], answer["went_on"]) == (2, True)
    assert warehouse.parts(mine) == [("picked", "A", 3), ("backorder", None, 2)]
    assert warehouse.level() == (3, 3)
    assert hands.tasks(warehouse) == [("count", "K1", "A", 2)]
    ledger = warehouse.rows("SELECT units, kind, reason FROM stock_ledger ORDER BY id DESC LIMIT 1")
    assert [tuple(row) for row in ledger] == [(-2, "adjustment", "not on the shelf")]
    after = hands.read(warehouse, taken["id"])
    assert (after["status"], after["walk"][0]["picked"], after["walk"][0]["short"]) == (
        "done",
        3,
        2,
    )
    (told,) = warehouse.happened(mine, "short_picked")
    assert told == {"shipment": 1, "line": 1, "sku": "K1", "found": 3, "units": 2, "location": "A"}


def test_all_of_it_waits_with_what_was_found_staged_when_parts_may_not_go(warehouse):
    mine, taken = begun(warehouse, policy=ALL_OR_NOTHING)
    answer = hands.short(warehouse, taken["id"], hands.place(taken), 3, container="BIN-7")

    assert (answer["short"], answer["went_on"]) == (2, False)
    assert warehouse.parts(mine) == [("backorder", None, 5)]
    assert warehouse.one("SELECT waves_spent FROM orders") == 0
    assert hands.containers(warehouse) == {"BIN-7": {1: 3}}
    after = hands.read(warehouse, taken["id"])
    assert (after["status"], after["walk"][0]["picked"], after["walk"][0]["short"]) == (
        "done",
        3,
        2,
    )

    warehouse.stock(2)
    assert warehouse.parts(mine) == [("ready", "A", 5)]
    again = hands.take(warehouse)
    assert [(walk["sku"], walk["units"]) for walk in again["walk"]] == [("K1", 2)]
    hands.confirm(warehouse, again["id"])
    (shipment,) = warehouse.shipments("picked")
    warehouse.ship(shipment)
    assert warehouse.status(mine) == "shipped"
    assert warehouse.level() == (0, 0)
    assert hands.containers(warehouse) == {}


@pytest.mark.parametrize("policy", [None, ALL_OR_NOTHING])
def test_all_of_it_waits_when_nothing_was_found(warehouse, policy):
    mine, taken = begun(warehouse, policy=policy or {})
    hands.short(warehouse, taken["id"], hands.place(taken), 0)

    assert warehouse.parts(mine) == [("backorder", None, 5)]
    assert warehouse.level() == (0, 0)
    assert hands.containers(warehouse) == {}
    assert hands.read(warehouse, taken["id"])["status"] == "done"
    warehouse.stock(5)
    assert warehouse.parts(mine) == [("ready", "A", 5)]


def test_the_rest_waits_at_its_rank_when_others_wait_behind_it(warehouse):
    mine, taken = begun(warehouse)
    later = warehouse.order([("K1", 2)])
    hands.short(warehouse, taken["id"], hands.place(taken), 3)
    warehouse.stock(2)

    assert warehouse.parts(mine) == [("picked", "A", 3), ("ready", "A", 2)]
    assert warehouse.parts(later) == [("backorder", None, 2)]


def test_the_rest_is_served_from_elsewhere_at_once_when_there_is_some(warehouse):
    mine, taken = begun(warehouse)
    warehouse.stock(4, at="B")
    hands.short(warehouse, taken["id"], hands.place(taken), 3)

    assert warehouse.parts(mine) == [("picked", "A", 3), ("ready", "B", 2)]


def test_it_all_goes_as_one_when_the_rest_is_elsewhere_and_parts_may_not_go(warehouse):
    mine, taken = begun(warehouse, policy=ALL_OR_NOTHING)
    warehouse.stock(4, at="B")
    hands.short(warehouse, taken["id"], hands.place(taken), 3)

    assert sorted(warehouse.parts(mine)) == [("ready", "A", 3), ("ready", "B", 2)]
    assert hands.containers(warehouse) == {warehouse.number(mine): {1: 3}}
    assert warehouse.one("SELECT waves_spent FROM orders") == 1


def test_a_later_waiting_order_gives_its_units_when_an_earlier_one_lost_some(warehouse):
    mine, taken = begun(warehouse)
    later = warehouse.order([("K1", 1), ("K2", 1)], policy=ALL_OR_NOTHING)
    warehouse.stock(1)
    assert warehouse.allocated(later) == 1
    hands.short(warehouse, taken["id"], hands.place(taken), 3)

    assert warehouse.parts(mine) == [("picked", "A", 3), ("ready", "A", 1), ("backorder", None, 1)]
    assert warehouse.allocated(later) == 0


def test_the_first_wave_goes_on_and_the_last_waits_for_all_when_up_to_two_may_go(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5), ("K2", 1)], policy=UP_TO_TWO)
    taken = hands.take(warehouse)
    hands.short(warehouse, taken["id"], hands.place(taken), 3)
    assert warehouse.parts(mine) == [("picked", "A", 3), ("backorder", None, 1),
                                     ("backorder", None, 2)]  # fmt: skip

    warehouse.stock(2)
    assert not warehouse.shipments("ready")
    warehouse.stock(1, "K2")
    assert len(warehouse.shipments("ready")) == 1
    assert warehouse.one("SELECT waves_spent FROM orders") == 2


def test_the_last_wave_waits_again_when_it_is_short_and_up_to_two_may_go(warehouse):
    warehouse.stock(1, "K2")
    mine = warehouse.order([("K1", 5), ("K2", 1)], policy=UP_TO_TWO)
    (first,) = warehouse.shipments("ready")
    warehouse.pick(first)
    warehouse.ship(first)
    warehouse.stock(5)
    taken = hands.take(warehouse)
    answer = hands.short(warehouse, taken["id"], hands.place(taken), 3)

    assert not answer["went_on"]
    assert warehouse.parts(mine) == [("backorder", None, 5)]
    assert warehouse.one("SELECT waves_spent FROM orders") == 1


@pytest.mark.parametrize(
    "policy",
    [
        {"release_when": "all_sourced"},
        {"hold_if_due_within_days": 7},
    ],
)
def test_it_waits_again_when_the_policy_would_not_let_go_what_was_found(warehouse, policy):
    warehouse.purchase([("K1", 9)], due=3)
    mine, taken = begun(warehouse, policy=policy)
    answer = hands.short(warehouse, taken["id"], hands.place(taken), 3)

    assert not answer["went_on"]
    assert warehouse.parts(mine) == [("backorder", None, 5)]


def test_the_other_lines_go_on_when_one_of_several_is_short(warehouse):
    warehouse.stock(5)
    warehouse.stock(2, "K2")
    mine = warehouse.order([("K1", 5), ("K2", 2)])
    taken = hands.take(warehouse)
    hands.short(warehouse, taken["id"], hands.place(taken), 3)

    assert warehouse.parts(mine) == [("picking", "A", 5), ("backorder", None, 2)]
    assert hands.confirm(warehouse, taken["id"])["status"] == "done"
    assert warehouse.parts(mine) == [("picked", "A", 5), ("backorder", None, 2)]


def test_what_is_in_hands_of_every_line_is_staged_when_one_is_short(warehouse):
    warehouse.stock(5)
    warehouse.stock(4, "K2")
    mine = warehouse.order([("K1", 5), ("K2", 4)], policy=ALL_OR_NOTHING)
    taken = hands.take(warehouse)
    hands.confirm(warehouse, taken["id"], {hands.place(taken, "K2"): 1})
    hands.short(warehouse, taken["id"], hands.place(taken), 3)

    assert warehouse.parts(mine) == [("backorder", None, 9)]
    assert hands.containers(warehouse) == {warehouse.number(mine): {1: 3, 2: 1}}
    assert [walk["picked"] for walk in hands.read(warehouse, taken["id"])["walk"]] == [3, 1]


def test_what_was_confirmed_counts_as_found(warehouse):
    mine, taken = begun(warehouse)
    place = hands.place(taken)
    hands.confirm(warehouse, taken["id"], {place: 2})
    for found, code in ((1, "less_than_picked"), (5, "nothing_short"), (9, "nothing_short")):
        with pytest.raises(RefusedError) as refusal:
            hands.short(warehouse, taken["id"], place, found)
        assert refusal.value.code == code
    hands.short(warehouse, taken["id"], place, 3)

    assert warehouse.parts(mine) == [("picked", "A", 3), ("backorder", None, 2)]


def test_it_is_done_once_when_the_command_comes_twice_at_once(warehouse):
    mine, taken = begun(warehouse)
    short = partial(hands.short, warehouse, taken["id"], hands.place(taken), 3, key="s-1")
    assert codes(at_once(*[short] * 4)) == []

    assert warehouse.level() == (3, 3)
    assert warehouse.parts(mine) == [("picked", "A", 3), ("backorder", None, 2)]


def test_one_is_refused_when_two_say_what_is_missing_at_once(warehouse):
    _, taken = begun(warehouse)
    short = partial(hands.short, warehouse, taken["id"], hands.place(taken), 3)
    assert codes(at_once(short, short)) == ["step_not_allowed"]

    assert warehouse.level() == (3, 3)


def test_nothing_is_lost_when_a_short_pick_meets_a_cancel_and_a_count(warehouse):
    for _ in range(5):
        mine, taken = begun(warehouse)
        results = at_once(
            partial(hands.short, warehouse, taken["id"], hands.place(taken), 3),
            partial(warehouse.cancel, mine),
            partial(warehouse.stock, 1),
        )
        assert codes(results) in ([], ["not_on_list"], ["step_not_allowed"])
        moves.count(warehouse, {"K1": 0})


def test_it_is_refused_when_stock_is_not_managed(warehouse):
    warehouse.products("U1", manage_stock=False)
    warehouse.order([("U1", 3)])
    taken = hands.take(warehouse)
    with pytest.raises(RefusedError) as refusal:
        hands.short(warehouse, taken["id"], hands.place(taken, "U1"), 1)

    assert refusal.value.code == "not_managed"
