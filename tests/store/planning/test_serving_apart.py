"""One order, or one queue, that can not be served keeps no other from it."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from fulfillment.store.commands.supply.serving_apart import serve_due_apart
from fulfillment.store.planning import distribution
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.store.transactions.test_held import holding

SKUS = ("K1", "K2", "K3")


def owe(warehouse: Warehouse) -> None:
    """A distribution is owed to every queue."""
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE sku_queue SET due_since = now()")


def fail_for(monkeypatch: pytest.MonkeyPatch, sku: str) -> None:
    """As a row does that nobody foresaw, whenever it is loaded."""

    def fail(tx: Any, skus: Any, **more: Any) -> Any:
        if sku in skus:
            raise ValueError("'party' is not a valid ShipmentStatus")
        return open_queues(tx, skus, **more)

    monkeypatch.setattr(distribution, "open_queues", fail)


def test_other_queues_are_served_when_one_can_not_be(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sku in SKUS:
        warehouse.order([(sku, 2)])
    owe(warehouse)
    fail_for(monkeypatch, "K1")
    with capture_logs() as lines:
        assert serve_due_apart(warehouse.store, MERCHANT) == 0
    told = [line["queue"] for line in lines if line["event"] == "could_not_be_served"]
    assert told == ["K1"]
    assert owed_queues(warehouse) == ["K1"]
    monkeypatch.undo()
    assert serve_due_apart(warehouse.store, MERCHANT) == 0
    assert owed_queues(warehouse) == []


def test_other_orders_are_looked_at_when_one_can_not_be(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [warehouse.order([(sku, 2)]) for sku in SKUS]
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE orders SET recheck_on = '0001-01-01'")
    fail_for(monkeypatch, "K1")
    with capture_logs() as lines:
        assert serve_due_apart(warehouse.store, MERCHANT) == 0
    told = [line["order"] for line in lines if line["event"] == "could_not_be_served"]
    assert told == [orders[0]]
    assert warehouse.one("SELECT count(*) FROM orders WHERE recheck_on = '0001-01-01'") == 0


def test_other_queues_are_served_when_somebody_holds_one(warehouse: Warehouse) -> None:
    for sku in SKUS:
        warehouse.order([(sku, 2)])
    owe(warehouse)
    engine = connect(warehouse.engine.url, patience=Patience(lock=0.2))
    hurried = Store(engine, warehouse.clock)
    with holding(warehouse, "SELECT 1 FROM sku_queue WHERE sku = 'K1' FOR UPDATE"):
        assert serve_due_apart(hurried, MERCHANT) == 0
        assert owed_queues(warehouse) == ["K1"]
    assert serve_due_apart(hurried, MERCHANT) == 0
    assert owed_queues(warehouse) == []
    engine.dispose()


def test_it_is_given_up_when_it_fails_for_everybody(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(distribution, "open_queues", fail)
    warehouse.products(*(f"X{n}" for n in range(9)))
    owe(warehouse)
    with pytest.raises(ValueError, match="a fault of ours"):
        serve_due_apart(warehouse.store, MERCHANT)
    monkeypatch.undo()
    serve_due_apart(warehouse.store, MERCHANT)


def owed_queues(warehouse: Warehouse) -> list[str]:
    sql = "SELECT sku FROM sku_queue WHERE due_since IS NOT NULL ORDER BY sku"
    return [row.sku for row in warehouse.rows(sql)]
