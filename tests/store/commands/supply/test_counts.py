"""What was counted is what is there (behaviour.md §4.6, §4.9, §7)."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from tests.builders import moves
from tests.builders.calling import at_once, refused
from tests.builders.warehouse import Warehouse


def differences(told: dict[str, Any]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Expected, counted and difference of each SKU and disposition."""
    return {
        (line["sku"], line["disposition"]): (line["expected"], line["counted"], line["difference"])
        for line in told["lines"]
    }


def test_what_was_counted_is_on_hand_and_the_difference_in_the_ledger(warehouse: Warehouse) -> None:
    warehouse.stock(5, "K1")
    warehouse.stock(5, "K2")

    told = moves.count(warehouse, {"K1": 7, "K2": 5, "K3": 0}, damaged={"K1": 2}, number="C-1")

    assert differences(told) == {
        ("K1", "damaged"): (0, 2, 2),
        ("K1", "sellable"): (5, 7, 2),
        ("K2", "sellable"): (5, 5, 0),
        ("K3", "sellable"): (0, 0, 0),
    }
    assert (told["location"], told["reason"], told["actor"]) == ("A", "yearly", "tester")
    assert moves.ledger(warehouse, "count") == [
        ("K1", "A", "damaged", 2, "C-1"), ("K1", "A", "sellable", 2, "C-1"),
    ]  # fmt: skip
    assert [warehouse.level(sku) for sku in ("K1", "K2")] == [(7, 0), (5, 0)]


def test_who_waits_is_served_at_once_when_more_is_counted(warehouse: Warehouse) -> None:
    warehouse.stock(1)
    order = warehouse.order([("K1", 3)])

    moves.count(warehouse, {"K1": 3})

    assert (warehouse.allocated(order), warehouse.level()) == (3, (3, 3))


def test_the_latest_in_rank_loses_first_when_less_is_counted(warehouse: Warehouse) -> None:
    warehouse.stock(5)
    warehouse.stock(4, "K2")
    early, late = warehouse.order([("K1", 3)]), warehouse.order([("K1", 2)])
    waits = warehouse.order([("K2", 5)], policy={"max_shipments": 1})

    moves.count(warehouse, {"K1": 3, "K2": 5})

    assert [warehouse.allocated(each) for each in (early, late, waits)] == [3, 0, 5]
    assert (warehouse.level("K1"), warehouse.level("K2")) == ((3, 3), (5, 5))


def test_a_picker_is_told_with_the_reason_when_units_of_his_list_are_not_counted(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5)
    picking = warehouse.order([("K1", 5)])
    warehouse.start_picking(warehouse.shipments("ready")[0])

    moves.count(warehouse, {"K1": 4})

    rows = warehouse.rows("SELECT kind, units, order_id, reason FROM task")
    assert [tuple(row) for row in rows] == [("short_pick", 1, picking, "yearly")]


