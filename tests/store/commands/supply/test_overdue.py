"""Supply whose date passes is declared overdue for all who wait for it at once."""

from datetime import timedelta
from typing import Any

from fulfillment.store.commands.supply.overdue import declare_overdue
from fulfillment.store.integrity.restarts import owe_overdue, wake_overdue
from tests.builders.calling import at_once
from tests.builders.warehouse import MERCHANT, Warehouse


def declare(warehouse: Warehouse, purchase: str) -> dict[str, Any]:
    """What the purchase order's workflow has done when its timer rings."""
    id_ = warehouse.one("SELECT id FROM purchase_order WHERE number = :number", number=purchase)
    return declare_overdue(warehouse.store, MERCHANT, id_)


def sweep(warehouse: Warehouse) -> int:
    wake_overdue(warehouse.store)
    return owe_overdue(warehouse.store, timedelta(seconds=30))


def outbox(warehouse: Warehouse) -> list[str]:
    return [row.kind for row in warehouse.rows("SELECT kind FROM outbox ORDER BY kind")]


def forget_messages(warehouse: Warehouse) -> None:
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")


def slices(warehouse: Warehouse, order: int) -> list[tuple[int, int]]:
    """What the customer is told: units, and in how many days."""
    today = warehouse.clock.now.date()
    (line,) = warehouse.read(order)["lines"]
    return [(piece["units"], (piece["on"] - today).days) for piece in line["promise"]]


def test_14_promise_moves_once_when_the_date_passes_without_a_receipt(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 100)], due=10)
    order = warehouse.order([("K1", 120)])
    assert slices(warehouse, order) == [(100, 10), (20, 30)]
    warehouse.clock.pass_days(10)
    assert declare(warehouse, purchase)["overdue"] == 0
    warehouse.clock.pass_days(1)
    told = declare(warehouse, purchase)
    assert (told["overdue"], told["due_at"]) == (100, None)
    assert warehouse.pegs(order) == {}
    assert slices(warehouse, order) == [(120, 19)]
    assert len(warehouse.happened(order, "promise_moved")) == 1
    assert slices(warehouse, order) == [(120, 19)]


def test_every_order_that_waits_is_told_once_when_it_is_declared_again(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 6)], due=2)
    orders = [warehouse.order([("K1", 2)]) for _ in range(4)]
    warehouse.clock.pass_days(3)
    forget_messages(warehouse)
    at_once(*[lambda: declare(warehouse, purchase)] * 2)
    assert outbox(warehouse) == ["wake_order"] * 3
    forget_messages(warehouse)
    declare(warehouse, purchase)
    assert outbox(warehouse) == []
    assert [len(warehouse.happened(order, "promise_moved")) for order in orders] == [1, 1, 1, 0]


def test_pegs_come_back_when_an_overdue_purchase_order_gets_a_new_date(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 5)], due=2)
    order = warehouse.order([("K1", 5)])
    warehouse.clock.pass_days(3)
    declare(warehouse, purchase)
    warehouse.change(purchase, expected_on=warehouse.day(4))
    assert warehouse.pegs(order) == {purchase: 5}
    assert slices(warehouse, order) == [(5, 4)]
    warehouse.clock.pass_days(5)
    assert declare(warehouse, purchase)["overdue"] == 5
    assert warehouse.pegs(order) == {}


def test_those_who_waited_for_it_take_other_supply_when_there_is_some(
    warehouse: Warehouse,
) -> None:
    late = warehouse.purchase([("K1", 3)], due=2)
    other = warehouse.purchase([("K1", 4)], due=9)
    first, second = warehouse.order([("K1", 3)]), warehouse.order([("K1", 3)])
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({late: 3}, {other: 3})
    warehouse.clock.pass_days(3)
    declare(warehouse, late)
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({other: 3}, {other: 1})


def test_goods_that_are_late_are_received_as_any_other(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5)], due=2)
    order = warehouse.order([("K1", 5)])
    warehouse.clock.pass_days(3)
    declare(warehouse, purchase)
    warehouse.receive(purchase, {1: 5})
    warehouse.serve(purchase)
    assert warehouse.parts(order) == [("ready", "A", 5)]


def test_future_shipment_goes_back_to_backorder_when_nothing_is_left_to_peg(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(future_inventory=True)
    purchase = warehouse.purchase([("K1", 5)], due=2)
    order = warehouse.order([("K1", 5)])
    assert warehouse.parts(order) == [("future", "A", 5)]
    warehouse.clock.pass_days(3)
    declare(warehouse, purchase)
    assert warehouse.parts(order) == [("backorder", None, 5)]


def test_what_has_arrived_is_never_overdue(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5)], due=2)
    order = warehouse.order([("K1", 5)])
    warehouse.move(purchase, "arrived")
    warehouse.clock.pass_days(3)
    assert declare(warehouse, purchase)["overdue"] == 0
    assert warehouse.pegs(order) == {purchase: 5}


def test_orders_are_not_looked_at_one_by_one_when_a_date_passes(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 6)], due=2)
    for _ in range(3):
        warehouse.order([("K1", 2)])
    warehouse.clock.pass_days(3)
    forget_messages(warehouse)
    assert sweep(warehouse) == 0
    declare(warehouse, purchase)


def test_restock_is_declared_overdue_by_the_sweep(warehouse: Warehouse) -> None:
    warehouse.announce(5, due=2)
    order = warehouse.order([("K1", 5)])
    warehouse.clock.pass_days(3)
    forget_messages(warehouse)
    assert sweep(warehouse) == 1
    assert outbox(warehouse) == ["replan"]
    warehouse.serve_due()
    assert warehouse.sources(order) == {}
    assert warehouse.one("SELECT overdue FROM supply")
    assert sweep(warehouse) == 0


def test_purchase_order_is_told_when_its_timer_should_have_rung_long_ago(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 5)], due=2)
    warehouse.order([("K1", 5)])
    warehouse.clock.pass_days(3)
    forget_messages(warehouse)
    sweep(warehouse)
    assert outbox(warehouse) == ["wake_purchase_order"]
    declare(warehouse, purchase)
    forget_messages(warehouse)
    sweep(warehouse)
    assert outbox(warehouse) == []


def test_purchase_order_is_told_no_more_than_now_and_then_while_nobody_listens(
    warehouse: Warehouse,
) -> None:
    warehouse.purchase([("K1", 5)], due=2)
    warehouse.order([("K1", 5)])
    warehouse.clock.pass_days(3)
    told = []
    for _ in range(25):
        forget_messages(warehouse)
        sweep(warehouse)
        told.append(outbox(warehouse) == ["wake_purchase_order"])
        warehouse.clock.now += timedelta(minutes=1)
    assert [minute for minute, was_told in enumerate(told) if was_told] == [0, 10, 20]


def test_a_restock_is_overdue_again_when_its_new_date_passes_too(warehouse: Warehouse) -> None:
    number = warehouse.announce(5, due=2)
    order = warehouse.order([("K1", 5)])
    warehouse.clock.pass_days(3)
    warehouse.serve_due()
    assert (warehouse.one("SELECT overdue FROM supply"), warehouse.sources(order)) == (True, {})

    warehouse.announce(5, due=4, number=number)
    assert warehouse.sources(order) == {number: 5}
    warehouse.announce(6, due=4, number=number)
    assert warehouse.one("SELECT overdue FROM supply") is False

    warehouse.clock.pass_days(5)
    assert sweep(warehouse) == 1
    warehouse.serve_due()
    assert (warehouse.one("SELECT overdue FROM supply"), warehouse.sources(order)) == (True, {})
