"""What people do to one order, and what it makes of the others."""

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import lifecycle, manual

ALL_OR_NOTHING = {"max_shipments": 1}


# --- place in the queue --------------------------------------------------------------------------


def test_the_unit_moves_when_the_order_behind_is_put_first(warehouse):
    warehouse.stock(1, "K1")
    first = warehouse.order([("K1", 1), ("K2", 1)], policy=ALL_OR_NOTHING)
    second = warehouse.order([("K1", 1)])
    assert (warehouse.allocated(first), warehouse.allocated(second)) == (1, 0)
    warehouse.do(manual.priority(warehouse.number(second), 40))

    assert warehouse.parts(second) == [("ready", "A", 1)]
    assert warehouse.status(first) == "awaiting_stock"
    assert warehouse.allocated(first) == 0
    assert warehouse.one("SELECT priority FROM orders WHERE id = :id", id=second) == 40


@pytest.mark.parametrize("rebalance", ["waiting", "unpicked"])
def test_a_released_order_loses_its_units_only_when_rebalance_says_unpicked(warehouse, rebalance):
    warehouse.settings(rebalance=rebalance)
    warehouse.stock(5)
    later = warehouse.order([("K1", 5)], priority=60)
    waiting = warehouse.order([("K1", 5)], priority=70)
    warehouse.do(manual.priority(warehouse.number(waiting), 20))

    takes = rebalance == "unpicked"
    assert (warehouse.allocated(waiting), warehouse.allocated(later)) == (
        5 * takes,
        5 * (not takes),
    )
    assert warehouse.status(waiting if takes else later) == "awaiting_pick_and_pack"


def test_a_picked_order_keeps_its_units_when_another_is_put_first(warehouse):
    warehouse.settings(rebalance="unpicked")
    warehouse.stock(5)
    picked = warehouse.order([("K1", 5)])
    waiting = warehouse.order([("K1", 5)])
    warehouse.start_picking(warehouse.shipments("ready")[0])
    warehouse.do(manual.priority(warehouse.number(waiting), 20))

    assert (warehouse.allocated(picked), warehouse.allocated(waiting)) == (5, 0)


@pytest.mark.parametrize("rebalance", ["waiting", "unpicked"])
def test_a_new_urgent_order_takes_from_a_later_one_that_waits(warehouse, rebalance):
    warehouse.settings(rebalance=rebalance)
    warehouse.stock(3)
    waiting = warehouse.order([("K1", 5)], policy=ALL_OR_NOTHING)
    urgent = warehouse.order([("K1", 2)], priority=10)

    assert warehouse.parts(urgent) == [("ready", "A", 2)]
    assert warehouse.allocated(waiting) == 1


def test_both_behind_are_served_when_the_head_is_cancelled(warehouse):
    warehouse.stock(2)
    head = warehouse.order([("K1", 3)], policy=ALL_OR_NOTHING)
    behind = [warehouse.order([("K1", 1)]) for _ in range(2)]
    change = lifecycle.cancel(warehouse.number(head))
    assert set(warehouse.preview(change)) == {warehouse.number(each) for each in (head, *behind)}
    warehouse.do(change)

    assert [warehouse.parts(each) for each in behind] == [[("ready", "A", 1)]] * 2
    assert warehouse.refusal(change) == "nothing_to_cancel"


def test_the_other_line_wins_when_one_line_of_the_head_is_cancelled(warehouse):
    warehouse.stock(2)
    head = warehouse.order([("K1", 2), ("K1", 1)], policy=ALL_OR_NOTHING)
    behind = [warehouse.order([("K1", 1)]) for _ in range(2)]
    warehouse.edit(head, {1: ("K1", 2)}, revision=1)

    assert warehouse.parts(head) == [("ready", "A", 2)]
    assert [warehouse.allocated(each) for each in behind] == [0, 0]


# --- policy --------------------------------------------------------------------------------------