def test_nothing_is_changed_when_one_sku_is_counted_below_what_is_picked(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5, "K1")
    warehouse.stock(5, "K2")
    warehouse.order([("K2", 4)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.start_picking(shipment)
    warehouse.pick(shipment)

    asked = {"K1": 9, "K2": 3}
    refusal = refused(lambda: moves.count(warehouse, asked, covers="shelf_and_hands"))

    assert refusal.code == "below_in_hands"
    assert refusal.fields[0]["sku"] == "K2"
    assert (warehouse.level("K1"), warehouse.level("K2")) == ((5, 0), (5, 4))
    assert warehouse.one("SELECT count(*) FROM stock_count") == 0


def in_hands(warehouse: Warehouse) -> None:
    """Of ten units at A three are picked; of four more one was picked, and its order cancelled."""
    warehouse.stock(10, "K1")
    warehouse.stock(4, "K2")
    warehouse.order([("K1", 3)])
    gone = warehouse.order([("K2", 1)])
    for shipment in warehouse.shipments("ready"):
        warehouse.pick(shipment)
    warehouse.cancel(gone)


def test_what_is_in_hands_stays_on_hand_when_the_shelf_is_counted(warehouse: Warehouse) -> None:
    in_hands(warehouse)

    told = moves.count(warehouse, {"K1": 7, "K2": 2}, everything=True)

    assert told["covers"] == "shelf"
    assert [(line["in_hands"], line["difference"]) for line in told["lines"]] == [(3, 0), (1, -1)]
    assert differences(told)["K1", "sellable"] == (7, 7, 0)
    assert (warehouse.level("K1"), warehouse.level("K2")) == ((10, 3), (3, 0))


def test_what_is_in_hands_is_counted_too_when_the_count_covers_it(warehouse: Warehouse) -> None:
    in_hands(warehouse)

    told = moves.count(warehouse, {"K1": 9, "K2": 4}, covers="shelf_and_hands")

    assert [line["in_hands"] for line in told["lines"]] == [3, 1]
    assert differences(told)["K1", "sellable"] == (10, 9, -1)
    assert (warehouse.level("K1"), warehouse.level("K2")) == ((9, 3), (4, 0))


def test_nothing_in_hands_is_lost_when_nothing_is_on_the_shelf(warehouse: Warehouse) -> None:
    in_hands(warehouse)
    waits = warehouse.order([("K1", 7)])

    moves.count(warehouse, {}, everything=True)

    assert (warehouse.level("K1"), warehouse.level("K2")) == ((3, 3), (1, 0))
    assert warehouse.allocated(waits) == 0


def test_what_nobody_named_is_not_there_when_everything_was_counted(warehouse: Warehouse) -> None:
    warehouse.stock(5, "K1")
    warehouse.stock(5, "K2")
    warehouse.stock(5, "K2", "B")
    moves.count(warehouse, {}, damaged={"K1": 2})

    told = moves.count(warehouse, {"K1": 5}, everything=True)

    assert differences(told) == {
        ("K1", "damaged"): (2, 0, -2),
        ("K1", "sellable"): (5, 5, 0),
        ("K2", "sellable"): (5, 0, -5),
    }
    assert (warehouse.level("K2"), warehouse.level("K2", "B")) == ((0, 0), (5, 0))
    assert moves.count(warehouse, {}, at="B", everything=True, number="C-2")["number"] == "C-2"


def test_who_was_asked_to_count_is_done_when_it_was_counted(warehouse: Warehouse) -> None:
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO task (merchant, kind, location, sku, units) VALUES"
            " ('acme', 'count', 'A', 'K1', 1), ('acme', 'count', 'B', 'K1', 1),"
            " ('acme', 'count', 'A', 'K2', 1), ('acme', 'short_pick', 'A', 'K1', 1)"
        )

    moves.count(warehouse, {"K1": 1}, damaged={"K2": 1})

    rows = warehouse.rows("SELECT kind, location, sku FROM task WHERE done_at IS NOT NULL")
    assert [tuple(row) for row in rows] == [("count", "A", "K1")]


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"counted": {}}, "empty_count", "lines"),
        ({"counted": {"K1": 1, "NONE": 1}}, "unknown_sku", "lines[1].sku"),
        ({"counted": {"K1": -1}}, "bad_quantity", "lines[0].counted"),
        ({"counted": {"K1": 1}, "at": "NOWHERE"}, "unknown_location", "location"),
    ],
)
def test_count_is_refused_naming_the_field_when_a_value_is_wrong(
    warehouse: Warehouse, asked: dict[str, Any], code: str, field: str
) -> None:
    refusal = refused(lambda: moves.count(warehouse, **asked))

    assert (refusal.code, refusal.fields[0]["field"]) == (code, field)


def test_count_is_done_once_when_it_comes_twice_at_the_same_moment(warehouse: Warehouse) -> None:
    warehouse.stock(5)

    first, second = at_once(*[partial(moves.count, warehouse, {"K1": 3}, number="C-1")] * 2)
    warehouse.stock(4)
    again = moves.count(warehouse, {"K1": 3}, number="C-1")

    assert first == second == again
    assert warehouse.level() == (7, 0)
    other = refused(lambda: moves.count(warehouse, {"K1": 4}, number="C-1"))
    assert other.code == "number_in_use"


def test_what_is_counted_is_there_when_an_order_claims_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    for _ in range(5):
        moves.count(warehouse, {"K1": 5})
        order = warehouse.take([("K1", 4)])

        at_once(
            partial(warehouse.claim, order),
            partial(moves.count, warehouse, {"K1": 2}),
            partial(moves.count, warehouse, {"K1": 2, "K2": 3}),
        )

        assert warehouse.level() == (2, 2)
        assert warehouse.allocated(order) == 2
        assert warehouse.findings() == []
        warehouse.cancel(order)


def test_all_that_is_there_is_counted_when_a_sku_comes_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    for n in range(5):
        sku = f"N{n}"
        warehouse.products(sku)

        results = at_once(
            partial(moves.count, warehouse, {"K1": 1}, everything=True),
            partial(warehouse.stock, 3, sku),
        )

        seen = (sku, "sellable") in differences(results[0])
        assert warehouse.level(sku) == ((0, 0) if seen else (3, 0))
        assert warehouse.findings() == []


def test_levels_are_taken_in_the_order_of_pickers_when_one_rises_and_another_falls(
    warehouse: Warehouse,
) -> None:
    """Picking takes no queue: were the one that rises taken first, both would wait in a circle."""
    moves.count(warehouse, {"K1": 4, "K2": 2})
    level = "SELECT 1 FROM stock_level WHERE sku = %s AND location = 'A' FOR NO KEY UPDATE NOWAIT"
    with ThreadPoolExecutor(1) as pool, warehouse.engine.begin() as picker:
        picker.exec_driver_sql(level, ("K1",))
        counting = pool.submit(moves.count, warehouse, {"K1": 3, "K2": 6})
        until_somebody_waits(warehouse)
        picker.exec_driver_sql(level, ("K2",))
        assert not counting.done()
        picker.commit()
        counting.result()

    assert (warehouse.level("K1"), warehouse.level("K2")) == ((3, 0), (6, 0))


def until_somebody_waits(warehouse: Warehouse) -> None:
    sql = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    for _ in range(2000):
        if warehouse.one(sql):
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
