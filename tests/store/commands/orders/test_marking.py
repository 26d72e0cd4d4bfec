"""Mark a line backordered while it is being picked (behaviour.md §6): the pick goes on."""

import pytest

from fulfillment.store.commands.orders import line_changes, manual
from tests.builders import floor
from tests.builders.calling import at_once, codes
from tests.builders.warehouse import Warehouse


@pytest.fixture
def picked(warehouse: Warehouse) -> tuple[int, int]:
    """An order of three and two on a list, one of the three in hands: the order and the list."""
    return begun(warehouse)


def begun(warehouse: Warehouse, **more: object) -> tuple[int, int]:
    warehouse.stock(3, "K1")
    warehouse.stock(2, "K2")
    order = warehouse.order([("K1", 3), ("K2", 2)], policy=more)
    taken = floor.take(warehouse)
    floor.confirm(warehouse, taken["id"], {floor.place(taken): 1})
    return order, taken["id"]


def mark(warehouse: Warehouse, order: int, line: int) -> dict[str, object]:
    return warehouse.do(manual.mark_backordered(warehouse.number(order), line))


def test_what_is_not_picked_waits_by_hand_and_the_pick_goes_on(warehouse, picked):
    order, pick_list = picked
    mark(warehouse, order, 1)

    assert warehouse.parts(order) == [("picking", "A", 3), ("backorder", None, 2)]
    assert warehouse.level("K1") == (3, 1)
    assert [line["by_hand"] for line in warehouse.read(order)["lines"]] == [True, False]
    walk = {each["sku"]: each["left"] for each in floor.read(warehouse, pick_list)["walk"]}
    assert walk == {"K1": 0, "K2": 2}
    floor.confirm(warehouse, pick_list)
    assert warehouse.parts(order) == [("picked", "A", 3), ("backorder", None, 2)]
    assert floor.read(warehouse, pick_list)["status"] == "done"


def test_what_is_given_back_goes_to_who_waits(warehouse, picked):
    order, _ = picked
    other = warehouse.order([("K1", 2)])
    mark(warehouse, order, 1)

    assert warehouse.parts(other) == [("ready", "A", 2)]


def test_the_shipment_is_picked_when_all_else_of_it_is_in_hands(warehouse, picked):
    order, pick_list = picked
    mark(warehouse, order, 2)
    floor.confirm(warehouse, pick_list)

    assert warehouse.parts(order) == [("picked", "A", 3), ("backorder", None, 2)]


def test_all_of_it_waits_when_nothing_else_was_to_be_picked(warehouse):
    warehouse.stock(2)
    order = warehouse.order([("K1", 2)], policy={"max_shipments": 1})
    taken = floor.take(warehouse)
    mark(warehouse, order, 1)

    assert warehouse.parts(order) == [("backorder", None, 2)]
    assert (warehouse.allocated(order), floor.read(warehouse, taken["id"])["status"]) == (0, "done")
    assert warehouse.read(order)["waves"] == {"spent": 0, "left": 1}
    assert warehouse.happened(order, "beyond_max_shipments") == []


def test_what_waits_goes_in_a_dispatch_more_when_it_was_the_only_one(warehouse):
    order, pick_list = begun(warehouse, max_shipments=1)
    mark(warehouse, order, 1)
    floor.confirm(warehouse, pick_list)
    warehouse.ship(warehouse.shipments("picked")[0])
    assert len(warehouse.happened(order, "beyond_max_shipments")) == 1
    warehouse.do(manual.allocate(warehouse.number(order), 1))

    assert warehouse.parts(order) == [("ready", "A", 2)]


def test_a_mark_is_refused_when_all_of_the_line_is_in_hands_or_gone(warehouse, picked):
    order, pick_list = picked
    floor.confirm(warehouse, pick_list)
    change = manual.mark_backordered(warehouse.number(order), 1)

    assert warehouse.refusal(change) == "being_picked"
    warehouse.do(line_changes.add_line(warehouse.number(order), line_changes.Added("K3", 1)))
    warehouse.ship(warehouse.shipments("picked")[0])
    assert warehouse.refusal(change) == "nothing_left"


def test_one_of_both_has_the_units_when_a_mark_meets_the_pick(warehouse, picked):
    """Whoever comes second sees what the first did: nothing is both picked and waiting."""
    order, pick_list = picked
    change = manual.mark_backordered(warehouse.number(order), 1)
    place = floor.place(floor.read(warehouse, pick_list))
    results = at_once(
        lambda: warehouse.do(change), lambda: floor.confirm(warehouse, pick_list, {place: 2})
    )

    assert codes(results) in (["being_picked"], ["more_than_there"])
    waiting = 2 if codes(results) == ["more_than_there"] else 0
    assert sum(part[2] for part in warehouse.parts(order) if part[0] == "backorder") == waiting
