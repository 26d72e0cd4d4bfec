"""Pick and stage: units in containers that are still claimed, waiting and in the plan."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import manual as by_hand
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.staged import list_staged, staging_suggestions
from tests.builders import floor as hands
from tests.builders.calling import at_once, codes
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse

ALL_OR_NOTHING = {"max_shipments": 1}


def waiting(warehouse: Warehouse, units: int = 3, sku: str = "K1", **more) -> int:
    """An all-or-nothing order of five with three of them allocated at A."""
    warehouse.stock(units, sku)
    return warehouse.order([(sku, 5)], **({"policy": ALL_OR_NOTHING} | more))


def staged(warehouse: Warehouse, order: int) -> int:
    return int(
        warehouse.one(
            "SELECT coalesce(sum(a.staged), 0) FROM allocation a"
            " JOIN shipment_line l ON l.id = a.shipment_line WHERE l.order_id = :id",
            id=order,
        )
    )


def refusal_of(deed) -> str:
    with pytest.raises(RefusedError) as refusal:
        deed()
    return refusal.value.code


# --- in and out ----------------------------------------------------------------------------------


def test_only_the_rest_is_picked_and_all_leaves_at_once_when_it_was_staged(warehouse):
    mine = waiting(warehouse)
    answer = hands.stage(warehouse, mine, label="BIN-1")
    assert answer["container"] == "BIN-1"
    assert answer["staged"] == [{"line": 1, "sku": "K1", "units": 3}]
    assert warehouse.parts(mine) == [("backorder", None, 5)]
    assert warehouse.level() == (3, 3)

    warehouse.stock(2)
    taken = hands.take(warehouse)
    assert taken["walk"][0]["units"] == 2
    hands.confirm(warehouse, taken["id"])
    assert warehouse.level() == (5, 5)
    assert hands.containers(warehouse) == {"BIN-1": {1: 3}}
    (shipment,) = warehouse.shipments("picked")
    warehouse.ship(shipment)

    assert warehouse.level() == (0, 0)
    assert hands.containers(warehouse) == {}
    assert warehouse.status(mine) == "shipped"
    rows = warehouse.rows("SELECT units FROM stock_ledger WHERE kind = 'dispatch'")
    assert [row.units for row in rows] == [-5]


def test_units_go_into_the_orders_own_container_when_none_is_named(warehouse):
    mine = waiting(warehouse)
    hands.stage(warehouse, mine, {1: 1})
    hands.stage(warehouse, mine, {1: 1})
    assert hands.containers(warehouse) == {warehouse.number(mine): {1: 2}}

    hands.stage(warehouse, mine, label="OTHER")
    assert hands.containers(warehouse) == {warehouse.number(mine): {1: 2}, "OTHER": {1: 1}}


def two_waiting(warehouse: Warehouse) -> list[int]:
    """Two orders, each with one unit allocated and one to come."""
    warehouse.stock(2)
    return [warehouse.order([("K1", 1), ("K2", 1)], policy=ALL_OR_NOTHING) for _ in range(2)]


def test_a_label_is_refused_when_another_order_uses_it(warehouse):
    first, second = two_waiting(warehouse)
    hands.stage(warehouse, first, label="BIN-1")
    stage = partial(hands.stage, warehouse, second, label="BIN-1")
    assert refusal_of(stage) == "container_in_use"
    hands.unstage(warehouse, first)
    stage()

    assert hands.containers(warehouse) == {"BIN-1": {1: 1}}


def test_one_is_refused_when_two_orders_take_a_label_at_once(warehouse):
    stage = [partial(hands.stage, warehouse, mine, label="B") for mine in two_waiting(warehouse)]

    assert codes(at_once(*stage)) == ["container_in_use"]


@pytest.mark.parametrize(
    ("units", "code"),
    [({1: 4}, "more_than_there"), ({2: 1}, "unknown_line")],
)
def test_staging_is_refused_when_it_is_more_than_is_allocated(warehouse, units, code):
    mine = waiting(warehouse)

    assert refusal_of(lambda: hands.stage(warehouse, mine, units)) == code


def test_staging_is_refused_when_nothing_waits_with_units(warehouse):
    empty = warehouse.order([("K2", 1)])
    warehouse.stock(1)
    ready = warehouse.order([("K1", 1)])
    held = waiting(warehouse)
    warehouse.hold(held)
    found = [refusal_of(partial(hands.stage, warehouse, each)) for each in (empty, ready, held)]

    assert found == ["nothing_to_stage", "nothing_to_stage", "order_on_hold"]
    assert refusal_of(lambda: hands.unstage(warehouse, empty)) == "nothing_staged"


def test_units_move_again_when_they_are_back_on_the_shelf(warehouse):
    mine = waiting(warehouse)
    hands.stage(warehouse, mine)
    urgent = warehouse.order([("K1", 2)], priority=1)
    assert (warehouse.allocated(urgent), warehouse.allocated(mine)) == (0, 3)
    hands.unstage(warehouse, mine, {1: 2})

    assert (warehouse.allocated(urgent), warehouse.allocated(mine)) == (2, 1)
    assert hands.containers(warehouse) == {warehouse.number(mine): {1: 1}}
    assert hands.tasks(warehouse) == []


def test_one_wins_when_two_stage_the_same_units_at_once(warehouse):
    mine = waiting(warehouse)
    stage = partial(hands.stage, warehouse, mine, {1: 2})

    assert codes(at_once(stage, stage)) == ["more_than_there"]
    assert staged(warehouse, mine) == 2


# --- what the plan does with them ----------------------------------------------------------------


@pytest.mark.parametrize("rebalance", ["waiting", "unpicked"])
def test_nobody_takes_staged_units_when_he_ranks_earlier(warehouse, rebalance):
    warehouse.settings(rebalance=rebalance)
    mine = waiting(warehouse)
    hands.stage(warehouse, mine, {1: 2})
    urgent = warehouse.order([("K1", 3)], priority=1)

    assert (warehouse.allocated(urgent), warehouse.allocated(mine)) == (1, 2)


def test_staged_units_stay_where_they_are_when_one_place_could_serve_it_all(warehouse):
    warehouse.stock(2, at="B")
    mine = warehouse.order([("K1", 5)], policy=ALL_OR_NOTHING)
    hands.stage(warehouse, mine, at="B")
    warehouse.stock(9, at="A")

    assert sorted(warehouse.parts(mine)) == [("ready", "A", 3), ("ready", "B", 2)]


def test_staged_units_go_with_their_part_when_the_order_is_split(warehouse):
    warehouse.stock(2, at="B")
    warehouse.stock(1, at="A")
    mine = warehouse.order([("K1", 5), ("K2", 1)], policy=ALL_OR_NOTHING)
    hands.stage(warehouse, mine, at="B")
    warehouse.do(by_hand.split(warehouse.number(mine)))

    assert sorted(warehouse.parts(mine), key=str) == [
        ("backorder", None, 3), ("ready", "A", 1), ("ready", "B", 2),
    ]  # fmt: skip
    (at_b,) = [row.id for row in warehouse.rows("SELECT id FROM shipment WHERE location = 'B'")]
    taken = hands.take(warehouse, "B")
    assert (taken["status"], taken["walk"]) == ("done", [])
    assert warehouse.shipments("picked") == [at_b]
    warehouse.ship(at_b)
    assert hands.containers(warehouse) == {}


def test_a_count_below_what_is_staged_is_refused(warehouse):
    mine = waiting(warehouse)
    hands.stage(warehouse, mine, {1: 2})
    warehouse.stock(-1)
    assert warehouse.allocated(mine) == 2

    assert refusal_of(lambda: warehouse.stock(-1)) == "below_in_hands"


def test_staged_units_are_kept_when_the_order_is_held_or_unallocated(warehouse):
    mine = waiting(warehouse)
    hands.stage(warehouse, mine, {1: 2})
    warehouse.hold(mine)
    assert staged(warehouse, mine) == 2
    warehouse.stock(2)
    assert warehouse.parts(mine) == [("backorder", None, 5)]
    assert refusal_of(lambda: hands.take(warehouse)) == "nothing_to_pick"
    warehouse.unhold(mine)
    assert warehouse.parts(mine) == [("ready", "A", 5)]
    warehouse.do(by_hand.unallocate(warehouse.number(mine)))

    assert (staged(warehouse, mine), warehouse.allocated(mine)) == (2, 2)


def test_staged_units_are_free_and_to_be_put_back_when_the_order_is_cancelled(warehouse):
    mine = waiting(warehouse)
    hands.stage(warehouse, mine)
    other = warehouse.order([("K1", 3)])
    warehouse.cancel(mine)

    assert warehouse.parts(other) == [("ready", "A", 3)]
    assert hands.containers(warehouse) == {}
    assert hands.tasks(warehouse) == [("put_back", "K1", "A", 3)]


def test_staged_units_are_to_be_put_back_when_the_order_is_locked_elsewhere(warehouse):
    mine = waiting(warehouse)
    hands.stage(warehouse, mine)
    warehouse.do(by_hand.lock(warehouse.number(mine), "B"))

    assert hands.containers(warehouse) == {}
    assert hands.tasks(warehouse) == [("put_back", "K1", "A", 3)]


def test_one_wins_when_staging_meets_an_urgent_order(warehouse):
    for _ in range(5):
        mine = waiting(warehouse)
        urgent = warehouse.take([("K1", 3)], priority=1)
        results = at_once(
            partial(hands.stage, warehouse, mine, {1: 3}), partial(warehouse.claim, urgent)
        )
        expected = [(3, 0), (0, 3)][codes(results) != []]
        assert (staged(warehouse, mine), warehouse.allocated(urgent)) == expected
        warehouse.cancel(mine)
        warehouse.cancel(urgent)
        warehouse.stock(-3)


# --- by a list -----------------------------------------------------------------------------------


def test_what_waits_is_put_in_containers_when_a_list_is_for_staging(warehouse):
    first, second = waiting(warehouse), warehouse.order([("K1", 1), ("K2", 1)],
                                                        policy=ALL_OR_NOTHING)  # fmt: skip
    warehouse.stock(1, "K2")
    taken = hands.take(warehouse, to_stage=True)
    assert (taken["kind"], [(walk["sku"], walk["units"]) for walk in taken["walk"]]) == (
        "stage", [("K1", 3), ("K2", 1)],
    )  # fmt: skip
    assert refusal_of(lambda: hands.take(warehouse, to_stage=True)) == "nothing_to_pick"
    done = hands.confirm(warehouse, taken["id"], None, {warehouse.number(first): "BIN-1"})

    assert done["status"] == "done"
    assert hands.containers(warehouse) == {"BIN-1": {1: 3}, warehouse.number(second): {2: 1}}
    assert warehouse.parts(first) == [("backorder", None, 5)]
    assert refusal_of(lambda: hands.unpick(warehouse, taken["id"])) == "nothing_picked"


def test_less_is_left_on_a_staging_list_when_the_plan_gave_units_away(warehouse):
    mine = waiting(warehouse)
    taken = hands.take(warehouse, to_stage=True)
    warehouse.order([("K1", 2)], priority=1)
    place = hands.place(taken)
    assert hands.read(warehouse, taken["id"])["walk"][0]["left"] == 1
    assert refusal_of(lambda: hands.confirm(warehouse, taken["id"], {place: 3})) == (
        "more_than_there"
    )
    hands.confirm(warehouse, taken["id"])
    assert staged(warehouse, mine) == 1
    hands.give_up(warehouse, taken["id"])

    assert hands.read(warehouse, taken["id"])["status"] == "given_up"


@pytest.mark.parametrize("ending", ["cancel", "stock", "stage", "lock"])
def test_a_staging_list_is_done_when_nothing_of_it_can_be_staged_any_more(warehouse, ending):
    both = {"K1": waiting(warehouse), "K2": waiting(warehouse, sku="K2")}
    taken = hands.take(warehouse, to_stage=True)
    endings: dict[str, Callable[[str], Any]] = {
        "cancel": lambda sku: warehouse.cancel(both[sku]),
        "stock": lambda sku: warehouse.stock(2, sku),
        "stage": lambda sku: hands.stage(warehouse, both[sku]),
        "lock": lambda sku: warehouse.do(by_hand.lock(warehouse.number(both[sku]), "B")),
    }

    endings[ending]("K1")
    half = hands.read(warehouse, taken["id"])
    endings[ending]("K2")

    done = hands.read(warehouse, taken["id"])
    assert (half["status"], [stop["left"] for stop in half["walk"]]) == ("picking", [0, 3])
    assert (done["status"], [stop["left"] for stop in done["walk"]]) == ("done", [0, 0])


def test_every_waiting_shipment_is_on_one_list_when_four_take_at_once(warehouse):
    warehouse.stock(8)
    for _ in range(8):
        warehouse.order([("K1", 1), ("K2", 1)], policy=ALL_OR_NOTHING)
    take = partial(hands.take, warehouse, to_stage=True, most_shipments=3)
    at_once(*[take] * 4)
    while True:
        try:
            take()
        except RefusedError:
            break

    rows = warehouse.rows("SELECT shipment FROM pick_list_line")
    assert sorted(row.shipment for row in rows) == warehouse.shipments("backorder")


# --- seeing --------------------------------------------------------------------------------------


def test_staging_is_shown_with_what_its_orders_wait_for_and_for_how_long(warehouse):
    mine = waiting(warehouse)
    hands.stage(warehouse, mine, label="BIN-1")
    warehouse.clock.pass_days(2)
    (shown,) = plain(warehouse.store.read(MERCHANT, lambda tx: list_staged(tx, Window(9))).items)

    assert (shown["label"], shown["order"], shown["seconds"]) == (
        "BIN-1", warehouse.number(mine), 2 * 86_400,
    )  # fmt: skip
    assert [(row["line"], row["sku"], row["units"]) for row in shown["lines"]] == [(1, "K1", 3)]
    assert shown["waits_for"] == [{"sku": "K1", "units": 2}]


def test_orders_that_wait_for_the_same_are_suggested_together(warehouse):
    warehouse.stock(6)
    same = [warehouse.order([("K1", 2), ("K2", 1)], policy=ALL_OR_NOTHING) for _ in range(2)]
    other = warehouse.order([("K1", 1), ("K3", 1)], policy=ALL_OR_NOTHING)
    found = plain(warehouse.store.read(MERCHANT, lambda tx: staging_suggestions(tx, 9, ["A"])))

    assert [(each["waits_for"], each["order_count"], each["units"]) for each in found] == [
        ("K2", 2, 4),
        ("K3", 1, 1),
    ]
    assert [one["order"] for one in found[0]["orders"]] == [warehouse.number(one) for one in same]
    hands.stage(warehouse, other)
    found = plain(warehouse.store.read(MERCHANT, lambda tx: staging_suggestions(tx, 9, None)))
    assert [each["waits_for"] for each in found] == ["K2"]
