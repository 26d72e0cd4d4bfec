"""Queues longer than one batch: served from the head, to their end, and no longer."""

from dataclasses import replace

import pytest

from tests.builders.warehouse import Warehouse


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 3)


def owed(warehouse: Warehouse) -> list[str]:
    rows = warehouse.rows("SELECT sku FROM sku_queue WHERE due_since IS NOT NULL")
    return [row.sku for row in rows]


@pytest.mark.usefixtures("small_batches")
def test_all_are_served_in_turn_when_stock_comes_for_more_than_one_batch(
    warehouse: Warehouse,
) -> None:
    waiting = [warehouse.order([("K1", 1)]) for _ in range(10)]
    warehouse.stock(8)
    assert [warehouse.allocated(order) for order in waiting] == [1, 1, 1] + [0] * 7
    assert owed(warehouse) == ["K1"]
    warehouse.serve_due()
    assert [warehouse.allocated(order) for order in waiting] == [1] * 8 + [0] * 2
    assert owed(warehouse) == []


@pytest.mark.usefixtures("small_batches")
def test_newcomer_takes_nothing_when_a_queue_was_cut_before_it(warehouse: Warehouse) -> None:
    waiting = [warehouse.order([("K1", 1)]) for _ in range(5)]
    warehouse.stock(4)
    last = warehouse.order([("K1", 1)])
    assert warehouse.allocated(last) == 0
    warehouse.serve_due()
    assert [warehouse.allocated(order) for order in [*waiting, last]] == [1, 1, 1, 1, 0, 0]


@pytest.mark.usefixtures("small_batches")
def test_all_are_pegged_in_turn_when_there_is_inbound_for_more_than_one_batch(
    warehouse: Warehouse,
) -> None:
    waiting = [warehouse.order([("K1", 2)]) for _ in range(8)]
    warehouse.purchase([("K1", 100)])
    assert [sum(warehouse.pegs(order).values()) for order in waiting] == [2, 2] + [0] * 6
    assert owed(warehouse) == ["K1"]
    warehouse.serve_due()
    assert owed(warehouse) == []
    assert all(sum(warehouse.pegs(order).values()) == 2 for order in waiting)


@pytest.mark.usefixtures("small_batches")
def test_nothing_stays_owed_when_the_head_takes_all_there_is(warehouse: Warehouse) -> None:
    waiting = [warehouse.order([("K1", 5)]) for _ in range(6)]
    warehouse.stock(7)
    assert owed(warehouse) == []
    assert [warehouse.allocated(order) for order in waiting] == [5, 2, 0, 0, 0, 0]


@pytest.mark.usefixtures("small_batches")
def test_a_receipt_serves_all_it_can_when_it_takes_several_batches(warehouse: Warehouse) -> None:
    waiting = [warehouse.order([("K1", 1)]) for _ in range(7)]
    purchase = warehouse.purchase([("K1", 7)])
    warehouse.receive(purchase, {1: 7})
    while warehouse.serve(purchase):
        pass
    assert [warehouse.allocated(order) for order in waiting] == [1] * 7
    assert owed(warehouse) == []


class KilledError(Exception):
    """The process ends here."""


def woken(warehouse: Warehouse) -> set[int]:
    """Whom the relay has yet to tell; it then tells them."""
    rows = warehouse.rows("SELECT subject FROM outbox WHERE kind = 'wake_order'")
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
    return {int(row.subject) for row in rows}


def receive_and_serve(warehouse: Warehouse, purchase: str) -> None:
    warehouse.receive(purchase, {1: 10})
    while warehouse.serve(purchase):
        pass