def test_the_allocated_part_goes_at_once_when_all_or_nothing_is_lifted(warehouse):
    warehouse.stock(3)
    mine = warehouse.order([("K1", 5)], policy=ALL_OR_NOTHING)
    assert warehouse.parts(mine) == [("backorder", None, 5)]
    warehouse.do(manual.policy(warehouse.number(mine), {"max_shipments": None}))

    assert warehouse.parts(mine) == [("ready", "A", 3), ("backorder", None, 2)]
    assert warehouse.read(mine)["policy"]["max_shipments"] == {"value": None, "scope": "order"}


def test_the_merchants_setting_counts_again_when_the_orders_own_is_given_up(warehouse):
    warehouse.stock(3)
    mine = warehouse.order([("K1", 5)], policy=ALL_OR_NOTHING)
    warehouse.do(manual.policy(warehouse.number(mine), {}, ["max_shipments"]))

    assert warehouse.parts(mine) == [("ready", "A", 3), ("backorder", None, 2)]
    found = warehouse.read(mine)["policy"]["max_shipments"]
    assert found == {"value": None, "scope": "built in"}


def test_a_preset_may_be_named_when_an_orders_policy_changes(warehouse):
    mine = warehouse.order([("K1", 5)])
    asked = {"preset": "kibo.future", "future_limit_days": 10}
    warehouse.do(manual.policy(warehouse.number(mine), asked))

    policy = warehouse.read(mine)["policy"]
    assert policy["release_when"] == {"value": "all_sourced", "scope": "order"}
    assert policy["future_limit_days"] == {"value": 10, "scope": "order"}


def test_a_knob_that_relies_on_another_of_the_order_is_taken(warehouse):
    mine = warehouse.order(policy={"auto_allocate": "due_within", "auto_allocate_within_days": 3})
    number = warehouse.number(mine)
    warehouse.do(manual.policy(number, {"auto_allocate": "always"}))
    warehouse.do(manual.policy(number, {"auto_allocate": "due_within"}))

    assert warehouse.read(mine)["policy"]["auto_allocate_within_days"]["value"] == 3


@pytest.mark.parametrize(
    ("knobs", "unset", "field"),
    [
        ({"max_shipments": 0}, [], "set.max_shipments"),
        ({"speed": 1}, [], "set.speed"),
        ({"preset": "kibo.none"}, [], "set.preset"),
        ({"rebalance": "off"}, [], "set.rebalance"),
        ({"auto_allocate": "due_within"}, [], "set.auto_allocate_within_days"),
        ({}, ["max_shipments", "speed"], "unset[1]"),
        ({"max_shipments": 2}, ["max_shipments"], "unset[0]"),
    ],
)
def test_a_policy_is_refused_naming_the_field_when_it_makes_no_sense(
    warehouse, knobs, unset, field
):
    number = warehouse.number(warehouse.order())
    with pytest.raises(RefusedError) as refusal:
        warehouse.do(manual.policy(number, knobs, unset))

    assert (refusal.value.code, refusal.value.fields[0]["field"]) == ("bad_policy", field)


# --- location ------------------------------------------------------------------------------------


def test_units_elsewhere_are_given_back_when_an_order_is_locked(warehouse):
    warehouse.stock(2, at="A")
    mine = warehouse.order([("K1", 2)])
    behind = warehouse.order([("K1", 2)])
    warehouse.do(manual.lock(warehouse.number(mine), "B"))

    assert warehouse.parts(mine) == [("backorder", None, 2)]
    assert warehouse.parts(behind) == [("ready", "A", 2)]
    (waiting,) = warehouse.read(mine)["shipments"]
    assert (waiting["location"], waiting["assigned_location"]) == (None, "B")
    assert waiting["lines"][0]["allocated"] == 0
    warehouse.stock(2, at="B")
    assert warehouse.parts(mine) == [("ready", "B", 2)]
    assert warehouse.read(mine)["shipments"][0]["assigned_location"] is None


