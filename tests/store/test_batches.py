"""Queues longer than one batch: served from the head, to their end, and no longer."""

import pytest

from tests.builders.warehouse import Warehouse


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fulfillment.store.queue.BATCH", 3)


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
def test_nothing_stays_owed_when_there_is_only_inbound_for_more_than_one_batch(
    warehouse: Warehouse,
) -> None:
    waiting = [warehouse.order([("K1", 2)]) for _ in range(8)]
    warehouse.purchase([("K1", 100)])
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