def killed_after(warehouse: Warehouse, commits: int) -> Warehouse:
    """The same warehouse, run by a process that dies right after so many commits."""
    left = [commits]

    def commit() -> None:
        left[0] -= 1
        if not left[0]:
            raise KilledError

    return replace(warehouse, store=replace(warehouse.store, after_commit=commit))


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("commits", [1, 2, 3])
def test_the_rest_is_served_from_the_head_when_the_process_dies_between_batches(
    warehouse: Warehouse, commits: int
) -> None:
    purchase = warehouse.purchase([("K1", 12)])
    waiting = [warehouse.order([("K1", 1)]) for _ in range(20)]
    woken(warehouse)
    mortal = killed_after(warehouse, commits)

    with pytest.raises(KilledError):
        receive_and_serve(mortal, purchase)
    served = [warehouse.allocated(order) for order in waiting]
    assert served == [1] * 3 * (commits - 1) + [0] * (20 - 3 * (commits - 1))
    assert owed(warehouse) == ["K1"]
    assert woken(warehouse) == set(waiting[: 3 * (commits - 1)])

    while warehouse.serve(purchase):
        pass
    assert [warehouse.allocated(order) for order in waiting] == [1] * 10 + [0] * 10
    assert woken(warehouse) == set(waiting[3 * (commits - 1) : 10])
    assert owed(warehouse) == []


def test_only_who_takes_the_place_of_another_is_woken_when_a_pegged_order_is_cancelled(
    warehouse: Warehouse,
) -> None:
    near = warehouse.purchase([("K1", 5)], due=3)
    far = warehouse.purchase([("K1", 5)], due=9)
    waiting = [warehouse.order([("K1", 1)]) for _ in range(12)]
    woken(warehouse)

    warehouse.cancel(waiting[1])

    assert woken(warehouse) == {waiting[1], waiting[5], waiting[10]}
    assert (warehouse.pegs(waiting[5]), warehouse.pegs(waiting[10])) == ({near: 1}, {far: 1})


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("end", ["cancelled", "closed"])
def test_all_who_were_pegged_are_told_in_turn_when_nothing_comes_any_more(
    warehouse: Warehouse, end: str
) -> None:
    warehouse.settings(future_inventory=True)
    purchase = warehouse.purchase([("K1", 10)])
    waiting = [warehouse.order([("K1", 1)]) for _ in range(12)]
    woken(warehouse)

    warehouse.move(purchase, end)
    assert warehouse.one("SELECT count(*) FROM peg") == 0
    assert 0 < len(woken(warehouse)) < 10
    warehouse.serve_due()

    assert {warehouse.status(order) for order in waiting} == {"awaiting_stock"}
    assert all(warehouse.parts(order) == [("backorder", None, 1)] for order in waiting)
    assert owed(warehouse) == []


@pytest.mark.usefixtures("small_batches")
def test_all_are_planned_in_turn_when_a_date_changes_places_with_another(
    warehouse: Warehouse,
) -> None:
    near = warehouse.purchase([("K1", 8)], due=3)
    far = warehouse.purchase([("K1", 8)], due=9)
    waiting = [warehouse.order([("K1", 1)]) for _ in range(16)]

    warehouse.change(far, expected_on=warehouse.day(1))
    warehouse.serve_due()

    assert [warehouse.pegs(order) for order in waiting] == [{far: 1}] * 8 + [{near: 1}] * 8
    assert owed(warehouse) == []


@pytest.mark.usefixtures("small_batches")
def test_those_far_behind_are_planned_when_a_status_changes_nothing_for_the_first(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 12)])
    first = [warehouse.order([("K1", 1)]) for _ in range(9)]
    last = [warehouse.order([("K1", 1)], policy={"min_po_status": "in_transit"}) for _ in range(3)]

    warehouse.move(purchase, "in_transit")
    assert owed(warehouse) == ["K1"]
    warehouse.serve_due()

    assert all(warehouse.parts(order) == [("ready", "A", 1)] for order in last)
    assert all(warehouse.parts(order) == [("backorder", None, 1)] for order in first)
    assert owed(warehouse) == []


def test_nobody_is_passed_by_a_later_order_that_may_use_more_places(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 2)
    bound = [warehouse.order([("K1", 1)], lock_location="A") for _ in range(6)]
    free = [warehouse.order([("K1", 1)]) for _ in range(3)]
    warehouse.stock(5)
    warehouse.serve_due()
    assert [warehouse.allocated(order) for order in (*bound, *free)] == [1] * 5 + [0] * 4
