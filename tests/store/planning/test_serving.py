"""What is looked at again although nothing happens to it: days, and other settings."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders.warehouse import Warehouse

DUE_WITHIN = {"max_shipments": 1, "auto_allocate": "due_within"}


def later(warehouse: Warehouse, days: int) -> None:
    warehouse.clock.now += timedelta(days=days)
    warehouse.serve_due()


def test_stock_is_taken_when_what_is_missing_is_due_soon_enough(warehouse: Warehouse) -> None:
    """Scenario 20: nothing happens but a day."""
    near, far = ({**DUE_WITHIN, "auto_allocate_within_days": days} for days in (5, 2))
    warehouse.products("K9")
    warehouse.purchase([("K1", 4), ("K9", 4)], due=3)
    patient = warehouse.order([("K1", 10)], policy=near)
    strict = warehouse.order([("K9", 10)], policy=far)
    warehouse.stock(6, "K1")
    warehouse.stock(6, "K9")

    assert warehouse.allocated(patient) == 6
    assert warehouse.status(patient) == "awaiting_stock"
    assert warehouse.allocated(strict) == 0
    later(warehouse, 1)
    assert warehouse.allocated(strict) == 6
    assert warehouse.one("SELECT count(*) FROM orders WHERE recheck_on <= '2026-03-03'") == 0


def test_what_waits_too_long_is_cancelled_when_nothing_is_due(warehouse: Warehouse) -> None:
    short = {"auto_cancel_days": 5}
    warehouse.stock(1)
    warehouse.purchase([("K2", 2)], due=5)
    alone = warehouse.order([("K1", 3)], policy=short)
    awaited = warehouse.order([("K2", 2)], policy=short)
    never = warehouse.order([("K3", 2)], policy=short)

    later(warehouse, 4)
    assert warehouse.status(never) == "awaiting_stock"
    later(warehouse, 1)
    assert warehouse.parts(alone) == [("ready", "A", 1)]
    assert warehouse.status(awaited) == "awaiting_stock"
    assert warehouse.status(never) == "cancelled"
    later(warehouse, 1)
    assert warehouse.status(awaited) == "cancelled"


def test_a_promise_moves_when_its_day_has_passed(warehouse: Warehouse) -> None:
    mine = warehouse.order([("K1", 2)])
    sql = "SELECT promise->0->>1 FROM order_line WHERE order_id = :id"
    assert warehouse.one(sql, id=mine) == "2026-04-01"

    later(warehouse, 31)
    assert warehouse.one(sql, id=mine) == "2026-04-09"
    first = "SELECT first_promise->0->>1 FROM order_line WHERE order_id = :id"
    assert warehouse.one(first, id=mine) == "2026-04-01"
    moved = "SELECT count(*) FROM happening WHERE order_id = :id AND kind = 'promise_moved'"
    assert warehouse.one(moved, id=mine) == 1


def test_every_open_order_is_planned_again_when_settings_change(warehouse: Warehouse) -> None:
    warehouse.settings(max_shipments=1)
    warehouse.stock(30)
    mine = [warehouse.order([("K1", 1), ("K2", 1)]) for _ in range(30)]
    own = warehouse.order([("K1", 0 + 1), ("K2", 1)], policy={"max_shipments": 1})
    assert {warehouse.status(each) for each in mine} == {"awaiting_stock"}

    warehouse.settings(max_shipments=None)
    warehouse.serve_due()
    assert {warehouse.status(each) for each in mine} == {"partially_backordered"}
    assert warehouse.status(own) == "awaiting_stock"
    assert warehouse.one("SELECT count(*) FROM merchant WHERE replan_due") == 0


def test_what_is_not_picked_waits_again_when_all_has_to_go_together(warehouse: Warehouse) -> None:
    warehouse.stock(1)
    mine = warehouse.order([("K1", 1), ("K2", 1)])
    assert warehouse.status(mine) == "partially_backordered"

    warehouse.settings(max_shipments=1)
    warehouse.serve_due()
    assert warehouse.status(mine) == "awaiting_stock"
    assert warehouse.allocated(mine) == 1


@pytest.mark.parametrize("by", ["a purchase order's status", "the settings"])
def test_less_is_said_to_wait_when_more_counts_as_met_and_nothing_else_changes(
    warehouse: Warehouse, by: str
) -> None:
    """All of it goes together: what is met meanwhile moves nothing, and is told all the same."""
    early = "in_transit" if by == "a purchase order's status" else "arrived"
    warehouse.settings(min_po_status=early)
    warehouse.serve_due()
    purchase = warehouse.purchase([("K1", 1)], due=40)
    mine = warehouse.order([("K1", 3)], policy={"release_when": "all_sourced"})
    if by == "the settings":
        warehouse.move(purchase, "in_transit")
    before = _head(warehouse, mine)
    assert before.waiting_units == 3
    if by == "the settings":
        warehouse.settings(min_po_status="in_transit")
    else:
        warehouse.move(purchase, "in_transit")
    warehouse.serve_due()
    after = _head(warehouse, mine)
    assert (after.waiting_units, after.status) == (2, before.status)
    assert after.wake_seq > before.wake_seq


def _head(warehouse: Warehouse, order: int) -> Any:
    sql = "SELECT status, waiting_units, wake_seq FROM orders WHERE id = :id"
    (row,) = warehouse.rows(sql, id=order)
    return row
