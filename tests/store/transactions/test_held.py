"""Who holds a row for long stops nobody for ever, and is named."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from fulfillment.settings import Settings
from fulfillment.store.transactions.held import HeldError
from fulfillment.store.transactions.patience import PATIENCE, Patience
from fulfillment.store.transactions.rehearsal import rehearsed
from fulfillment.store.transactions.session import Store, connect
from tests.builders.calling import at_once
from tests.builders.warehouse import MERCHANT, Warehouse

SHORT = Patience(lock=0.3, statement=2, idle=1)


@pytest.fixture
def hurried(warehouse: Warehouse) -> Iterator[Warehouse]:
    """The same warehouse by a store that waits for little."""
    engine = connect(warehouse.engine.url, patience=SHORT)
    yield Warehouse(Store(engine, warehouse.clock), warehouse.clock)
    engine.dispose()


@contextmanager
def holding(warehouse: Warehouse, sql: str) -> Iterator[int]:
    """A session of somebody else that has begun a transaction and forgot it; its pid."""
    url = warehouse.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with psycopg.connect(url, application_name="somebody") as connection:
        connection.execute(sql)
        yield connection.info.backend_pid


@pytest.mark.parametrize(
    ("sql", "kind", "names"),
    [
        ("SELECT 1 FROM sku_queue WHERE sku = 'K1' FOR UPDATE", "queue", ("K1",)),
        ("SELECT 1 FROM orders WHERE number = 'FIRST' FOR NO KEY UPDATE", "order", ("FIRST",)),
        ("LOCK TABLE payment_entry, stock_level IN ACCESS EXCLUSIVE MODE", "row", ()),
    ],
)
def test_what_is_held_is_named_soon_and_can_be_had_afterwards(
    warehouse: Warehouse, hurried: Warehouse, sql: str, kind: str, names: tuple[str, ...]
) -> None:
    order = warehouse.order([("K1", 1), ("K2", 1)], number="FIRST")
    began = time.monotonic()
    with (
        holding(warehouse, sql) as pid,
        capture_logs() as lines,
        pytest.raises(HeldError) as held,
    ):
        hurried.cancel(order)
    assert time.monotonic() - began < 3
    assert (held.value.kind, held.value.names) == (kind, names)
    (line,) = [line for line in lines if line["event"] == "lock_not_had"]
    if names:
        ((holder),) = line["holders"]
        assert (holder["pid"], holder["application"]) == (pid, "somebody")
        assert holder["state"] == "idle in transaction"
    assert hurried.cancel(order)["status"] == "cancelled"


def test_the_waiting_second_is_told_as_well_as_the_first(
    warehouse: Warehouse, hurried: Warehouse
) -> None:
    orders = [warehouse.order([("K1", 1)]) for _ in range(3)]
    told: list[tuple[str, ...]] = []

    def cancel(order: int) -> Callable[[], object]:
        def run() -> object:
            try:
                return hurried.cancel(order)
            except HeldError as error:
                told.append(error.names)
                return None

        return run

    with holding(warehouse, "SELECT 1 FROM sku_queue WHERE sku = 'K1' FOR UPDATE"):
        at_once(*[cancel(order) for order in orders])
    assert told == [("K1",)] * 3


def test_others_go_on_while_a_queue_is_held(warehouse: Warehouse, hurried: Warehouse) -> None:
    warehouse.stock(5, "K2")
    with holding(warehouse, "SELECT 1 FROM sku_queue WHERE sku = 'K1' FOR UPDATE"):
        order = hurried.order([("K2", 2)])
        assert hurried.read(order)["lines"][0]["allocated"] == 2


def test_settings_that_nobody_changes_are_what_the_store_has_by_itself() -> None:
    assert Patience(**Settings().database_patience) == PATIENCE


def test_a_statement_that_runs_for_too_long_is_ended(hurried: Warehouse) -> None:
    with pytest.raises(OperationalError) as ended:
        hurried.store.read(MERCHANT, lambda tx: tx.rows("SELECT pg_sleep(10)"))
    assert getattr(ended.value.orig, "sqlstate", None) == "57014"


def test_a_transaction_that_pauses_for_too_long_lets_go_of_what_it_holds(
    warehouse: Warehouse, hurried: Warehouse
) -> None:
    with hurried.engine.connect() as frozen:
        frozen.exec_driver_sql("SELECT 1 FROM sku_queue WHERE sku = 'K1' FOR UPDATE")
        began = time.monotonic()
        warehouse.order([("K1", 1)])
        assert 0.5 < time.monotonic() - began < 5
        frozen.invalidate()


def test_a_rehearsal_is_told_who_holds_what_it_needs(
    warehouse: Warehouse, hurried: Warehouse
) -> None:
    order = warehouse.order([("K1", 1)])
    sql = "SELECT 1 FROM sku_queue WHERE sku = 'K1' FOR UPDATE"
    with rehearsed(hurried.store) as store:
        rehearsal = Warehouse(store, warehouse.clock)
        with holding(warehouse, sql), pytest.raises(HeldError) as held:
            rehearsal.cancel(order)
        assert (held.value.kind, held.value.names) == ("queue", ("K1",))
        assert rehearsal.cancel(order)["status"] == "cancelled"
    assert warehouse.status(order) != "cancelled"
