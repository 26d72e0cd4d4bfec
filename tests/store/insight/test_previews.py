"""What is told before it is done is what then happens; what is allowed is not refused."""

from collections.abc import Callable
from datetime import date

import pytest

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import details, lifecycle, line_changes, manual, sent_again
from fulfillment.store.commands.orders.details import Customer
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
    "cancel": lifecycle.cancelling,
    "hold": lambda number: lifecycle.putting_on_hold(number, "fraud"),
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


# --- what is allowed -----------------------------------------------------------------------------

COMMANDS: dict[str, Callable[[str], Change]] = {
    "verify": lifecycle.verifying,
    "hold": lambda number: lifecycle.putting_on_hold(number, "another"),
    "unhold": lambda number: lifecycle.lifting_hold(number, None),
    "cancel": lifecycle.cancelling,
    "priority": lambda number: manual.priority(number, 3),
    "policy": lambda number: manual.policy(number, {"max_shipments": 3}),
    "lock": lambda number: manual.lock(number, "B"),
    "allocate": manual.allocate,
    "unallocate": manual.unallocate,
    "resume_allocation": manual.resume_allocation,
    "mark_backordered": lambda number: manual.mark_backordered(number, 1),
    "split": manual.split,
    "remove_unavailable": manual.remove_unavailable,
    "back_to_ship": manual.back_to_ship,
    "prepare": lambda number: manual.prepare(number, []),
    "quantity": lambda number: line_changes.quantity(number, 1, 9),
    "add_line": lambda number: line_changes.add_line(number, line_changes.Added("K3", 1)),
    "exchange": lambda number: line_changes.exchange(number, LineUnits(1, 1), "K9"),
    "exchange_returned": lambda number: sent_again.exchanging(number, LineUnits(1), "K9"),
    "address": lambda number: details.address(number, Customer(address={"city": "Graz"})),
    "cancel_date": lambda number: details.cancel_date(number, date(2190, 1, 1)),
}
"""`pins`, `stage` and `unstage` depend on what is named, and are tried by the API's tests."""


def situations(warehouse: Warehouse) -> list[int]:
    """Orders in many states; behind all of them nobody holds anything."""
    warehouse.stock(9, "K2", "A")
    made = [
        warehouse.order([("K1", 1)]),
        warehouse.order([("K2", 1)]),
        warehouse.order([("K2", 1), ("K1", 1)]),
        warehouse.order([("K2", 1), ("K1", 1)], policy=ALL_OR_NOTHING),
        warehouse.order([("K2", 1), ("K1", 1)], policy={"verify": "manual"}),
        warehouse.order([("K2", 1), ("K1", 1)], policy={"prepare": "manual"}),
        warehouse.order([("K3", 1)], pickup_location="B"),
        warehouse.order([("K3", 1)], policy={"auto_allocate": "never"}),
        warehouse.take([("K2", 1)]),
    ]
    held, hand, gone = (warehouse.order([("K2", 1), ("K1", 1)]) for _ in range(3))
    warehouse.hold(held)
    warehouse.do(manual.unallocate(warehouse.number(hand)))
    warehouse.cancel(gone)
    warehouse.pick(warehouse.shipments("ready")[0])
    warehouse.stock(1, "K3", "A")
    return [*made, held, hand, gone]


def test_a_command_refuses_exactly_what_an_order_does_not_allow(warehouse):
    warehouse.products("K9")
    for order in situations(warehouse):
        told = warehouse.read(order)["actions"]
        expected = dict.fromkeys(told["allowed"])
        expected |= {one["action"]: (one["code"], one["why"]) for one in told["refused"]}
        for action in ("edit", "pins", "stage", "unstage"):
            expected.pop(action)
        number = warehouse.number(order)
        found = {name: tried(warehouse, make(number)) for name, make in COMMANDS.items()}
        # A refusal of what names a line tells of that line.
        for action in ("exchange", "exchange_returned"):
            done, shown = found.pop(action), expected.pop(action)
            assert (done and done[0]) == (shown and shown[0])
        assert found == expected


def tried(warehouse: Warehouse, change: Change) -> tuple[str, str] | None:
    try:
        warehouse.preview(change)
    except RefusedError as refusal:
        return refusal.code, str(refusal)
    return None
