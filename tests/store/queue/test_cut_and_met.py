"""Shipments released on a purchase order that shrinks while their queue is served in batches."""

import pytest

from fulfillment.store.commands.supply.overdue import declare_overdue
from fulfillment.store.commands.supply.purchase_orders import LineChange
from tests.builders.warehouse import MERCHANT, Warehouse

UNITS = 20


@pytest.fixture(autouse=True)
def _batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 2)


def released_on_the_way(warehouse: Warehouse) -> tuple[str, list[int], list[int]]:
    """A purchase order on its way, ten orders released on it, and ten that wait behind them."""
    warehouse.settings(min_po_status="in_transit")
    purchase = warehouse.purchase([("K1", UNITS)], due=5)
    warehouse.move(purchase, "in_transit")
    released = [warehouse.order([("K1", 2)]) for _ in range(10)]
    waiting = [warehouse.order([("K1", 1)]) for _ in range(10)]
    assert all(warehouse.parts(order) == [("ready", "A", 2)] for order in released)
    return purchase, released, waiting


def owe_a_distribution(warehouse: Warehouse, units: int) -> None:
    """Units of another purchase order come: they are counted, and only the first batch is given."""
    other = warehouse.purchase([("K1", units)], due=9)
    warehouse.receive(other, {1: units})
    warehouse.serve(other)


def cancelled(warehouse: Warehouse, purchase: str) -> int:
    warehouse.move(purchase, "cancelled")
    return 0


def closed_short(warehouse: Warehouse, purchase: str) -> int:
    warehouse.move(purchase, "closed")
    return 0


def shrunk(warehouse: Warehouse, purchase: str) -> int:
    warehouse.change(purchase, LineChange(1, units=7))
    return 7


def late(warehouse: Warehouse, purchase: str) -> int:
    warehouse.clock.pass_days(6)
    id_ = warehouse.one("SELECT id FROM purchase_order WHERE number = :number", number=purchase)
    declare_overdue(warehouse.store, MERCHANT, id_)
    return 0


def undated(warehouse: Warehouse, purchase: str) -> int:
    warehouse.change(purchase, LineChange(1, None))
    return 0


@pytest.mark.parametrize("shrink", [cancelled, closed_short, shrunk, late, undated])
@pytest.mark.parametrize(("units", "after"), [(5, False), (13, False), (13, True)])
def test_the_first_in_rank_keep_what_there_is_when_what_they_were_released_on_will_not_come(
    warehouse: Warehouse, shrink, units: int, after: bool
) -> None:
    purchase, released, waiting = released_on_the_way(warehouse)
    if units and not after:
        owe_a_distribution(warehouse, units)
        assert warehouse.findings() == []
    to_come = shrink(warehouse, purchase)
    assert warehouse.findings() == []
    if units and after:
        owe_a_distribution(warehouse, units)
    for _ in range(40):
        warehouse.serve_due()
    assert warehouse.findings() == []
    left = units + to_come
    for order in (*released, *waiting):
        wanted = 2 if order in released else 1
        covered = warehouse.allocated(order) + sum(warehouse.pegs(order).values())
        assert covered == min(wanted, left)
        left -= covered


def test_nobody_is_stranded_when_the_next_purchase_order_takes_the_place_of_a_cancelled_one(
    warehouse: Warehouse,
) -> None:
    purchase, released, waiting = released_on_the_way(warehouse)
    other = warehouse.purchase([("K1", UNITS)], due=9)
    warehouse.move(other, "in_transit")
    warehouse.serve_due()
    assert [warehouse.parts(order)[0][0] for order in waiting] == ["ready"] * 10
    owe_a_distribution(warehouse, 5)
    warehouse.move(purchase, "cancelled")
    assert warehouse.findings() == []
    warehouse.serve_due()
    covered = [
        (warehouse.allocated(order), warehouse.pegs(order).get(other, 0)) for order in released
    ]
    assert [sum(pair) for pair in covered] == [2] * 10
    assert sum(units for units, _ in covered) == 5
    assert sum(warehouse.allocated(order) for order in waiting) == 0
    assert sum(warehouse.pegs(order).get(other, 0) for order in waiting) == 5
