"""What one order leaves in the database: rows that are kept for ever are counted."""

from sqlalchemy import text

from fulfillment.store.commands.floor import warehouse as floor
from fulfillment.store.schema import metadata
from tests.builders.warehouse import Warehouse, command

MOST_ROWS = 18

ROWS = {
    "command": 2,
    "order_customer": 1,
    "order_event": 4,
    "order_line": 2,
    "orders": 1,
    "package": 1,
    "package_line": 2,
    "shipment": 1,
    "shipment_line": 2,
    "stock_ledger": 2,
}


def count(warehouse: Warehouse) -> dict[str, int]:
    with warehouse.engine.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            for name in metadata.tables
        }


def test_an_order_of_two_lines_leaves_so_many_rows_when_it_is_shipped(warehouse: Warehouse) -> None:
    for sku in ("K1", "K2"):
        warehouse.stock(5, sku)
    before = count(warehouse)
    order = warehouse.order([("K1", 2), ("K2", 1)])
    (shipment,) = warehouse.shipments("ready")
    floor.pick(warehouse.store, command("pick"), shipment)
    floor.ship(warehouse.store, command("ship"), shipment)
    after = count(warehouse)

    assert warehouse.status(order) == "shipped"
    grown = {name: rows - before[name] for name, rows in after.items() if rows > before[name]}
    for name in ("outbox", "untold"):  # What is delivered, or told, is deleted.
        del grown[name]
    assert grown == ROWS
    assert sum(ROWS.values()) <= MOST_ROWS
