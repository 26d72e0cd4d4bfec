"""What the database itself refuses, and how it comes to be."""

from collections.abc import Callable

import pytest
from alembic import command as alembic
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool

from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store import migrations
from fulfillment.store.schema import metadata


@pytest.fixture
def empty_url(database_url: str) -> str:
    """A database of this test's own that was taken down to nothing."""
    migrations.downgrade(database_url, "base")
    return database_url


def tables(url: str) -> set[str]:
    found = inspect(create_engine(url, poolclass=NullPool)).get_table_names()
    return {name for name in found if not name.startswith("archived_rows_")}


def test_every_table_comes_and_goes_when_migrations_run_up_and_down(empty_url):
    assert tables(empty_url) == {"alembic_version"}
    migrations.upgrade(empty_url)
    assert tables(empty_url) == {*metadata.tables, "alembic_version"}
    migrations.downgrade(empty_url, "base")
    migrations.upgrade(empty_url)
    assert tables(empty_url) == {*metadata.tables, "alembic_version"}


def test_the_migrations_make_what_the_metadata_says(database_url):
    alembic.check(migrations.configuration(database_url))


LEDGER_CHANGES = (
    "UPDATE stock_ledger SET units = 9",
    "DELETE FROM stock_ledger",
    "TRUNCATE stock_ledger",
)


@pytest.mark.parametrize("sql", LEDGER_CHANGES)
def test_the_ledger_refuses_a_change_of_what_was_written(warehouse, sql):
    warehouse.stock(5)
    with warehouse.engine.begin() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(sql))


ROWS = {
    "more allocated than on hand": "UPDATE stock_level SET allocated = on_hand + 1",
    "allocated below zero": "UPDATE stock_level SET allocated = -1",
    "on hand below zero": "UPDATE stock_level SET on_hand = -1, allocated = -1",
    "more in hands than allocated": "UPDATE stock_level SET picked = allocated + 1",
    "picked below zero": "UPDATE stock_level SET picked = -1",
    "damaged goods allocated": "UPDATE stock_level SET disposition = 'damaged'",
    "unknown disposition": "UPDATE stock_level SET disposition = 'lost'",
    "more received than ordered": "UPDATE supply SET received = ordered + 1",
    "more closed than outstanding": "UPDATE supply SET closed = ordered, received = 1",
    "nothing ordered": "UPDATE supply SET ordered = 0",
    "more cancelled than ordered": "UPDATE order_line SET cancelled = ordered + 1",
    "shipped below zero": "UPDATE order_line SET shipped = -1",
    "an empty order line": "UPDATE order_line SET ordered = 0",
    "an empty shipment line": "UPDATE shipment_line SET units = 0",
    "an empty claim": "UPDATE allocation SET units = 0",
    "more picked than claimed": "UPDATE allocation SET picked = units + 1",
    "an empty peg": "UPDATE peg SET units = 0",
    "a released shipment without a place": "UPDATE shipment SET status = 'ready', location = NULL",
    "unknown shipment status": "UPDATE shipment SET status = 'lost'",
    "unknown order status": "UPDATE orders SET status = 'lost'",
    "a priority beyond the last": "UPDATE orders SET priority = 101",
    "a lock and a pickup": "UPDATE orders SET lock_location = 'A', pickup_location = 'B'",
    "unknown purchase status": "UPDATE purchase_order SET status = 'lost'",
    "a queue row that wants nothing": "UPDATE open_demand SET wanted = 0, held = 0",
    "a queue row that wants less than nothing": "UPDATE open_demand SET wanted = -1, held = 5",
    "unknown gate": "UPDATE open_demand SET gate = 'lost'",
    "a limit below zero": "UPDATE product SET backorder_limit = -1",
    "a merchant id that is no slug": "INSERT INTO merchant (id, name) VALUES ('No Slug', 'x')",
    "a ledger row of nothing": "INSERT INTO stock_ledger (merchant, sku, location, units, kind,"
    " reference, actor) VALUES ('acme', 'K1', 'A', 0, 'adjustment', 'x', 'x')",
    "a dispatch that brings": "INSERT INTO stock_ledger (merchant, sku, location, units, kind,"
    " reference, actor) VALUES ('acme', 'K1', 'A', 1, 'dispatch', 'x', 'x')",
    "a number twice": "INSERT INTO purchase_order (merchant, number, status, created_by)"
    " SELECT merchant, number, status, 'x' FROM purchase_order",
    "a ledger row twice": "INSERT INTO stock_ledger (merchant, sku, location, units, kind,"
    " reference, actor) SELECT merchant, sku, location, units, kind, reference, 'x'"
    " FROM stock_ledger",
}


@pytest.fixture
def furnished(warehouse) -> Callable[[str], None]:
    """A row of every kind; runs SQL on them."""
    warehouse.stock(3)
    warehouse.purchase([("K1", 5)])
    warehouse.order([("K1", 5)], policy={"max_shipments": 1})

    def run(sql: str) -> None:
        with warehouse.engine.begin() as connection:
            connection.execute(text(sql))

    return run


def test_a_bad_row_is_refused_by_its_constraint(furnished):
    taken = []
    for name, sql in ROWS.items():
        try:
            furnished(sql)
        except IntegrityError:
            continue
        taken.append(name)

    assert taken == []


def test_inbound_supply_is_what_is_to_come_of_what_is_on_its_way(warehouse):
    warehouse.purchase([("K1", 5)], status=PurchaseOrderStatus.DRAFT)
    short = warehouse.purchase([("K1", 8)])
    arrived = warehouse.purchase([("K1", 3)])
    done = warehouse.purchase([("K1", 2)])
    warehouse.receive(short, {1: 6})
    warehouse.receive(done, {1: 2})
    warehouse.move(arrived, "arrived")

    rows = warehouse.rows(
        "SELECT document, outstanding, counts_until = '9999-12-31' AS always FROM inbound_supply"
    )

    assert {tuple(row) for row in rows} == {(short, 2, False), (arrived, 3, True)}
