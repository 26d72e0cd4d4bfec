"""What is told before it is done is what then happens."""

from collections.abc import Callable

import pytest

from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.planning.change import Change
from tests.builders.warehouse import Warehouse

ALL_OR_NOTHING = {"max_shipments": 1}


def crowd(warehouse: Warehouse) -> str:
    """Orders that wait, hold and go, and the number of one in their midst."""
    warehouse.stock(4, "K1", "A")
    warehouse.stock(2, "K2", "B")
    warehouse.purchase([("K1", 5), ("K2", 1)])
    warehouse.order([("K1", 2), ("K2", 1)], policy=ALL_OR_NOTHING)
    mine = warehouse.order([("K1", 3), ("K2", 2)], policy=ALL_OR_NOTHING)
    warehouse.order([("K1", 2)], policy={"auto_allocate": "never"})
    warehouse.order([("K1", 1), ("K3", 1)], policy={"max_shipments": 2})
    warehouse.order([("K2", 2)])
    return warehouse.number(mine)


CHANGES: dict[str, Callable[[str], Change]] = {
    "first place": lambda number: manual.priority(number, 1),
    "last place": lambda number: manual.priority(number, 99),
    "as available": lambda number: manual.policy(number, {"max_shipments": None}),
    "lock": lambda number: manual.lock(number, "B"),
    "unallocate": lambda number: manual.unallocate(number, 1),
    "unallocate all": manual.unallocate,
    "mark backordered": lambda number: manual.mark_backordered(number, 2),
    "split": manual.split,
    "remove": manual.remove_unavailable,
    "back to ship": manual.back_to_ship,
    "cancel": lifecycle.cancel,
    "hold": lambda number: lifecycle.hold(number, "fraud"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_preview_is_what_then_happens(warehouse, name):
    change = CHANGES[name](crowd(warehouse))
    before = warehouse.standings()
    told = warehouse.preview(change)
    assert warehouse.standings() == before
    warehouse.do(change)
    after = warehouse.standings()

    assert {number: pair[1] for number, pair in told.items()} == {
        number: after[number] for number in after if after[number] != before[number]
    }
    assert all(pair[0] == before[number] for number, pair in told.items())


def test_nothing_is_written_when_a_change_is_only_looked_at(warehouse):
    number = crowd(warehouse)
    tables = ("order_event", "outbox", "command", "allocation", "shipment")
    counts = [warehouse.one(f"SELECT count(*) FROM {table}") for table in tables]
    warehouse.preview(manual.split(number))

    assert counts == [warehouse.one(f"SELECT count(*) FROM {table}") for table in tables]