def test_any_location_serves_when_an_order_is_unlocked(warehouse):
    warehouse.stock(2, at="A")
    mine = warehouse.order([("K1", 2)], lock_location="B")
    assert warehouse.allocated(mine) == 0
    warehouse.do(manual.lock(warehouse.number(mine), None))

    assert warehouse.parts(mine) == [("ready", "A", 2)]


def test_a_lock_is_refused_when_the_location_does_not_serve_or_the_order_is_picked_up(warehouse):
    warehouse.location("C", active=False)
    plain, pickup = warehouse.order(), warehouse.order(pickup_location="A")

    assert warehouse.refusal(manual.lock(warehouse.number(plain), "C")) == "unknown_location"
    assert warehouse.refusal(manual.lock(warehouse.number(pickup), "B")) == "picked_up"


# --- units ---------------------------------------------------------------------------------------


def test_a_line_takes_nothing_by_itself_when_it_was_unallocated(warehouse):
    warehouse.stock(2)
    mine = warehouse.order([("K1", 2)])
    behind = warehouse.order([("K1", 2)])
    number = warehouse.number(mine)
    warehouse.do(manual.unallocate(number))
    assert warehouse.parts(behind) == [("ready", "A", 2)]
    warehouse.receive(purchase := warehouse.purchase([("K1", 3)]), {1: 3})
    warehouse.serve(purchase)
    third = warehouse.order([("K1", 1)])

    assert warehouse.allocated(mine) == 0
    assert warehouse.parts(third) == [("ready", "A", 1)]
    assert warehouse.read(mine)["lines"][0]["by_hand"]
    done = warehouse.do(manual.allocate(number))
    assert done["taken"] == [{"line": 1, "sku": "K1", "units": 2}]
    assert warehouse.parts(mine) == [("ready", "A", 2)]


def test_a_line_takes_stock_again_when_by_hand_is_lifted(warehouse):
    warehouse.stock(2)
    mine = warehouse.order([("K1", 2)])
    number = warehouse.number(mine)
    warehouse.do(manual.unallocate(number, 1))
    warehouse.do(manual.resume_allocation(number, 1))

    assert warehouse.parts(mine) == [("ready", "A", 2)]
    assert warehouse.refusal(manual.resume_allocation(number)) == "not_by_hand"


def test_a_gated_order_takes_only_free_units_when_it_is_allocated_by_hand(warehouse):
    never = {"auto_allocate": "never", "max_shipments": 1}
    mine = warehouse.order([("K1", 4)], policy=never)
    later = warehouse.order([("K1", 1), ("K2", 1)], policy=ALL_OR_NOTHING)
    warehouse.stock(3)
    done = warehouse.do(manual.allocate(warehouse.number(mine), 1))

    assert done["taken"] == [{"line": 1, "sku": "K1", "units": 2}]
    assert (warehouse.allocated(mine), warehouse.allocated(later)) == (2, 1)
    assert warehouse.refusal(manual.allocate(warehouse.number(mine))) == "nothing_free"


def test_a_line_waits_by_hand_when_it_is_marked_backordered(warehouse):
    warehouse.stock(2, "K1")
    warehouse.stock(2, "K2")
    mine = warehouse.order([("K1", 2), ("K2", 2)])
    warehouse.do(manual.mark_backordered(warehouse.number(mine), 1))

    assert sorted(warehouse.parts(mine), key=str) == [("backorder", None, 2), ("ready", "A", 2)]
    assert [line["by_hand"] for line in warehouse.read(mine)["lines"]] == [True, False]
    assert warehouse.refusal(manual.mark_backordered(warehouse.number(mine), 9)) == "unknown_line"


# --- back to ship, splitting, removing -----------------------------------------------------------


