"""Work that pickers take: who gets what, in which order, and what becomes of it."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.floor.packing import Contents
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands import catalogue, floor, intake
from fulfillment.store.commands.floor import packing
from fulfillment.store.commands.orders import lifecycle
from fulfillment.store.commands.orders.line_changes import cancelling_units
from fulfillment.store.commands.supply import stock
from fulfillment.store.records.loading import EVERYBODY
from fulfillment.store.transactions.session import Command
from tests.builders import floor as hands
from tests.builders.calling import at_once, codes
from tests.builders.warehouse import MERCHANT, Warehouse


def statuses(warehouse: Warehouse) -> list[str]:
    return [row.status for row in warehouse.rows("SELECT status FROM shipment ORDER BY id")]


def numbers_of(warehouse: Warehouse, taken: dict[str, Any]) -> list[str]:
    """The orders of a list as they stand in its lines."""
    rows = warehouse.rows(
        "SELECT o.number FROM pick_list_line l JOIN orders o ON o.id = l.order_id"
        " WHERE l.pick_list = :id ORDER BY l.id",
        id=taken["id"],
    )
    return [row.number for row in rows]


# --- taking --------------------------------------------------------------------------------------


def test_the_walk_is_by_sku_with_what_goes_to_each_order(warehouse):
    warehouse.stock(9)
    warehouse.stock(9, "K2")
    first = warehouse.order([("K2", 2), ("K1", 1)])
    second = warehouse.order([("K1", 3)])
    taken = hands.take(warehouse)

    assert [(walk["sku"], walk["units"], walk["left"]) for walk in taken["walk"]] == [
        ("K1", 4, 4),
        ("K2", 2, 2),
    ]
    assert [(one["order"], one["units"]) for one in taken["walk"][0]["sort"]] == [
        (warehouse.number(first), 1),
        (warehouse.number(second), 3),
    ]
    assert (taken["kind"], taken["status"], taken["picker"]) == ("ship", "picking", "Pia")
    assert statuses(warehouse) == ["picking", "picking"]


def test_what_is_most_urgent_is_taken_first(warehouse):
    warehouse.stock(9)
    late = warehouse.order(number="late", ship_by=warehouse.day(9))
    soon = warehouse.order(number="soon", ship_by=warehouse.day(1))
    never = warehouse.order(number="never")
    urgent = warehouse.order(number="urgent", priority=10)
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE shipment SET target_ship_on = NULL")
        connection.exec_driver_sql(
            f"UPDATE shipment SET target_ship_on = '{warehouse.day(3)}' WHERE order_id = {late}"
        )
    taken = [hands.take(warehouse, most_shipments=1) for _ in range(4)]

    assert [numbers_of(warehouse, one) for one in taken] == [
        ["urgent"], ["soon"], ["late"], ["never"],
    ]  # fmt: skip
    assert {soon, never, urgent}


def test_nothing_is_taken_when_it_is_held_or_elsewhere_or_still_to_come(warehouse):
    warehouse.stock(1)
    warehouse.stock(1, at="B")
    held = warehouse.order([("K1", 1)], number="held")
    warehouse.hold(held)
    warehouse.order([("K1", 1)], lock_location="B")
    warehouse.move(warehouse.purchase([("K2", 5)]), "arrived")
    coming = warehouse.order([("K2", 1)], policy={"min_po_status": "arrived"})
    assert warehouse.parts(coming) == [("ready", "A", 1)]

    for named, code in ((None, "nothing_to_pick"), (("held",), "order_on_hold")):
        with pytest.raises(RefusedError) as refusal:
            hands.take(warehouse, orders=named)
        assert refusal.value.code == code


def test_only_named_orders_are_taken_when_some_are_named(warehouse):
    warehouse.stock(9)
    for number in ("O-1", "O-2", "O-3"):
        warehouse.order(number=number)

    assert numbers_of(warehouse, hands.take(warehouse, orders=["O-2"])) == ["O-2"]


def test_the_same_list_is_answered_when_the_command_comes_twice(warehouse):
    warehouse.stock(9)
    for _ in range(3):
        warehouse.order()
    take = partial(hands.take, warehouse, key="t-1", most_shipments=2)
    answers = at_once(*[take] * 4)

    assert {answer["id"] for answer in answers} == {answers[0]["id"]}
    assert statuses(warehouse) == ["picking", "picking", "ready"]


def test_every_shipment_is_on_one_list_when_eight_pickers_take_at_once(warehouse):
    warehouse.stock(60)
    for _ in range(60):
        warehouse.order()
    barrier = threading.Barrier(8)

    def run(_: int) -> None:
        barrier.wait()
        for _ in range(40):
            try:
                hands.take(warehouse, most_shipments=3)
            except RefusedError as refusal:
                if refusal.code != "nothing_to_pick":
                    raise
                if not warehouse.shipments("ready"):
                    return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))

    rows = warehouse.rows("SELECT shipment FROM pick_list_line")
    assert Counter(row.shipment for row in rows) == dict.fromkeys(warehouse.shipments("picking"), 1)
    assert len(rows) == 60


def test_one_list_holds_the_work_of_several_merchants_when_the_key_is_for_all(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 2)])
    store = warehouse.store
    catalogue.put_merchant(store, catalogue.NewMerchant("bolt", "Bolt"))
    serves = {MERCHANT: 1, "bolt": 1}
    catalogue.put_location(store, catalogue.NewLocation("A", "A", serves=serves))
    catalogue.put_products(store, "bolt", [catalogue.NewProduct("K1", "Other")])
    stock.adjust(store, Command("bolt", "adjust", "b", "t"), [stock.Adjustment("K1", "A", 3, "x")])
    new = intake.NewOrder("B-1", (intake.NewLine(1, "K1", 3),), address={"street": "Kai 1"})
    theirs = intake.create_order(store, "bolt", new, "t").order
    assert theirs is not None
    lifecycle.prepare_fulfillment(store, "bolt", [theirs])

    taken = floor.take_work(store, Command(EVERYBODY, "take", "t", "op"), floor.Wanted("A", "Pia"))
    assert [(walk.merchant, walk.units) for walk in taken.walk] == [
        (MERCHANT, 2),
        ("bolt", 3),
    ]
    seen = hands.confirm(warehouse, taken.id)
    assert [(walk["merchant"], walk["left"]) for walk in seen["walk"]] == [(MERCHANT, 0)]
    with pytest.raises(RefusedError) as refusal:
        hands.give_up(warehouse, taken.id)
    assert refusal.value.code == "others_on_list"
    assert warehouse.status(mine) == "picking"
    done = floor.confirm(store, Command(EVERYBODY, "confirm", "c", "op"),
                         floor.Confirmation(taken.id))  # fmt: skip
    assert done.status == "done"
    assert statuses(warehouse) == ["picked", "picked"]


# --- confirming ----------------------------------------------------------------------------------


def test_a_shipment_is_picked_when_its_last_unit_is_confirmed(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    place = hands.place(taken)
    part = hands.confirm(warehouse, taken["id"], {place: 3})

    assert (part["status"], part["walk"][0]["picked"], part["walk"][0]["left"]) == ("picking", 3, 2)
    assert warehouse.parts(mine) == [("picking", "A", 5)]
    rest = hands.confirm(warehouse, taken["id"])
    assert (rest["status"], rest["walk"][0]["left"]) == ("done", 0)
    assert warehouse.parts(mine) == [("picked", "A", 5)]
    told = warehouse.happened(mine, "units_picked")
    assert [each["lines"] for each in told] == [
        [{"line": 1, "sku": "K1", "units": 3}],
        [{"line": 1, "sku": "K1", "units": 2}],
    ]


@pytest.mark.parametrize(
    ("units", "line", "code"), [(6, 1, "more_than_there"), (1, 2, "not_on_list")]
)
def test_a_confirmation_is_refused_when_it_is_not_what_was_asked(warehouse, units, line, code):
    warehouse.stock(5)
    warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    shipment, _ = hands.place(taken)
    with pytest.raises(RefusedError) as refusal:
        hands.confirm(warehouse, taken["id"], {(shipment, line): units})

    assert refusal.value.code == code


def test_a_confirmation_is_refused_when_the_order_is_on_hold(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    warehouse.hold(mine)
    for deed in (
        partial(hands.confirm, warehouse, taken["id"]),
        partial(hands.short, warehouse, taken["id"], hands.place(taken), 2),
    ):
        with pytest.raises(RefusedError) as refusal:
            deed()
        assert refusal.value.code == "order_on_hold"
    warehouse.unhold(mine)
    hands.confirm(warehouse, taken["id"])

    assert statuses(warehouse) == ["picked"]


def test_the_last_of_two_closes_the_list_when_both_confirm_at_once(warehouse):
    warehouse.stock(8)
    for _ in range(4):
        warehouse.order([("K1", 2)])
    taken = hands.take(warehouse)
    places = [hands.place(taken, at=at) for at in range(4)]
    confirm = [partial(hands.confirm, warehouse, taken["id"], {place: 2}) for place in places]

    assert codes(at_once(*confirm)) == []
    assert hands.read(warehouse, taken["id"])["status"] == "done"


def test_one_is_refused_when_two_confirm_the_same_units_at_once(warehouse):
    warehouse.stock(2)
    warehouse.order([("K1", 2)])
    taken = hands.take(warehouse)
    confirm = partial(hands.confirm, warehouse, taken["id"], {hands.place(taken): 2})
    results = at_once(confirm, confirm)

    assert codes(results) == ["step_not_allowed"]


def test_a_list_is_done_when_its_shipment_is_confirmed_as_a_whole(warehouse):
    warehouse.stock(5)
    warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    (shipment,) = warehouse.shipments("picking")
    warehouse.pick(shipment)

    assert hands.read(warehouse, taken["id"])["status"] == "done"


# --- putting back --------------------------------------------------------------------------------


def test_a_picked_shipment_is_picked_again_when_units_are_put_back(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    hands.confirm(warehouse, taken["id"])
    back = hands.unpick(warehouse, taken["id"], {hands.place(taken): 2})

    assert (back["status"], back["walk"][0]["left"]) == ("picking", 2)
    assert warehouse.parts(mine) == [("picking", "A", 5)]
    assert hands.confirm(warehouse, taken["id"])["status"] == "done"
    assert hands.tasks(warehouse) == []


@pytest.mark.parametrize("back", [2, 5])
def test_what_was_put_back_is_free_to_cancel_at_once(warehouse, back):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    hands.confirm(warehouse, taken["id"])
    hands.unpick(warehouse, taken["id"], {hands.place(taken): back})
    warehouse.do(cancelling_units(warehouse.number(mine), [LineUnits(1, back)]))

    assert warehouse.parts(mine) == ([("picked", "A", 3)] if back < 5 else [])
    assert warehouse.level() == (5, 5 - back)
    assert hands.read(warehouse, taken["id"])["status"] == "done"
    assert hands.tasks(warehouse) == []


@pytest.mark.parametrize(("picked", "back"), [(5, 2), (5, 5), (2, 4)])
def test_what_is_picked_is_cancelled_and_to_be_put_back(warehouse, picked, back):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    behind = warehouse.order([("K1", 1)])
    taken = hands.take(warehouse)
    hands.confirm(warehouse, taken["id"], {hands.place(taken): picked})
    change = cancelling_units(warehouse.number(mine), [LineUnits(1, back)])
    told = warehouse.preview(change)
    warehouse.do(change)

    number = warehouse.number(mine)
    assert warehouse.standings()[number] == told[number][1]
    assert hands.tasks(warehouse) == [("put_back", "K1", "A", picked + back - 5)]
    assert warehouse.parts(mine) == ([("picked", "A", 5 - back)] if back < 5 else [])
    assert warehouse.parts(behind) == [("ready", "A", 1)]
    assert hands.read(warehouse, taken["id"])["status"] == "done"
    (cancelled,) = warehouse.happened(mine, "units_cancelled")
    assert (cancelled["line"], cancelled["units"]) == (1, back)


def test_what_is_in_a_package_is_not_cancelled_and_the_rest_beside_it_is(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    packing.pack(warehouse.store, hands.asked("pack"), shipment, [Contents(((1, 2),))])
    cancel = partial(cancelling_units, warehouse.number(mine))

    assert warehouse.refusal(cancel([LineUnits(1, 4)])) == "too_late"
    warehouse.do(cancel([LineUnits(1, 3)]))
    assert warehouse.parts(mine) == [("packed", "A", 2)]
    assert hands.tasks(warehouse) == [("put_back", "K1", "A", 3)]
    warehouse.ship(shipment)
    assert (warehouse.status(mine), warehouse.level()) == ("shipped", (3, 0))


def test_what_is_staged_is_cancelled_out_of_its_container(warehouse):
    warehouse.stock(3)
    mine = warehouse.order([("K1", 3), ("K2", 1)], policy={"max_shipments": 1})
    hands.stage(warehouse, mine)
    warehouse.do(cancelling_units(warehouse.number(mine), [LineUnits(1, 2)]))

    assert [sum(lines.values()) for lines in hands.containers(warehouse).values()] == [1]
    assert hands.tasks(warehouse) == [("put_back", "K1", "A", 2)]
    assert warehouse.level() == (3, 1)


def test_nothing_is_put_back_when_it_is_packed(warehouse):
    warehouse.stock(5)
    warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    hands.confirm(warehouse, taken["id"])
    (shipment,) = warehouse.shipments("picked")
    warehouse.pack(shipment)
    with pytest.raises(RefusedError) as refusal:
        hands.unpick(warehouse, taken["id"])

    assert refusal.value.code == "step_not_allowed"


def test_what_nobody_began_is_ready_again_when_a_list_is_given_up(warehouse):
    warehouse.stock(9)
    first, second = warehouse.order([("K1", 2)]), warehouse.order([("K1", 3)])
    taken = hands.take(warehouse)
    begun = hands.place(taken)
    hands.confirm(warehouse, taken["id"], {begun: 1})
    with pytest.raises(RefusedError) as refusal:
        hands.give_up(warehouse, taken["id"])
    assert refusal.value.code == "partly_picked"

    hands.confirm(warehouse, taken["id"], {begun: 1})
    assert hands.give_up(warehouse, taken["id"])["status"] == "given_up"
    assert warehouse.parts(first) == [("picked", "A", 2)]
    assert warehouse.parts(second) == [("ready", "A", 3)]
    assert [one["order"] for one in hands.take(warehouse)["walk"][0]["sort"]] == [
        warehouse.number(second)
    ]


def test_an_earlier_order_takes_the_units_when_a_picker_gives_them_up(warehouse):
    warehouse.settings(rebalance="unpicked")
    warehouse.stock(2)
    late = warehouse.order([("K1", 2)])
    taken = hands.take(warehouse)
    urgent = warehouse.order([("K1", 2)], priority=1)
    assert warehouse.allocated(urgent) == 0
    hands.give_up(warehouse, taken["id"])

    assert (warehouse.allocated(urgent), warehouse.allocated(late)) == (2, 0)


def test_one_wins_when_a_confirmation_meets_giving_up(warehouse):
    for _ in range(6):
        warehouse.stock(2)
        mine = warehouse.order([("K1", 2)])
        taken = hands.take(warehouse)
        results = at_once(
            partial(hands.confirm, warehouse, taken["id"], {hands.place(taken): 1}),
            partial(hands.give_up, warehouse, taken["id"]),
        )
        assert codes(results) in (["partly_picked"], ["list_given_up"])
        warehouse.cancel(mine)


# --- what others do meanwhile --------------------------------------------------------------------


def test_the_line_is_off_the_list_when_its_order_is_cancelled(warehouse):
    warehouse.stock(9)
    mine, other = warehouse.order([("K1", 2)]), warehouse.order([("K1", 3)])
    taken = hands.take(warehouse)
    warehouse.cancel(mine)

    assert [one["order"] for one in hands.read(warehouse, taken["id"])["walk"][0]["sort"]] == [
        warehouse.number(other)
    ]
    warehouse.cancel(other)
    assert hands.read(warehouse, taken["id"])["status"] == "done"
    assert hands.tasks(warehouse) == []


def test_units_in_hands_are_to_be_put_back_when_their_order_is_cancelled(warehouse):
    warehouse.stock(9)
    mine = warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    hands.confirm(warehouse, taken["id"], {hands.place(taken): 3})
    warehouse.cancel(mine)

    assert hands.tasks(warehouse) == [("put_back", "K1", "A", 3)]
    assert warehouse.level() == (9, 0)


def test_less_is_on_the_list_when_less_is_counted(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    taken = hands.take(warehouse)
    hands.confirm(warehouse, taken["id"], {hands.place(taken): 3})
    warehouse.stock(-2)

    left = hands.read(warehouse, taken["id"])
    assert (left["status"], left["walk"][0]["short"]) == ("done", 2)
    assert warehouse.parts(mine) == [("picked", "A", 3), ("backorder", None, 2)]


def test_one_of_them_wins_when_a_confirmation_meets_a_cancel(warehouse):
    for _ in range(6):
        warehouse.stock(2)
        mine = warehouse.order([("K1", 2)])
        taken = hands.take(warehouse)
        results = at_once(
            partial(hands.confirm, warehouse, taken["id"], {hands.place(taken): 2}),
            partial(warehouse.cancel, mine),
        )
        assert codes(results) in ([], ["not_on_list"])
        assert warehouse.status(mine) == "cancelled"
