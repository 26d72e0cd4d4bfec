"""Fewer units are there than were thought (behaviour.md §4.9)."""

import pytest

from fulfillment.domain.model.refusals import RefusedError
from tests.builders.warehouse import Warehouse


def test_the_latest_waiting_order_loses_first_when_less_is_counted(warehouse: Warehouse) -> None:
    all_or_nothing = {"max_shipments": 1}
    warehouse.stock(5)
    first = warehouse.order([("K1", 2), ("K2", 1)], policy=all_or_nothing)
    last = warehouse.order([("K1", 2), ("K2", 1)], policy=all_or_nothing)
    ready = warehouse.order([("K1", 1)])
    warehouse.stock(-2)

    held = [warehouse.allocated(each) for each in (first, last, ready)]
    assert held == [2, 0, 1]
    assert warehouse.level() == (3, 3)


def test_a_ready_order_waits_again_when_its_units_are_not_there(warehouse: Warehouse) -> None:
    warehouse.stock(5)
    early, late = warehouse.order([("K1", 3)]), warehouse.order([("K1", 2)])
    warehouse.stock(-1)

    assert warehouse.parts(early) == [("ready", "A", 3)]
    assert warehouse.parts(late) == [("ready", "A", 1), ("backorder", None, 1)]
    warehouse.stock(-3)
    assert warehouse.parts(late) == [("backorder", None, 1), ("backorder", None, 1)]
    assert sum(units for status, _, units in warehouse.parts(early) if status == "ready") == 1


def test_a_picker_is_told_when_units_of_his_list_are_not_there(warehouse: Warehouse) -> None:
    warehouse.stock(5)
    picking, ready = warehouse.order([("K1", 3)]), warehouse.order([("K1", 2)])
    warehouse.start_picking(warehouse.shipments("ready")[0])
    warehouse.stock(-3)

    assert warehouse.parts(ready) == [("backorder", None, 2)]
    assert warehouse.parts(picking) == [("picking", "A", 2), ("backorder", None, 1)]
    rows = warehouse.rows("SELECT kind, sku, location, units, order_id FROM task")
    assert [tuple(row) for row in rows] == [("short_pick", "K1", "A", 1, picking)]


def test_a_picker_has_nothing_left_to_do_when_none_of_it_is_there(warehouse: Warehouse) -> None:
    warehouse.stock(2)
    mine = warehouse.order([("K1", 2)])
    warehouse.start_picking(warehouse.shipments("ready")[0])
    warehouse.stock(-2)

    assert warehouse.parts(mine) == [("backorder", None, 2)]
    warehouse.stock(2)
    assert warehouse.parts(mine) == [("ready", "A", 2)]


def test_a_count_is_refused_when_it_is_below_what_is_picked(warehouse: Warehouse) -> None:
    warehouse.stock(5)
    warehouse.order([("K1", 4)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.start_picking(shipment)
    warehouse.pick(shipment)
    with pytest.raises(RefusedError) as refusal:
        warehouse.stock(-2)

    assert refusal.value.code == "below_in_hands"
    assert warehouse.level() == (5, 4)


def test_a_count_is_refused_when_it_goes_below_zero(warehouse: Warehouse) -> None:
    warehouse.stock(1)
    with pytest.raises(RefusedError) as refusal:
        warehouse.stock(-2)

    assert refusal.value.code == "below_zero"


def test_another_place_serves_the_order_when_one_is_counted_down(warehouse: Warehouse) -> None:
    warehouse.stock(2, at="A")
    mine = warehouse.order([("K1", 2)])
    warehouse.stock(2, at="B")
    warehouse.stock(-2, at="A")

    assert warehouse.parts(mine) == [("ready", "B", 2)]