def test_back_to_ship_takes_what_is_there_and_tells_what_is_short(warehouse):
    mine = warehouse.order([("K1", 5)], policy={"auto_allocate": "never"})
    warehouse.stock(3)
    assert warehouse.allocated(mine) == 0
    told = warehouse.do(manual.back_to_ship(warehouse.number(mine)))

    assert told["taken"] == [{"line": 1, "sku": "K1", "units": 3}]
    assert told["short"] == [{"line": 1, "sku": "K1", "units": 2}]
    assert (told["released"], told["why_not_released"]) == (3, None)
    assert warehouse.parts(mine) == [("ready", "A", 3), ("backorder", None, 2)]


def test_back_to_ship_releases_nothing_and_says_why_when_it_is_all_or_nothing(warehouse):
    policy = {"auto_allocate": "never", "max_shipments": 1}
    mine = warehouse.order([("K1", 5)], policy=policy)
    warehouse.stock(3)
    told = warehouse.do(manual.back_to_ship(warehouse.number(mine)))

    assert (told["taken"][0]["units"], told["short"][0]["units"], told["released"]) == (3, 2, 0)
    assert told["why_not_released"]["code"] == "all_or_nothing"
    assert warehouse.parts(mine) == [("backorder", None, 5)]


@pytest.mark.parametrize("change", [manual.split, manual.remove_unavailable])
def test_it_is_refused_when_nothing_is_allocated(warehouse, change):
    mine = warehouse.order([("K1", 5)])
    assert warehouse.refusal(change(warehouse.number(mine))) == "nothing_allocated"


def test_what_is_allocated_goes_beyond_the_limit_when_a_person_splits(warehouse):
    warehouse.stock(3)
    mine = warehouse.order([("K1", 5)], policy=ALL_OR_NOTHING)
    warehouse.do(manual.split(warehouse.number(mine)))

    assert warehouse.parts(mine) == [("ready", "A", 3), ("backorder", None, 2)]
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": 1}
    kinds = [
        row.kind
        for row in warehouse.rows("SELECT kind FROM happening WHERE order_id = :id", id=mine)
    ]
    assert "beyond_max_shipments" in kinds


def test_the_rest_goes_when_what_is_unavailable_is_removed(warehouse):
    warehouse.stock(3)
    mine = warehouse.order([("K1", 5)], policy=ALL_OR_NOTHING)
    warehouse.do(manual.remove_unavailable(warehouse.number(mine)))

    assert warehouse.parts(mine) == [("ready", "A", 3)]
    assert warehouse.read(mine)["lines"][0]["cancelled"] == 2


def test_a_wave_is_given_back_when_its_shipment_is_sent_back(warehouse):
    """B does not join the wave of A; sent back, the two go as one parcel, and C goes last."""
    warehouse.stock(1, "K1")
    mine = warehouse.order([("K1", 1), ("K2", 1), ("K3", 1)], policy={"max_shipments": 2})
    number = warehouse.number(mine)
    (a,) = warehouse.shipments("ready")
    warehouse.stock(1, "K2")
    assert sorted(warehouse.parts(mine)) == [("backorder", None, 2), ("ready", "A", 1)]
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": 1}
    warehouse.do(manual.send_back(number, a))

    assert sorted(warehouse.parts(mine), key=str) == [("backorder", None, 1), ("ready", "A", 2)]
    waves = {s["wave"] for s in warehouse.read(mine)["shipments"] if s["status"] == "ready"}
    assert waves == {1}
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": 1}
    warehouse.stock(1, "K3")
    assert {s["wave"] for s in warehouse.read(mine)["shipments"]} == {None, 1, 2}


def test_only_a_ready_shipment_is_sent_back(warehouse):
    warehouse.stock(1)
    mine = warehouse.order()
    number = warehouse.number(mine)
    (ready,) = warehouse.shipments("ready")
    warehouse.pick(ready)
    assert warehouse.refusal(manual.send_back(number, ready)) == "not_ready"
    warehouse.ship(ready)
    assert warehouse.refusal(manual.send_back(number, ready)) == "not_ready"
    assert warehouse.refusal(manual.send_back(number, ready + 1000)) == "unknown_shipment"
