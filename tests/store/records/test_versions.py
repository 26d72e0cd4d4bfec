"""What a connection remembers is never older than the database: others change it meanwhile."""

from collections.abc import Iterator
from datetime import date, time

import pytest

from fulfillment.store.commands import catalogue
from fulfillment.store.commands.catalogue.closures import put_closure, remove_closure
from fulfillment.store.records.calendars import load_calendars
from fulfillment.store.records.loading import load_locations, load_settings
from fulfillment.store.transactions import idle
from fulfillment.store.transactions.session import Tx
from tests.builders.conversation import conversation
from tests.builders.warehouse import MERCHANT, TODAY, Warehouse

TOMORROW = date(2026, 3, 3)


@pytest.fixture
def other(warehouse: Warehouse) -> Iterator[Warehouse]:
    """Another process: it has connections of its own."""
    made = Warehouse.on(warehouse.engine.url.render_as_string(hide_password=False))
    yield made
    made.engine.dispose()


def is_closed(tx: Tx) -> bool:
    return load_calendars(tx, ["A"])["A"].is_closed(TOMORROW)


def test_a_calendar_is_read_once_by_a_connection_while_nobody_changes_it(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "TRUSTED_SECONDS", 3600.0)  # However slow this machine is.
    sent = []
    for _ in range(2):
        with conversation(warehouse.engine) as said:
            warehouse.store.transact(MERCHANT, is_closed)
        sent.append(len(said.statements))

    assert sent == [2, 1]


def test_the_next_transaction_sees_a_closure_when_another_process_put_it(
    warehouse: Warehouse, other: Warehouse
) -> None:
    found = [warehouse.store.transact(MERCHANT, is_closed)]
    put_closure(other.store, "A", TOMORROW, None)
    found.append(warehouse.store.transact(MERCHANT, is_closed))
    remove_closure(other.store, "A", TOMORROW)
    found.append(warehouse.store.transact(MERCHANT, is_closed))

    assert found == [False, True, False]


def test_the_next_transaction_sees_a_cutoff_when_another_process_changed_it(
    warehouse: Warehouse, other: Warehouse
) -> None:
    def cutoff(tx: Tx) -> time:
        return load_calendars(tx, ["A"])["A"].cutoff

    before = warehouse.store.transact(MERCHANT, cutoff)
    catalogue.put_location(other.store, catalogue.NewLocation("A", "A", cutoff=time(9)))

    assert (before, warehouse.store.transact(MERCHANT, cutoff)) == (time(15), time(9))


def test_the_next_transaction_sees_a_calendar_when_its_row_was_written_by_hand(
    warehouse: Warehouse, other: Warehouse
) -> None:
    def days(tx: Tx) -> int:
        return load_calendars(tx, ["A"])["A"].handling_days

    before = warehouse.store.transact(MERCHANT, days)
    sql = "UPDATE location SET handling_days = 3 WHERE id = 'A'"
    other.store.transact(MERCHANT, lambda tx: tx.run(sql))

    assert (before, warehouse.store.transact(MERCHANT, days)) == (0, 3)


def test_the_next_transaction_sees_settings_and_locations_when_another_process_changed_them(
    warehouse: Warehouse, other: Warehouse
) -> None:
    def ground(tx: Tx) -> tuple[object, list[str], date]:
        return load_settings(tx)[0], list(load_locations(tx)), tx.today("UTC")

    before = warehouse.store.transact(MERCHANT, ground)
    other.settings(max_shipments=2)
    other.location("C", 0)

    assert before == ({}, ["A", "B"], TODAY)
    assert warehouse.store.transact(MERCHANT, ground) == (
        {"max_shipments": 2},
        ["C", "A", "B"],
        TODAY,
    )
