"""Orders that may decline stock decide over all their products, whoever brings the last."""

import threading

import pytest

from tests.builders.warehouse import Warehouse

COMPLETE_ONLY = {"auto_allocate": "complete_only", "max_shipments": 1}


def test_stock_goes_past_an_order_that_it_does_not_complete(warehouse: Warehouse) -> None:
    """Scenario 10."""
    conditional = warehouse.order([("K1", 7)], policy=COMPLETE_ONLY)
    other = warehouse.order([("K1", 5)], policy={"max_shipments": 1})
    warehouse.stock(5)

    assert warehouse.allocated(conditional) == 0
    assert warehouse.parts(other) == [("ready", "A", 5)]


def test_all_is_taken_when_the_last_product_comes(warehouse: Warehouse) -> None:
    conditional = warehouse.order([("K1", 2), ("K2", 2), ("K3", 1)], policy=COMPLETE_ONLY)
    for sku in ("K1", "K2"):
        warehouse.stock(2, sku)
        assert warehouse.allocated(conditional) == 0
    warehouse.stock(1, "K3")

    assert warehouse.parts(conditional) == [("ready", "A", 5)]


def test_a_later_holder_gives_when_that_completes_an_earlier_order(warehouse: Warehouse) -> None:
    conditional = warehouse.order([("K1", 2), ("K2", 2)], policy=COMPLETE_ONLY)
    holder = warehouse.order([("K2", 2), ("K3", 1)], policy={"max_shipments": 1})
    warehouse.stock(2, "K2")
    assert (warehouse.allocated(conditional), warehouse.allocated(holder)) == (0, 2)
    warehouse.stock(2, "K1")

    assert warehouse.parts(conditional) == [("ready", "A", 4)]
    assert warehouse.allocated(holder) == 0


def test_a_ready_holder_gives_when_that_completes_an_earlier_order(warehouse: Warehouse) -> None:
    warehouse.settings(rebalance="unpicked")
    conditional = warehouse.order([("K1", 2), ("K2", 2)], policy=COMPLETE_ONLY)
    holder = warehouse.order([("K2", 2)])
    warehouse.stock(2, "K2")
    assert warehouse.parts(holder) == [("ready", "A", 2)]
    warehouse.stock(2, "K1")

    assert warehouse.parts(conditional) == [("ready", "A", 4)]
    assert warehouse.parts(holder) == [("backorder", None, 2)]


@pytest.mark.parametrize("round_", range(5))
def test_nothing_is_missed_when_both_products_come_at_once(
    warehouse: Warehouse, round_: int
) -> None:
    orders = [warehouse.order([("K1", 1), ("K2", 1)], policy=COMPLETE_ONLY) for _ in range(4)]
    barrier = threading.Barrier(2)

    def come(sku: str) -> None:
        barrier.wait()
        for _ in range(4):
            warehouse.stock(1, sku)

    threads = [threading.Thread(target=come, args=[sku]) for sku in ("K1", "K2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [warehouse.allocated(each) for each in orders] == [2] * 4, round_
