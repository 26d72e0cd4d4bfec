"""Orders that are archived and brought back, and all rows of a database to compare."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from fulfillment.store.archive.archiving import archive_next
from fulfillment.store.archive.months import make_months
from fulfillment.store.integrity.proving import prove_past
from fulfillment.store.schema import metadata
from tests.builders.feed import tell
from tests.builders.warehouse import Warehouse

DAYS = 90
NOT_OF_ORDERS = {"proven_past", "ledger_checkpoint", "brought_back"}


def archive(warehouse: Warehouse, days: int = DAYS + 1) -> int:
    """Let so many days pass, prove the past and archive what is at rest; how many orders."""
    warehouse.settings(archive_after_days=DAYS)
    warehouse.clock.pass_days(days)
    return archive_now(warehouse)


def archive_now(warehouse: Warehouse) -> int:
    """One round over all orders."""
    tell(warehouse.store)
    deliver(warehouse)
    while prove_past(warehouse.store).more:
        pass
    make_months(warehouse.store)
    archived, step = 0, archive_next(warehouse.store)
    while step.upto is not None:
        archived += step.archived
        step = archive_next(warehouse.store, step.upto)
    return archived


def deliver(warehouse: Warehouse) -> None:
    """Every workflow has had what it was owed."""
    with warehouse.engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))


def all_rows(warehouse: Warehouse, *without: str) -> Mapping[str, list[str]]:
    """Every row of every table, as text, but for what an audit keeps."""
    names = sorted(metadata.tables.keys() - NOT_OF_ORDERS - set(without))
    return {name: _rows(warehouse, name) for name in names}


def _rows(warehouse: Warehouse, table: str) -> list[str]:
    found: list[Any] = warehouse.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t")
    return sorted(row.row for row in found)
