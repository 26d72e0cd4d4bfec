"""What is told of a receipt, a date or a status of a purchase order is what then happens."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from fulfillment.domain.model.moves import Disposition
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.commands.supply.purchase_orders import KEEP, LineChange, PurchaseChange
from fulfillment.store.commands.supply.receiving import Receipt, ReceivedLine
from fulfillment.store.commands.what_if import (
    Act,
    Stop,
    amended,
    moved,
    received,
    try_out,
)
from fulfillment.store.transactions.session import Tx
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse

ALL_OR_NOTHING = {"max_shipments": 1}
DRAFT = PurchaseOrderStatus.DRAFT


def crowd(warehouse: Warehouse) -> None:
    """Orders that wait for PO-1 in five days, PO-2 in ten, and for nothing that is known."""
    warehouse.stock(2, "K1", "A")
    warehouse.stock(1, "K2", "B")
    warehouse.purchase([("K1", 6), ("K2", 3)], number="PO-1", due=5)
    warehouse.purchase([("K1", 4)], number="PO-2", due=10)
    warehouse.purchase([("K1", 9)], number="DRAFT", due=1, status=DRAFT)
    warehouse.order([("K1", 3), ("K2", 2)], policy=ALL_OR_NOTHING)
    warehouse.order([("K1", 4)])
    warehouse.order([("K1", 2), ("K2", 2)])
    warehouse.order([("K1", 3), ("K3", 1)], policy=ALL_OR_NOTHING)
    warehouse.order([("K1", 2)], policy={"auto_allocate": "never"})
    warehouse.order([("K1", 2)])


Looked = Callable[[Tx], Act]


def looked(warehouse: Warehouse, look: Looked) -> dict[str, tuple[Any, Any]]:
    told = warehouse.store.simulate(MERCHANT, lambda tx: try_out(tx, (look(tx),)))
    assert not told.stops
    return {one.order: (plain(one.before), plain(one.after)) for one in told.impacts}


def assert_told(warehouse: Warehouse, look: Looked, do: Callable[[], object]) -> None:
    before = warehouse.standings()
    told = looked(warehouse, look)
    assert warehouse.standings() == before
    do()
    warehouse.serve_due()
    after = warehouse.standings()
    changed = {number: after[number] for number in after if after[number] != before[number]}
    assert {number: pair[1] for number, pair in told.items()} == changed
    assert all(pair[0] == before[number] for number, pair in told.items())


RECEIPTS: dict[str, tuple[dict[int, int], dict[int, int]]] = {
    "all": ({1: 6, 2: 3}, {}),
    "a part of it damaged": ({1: 3}, {1: 2}),
    "nothing but damaged": ({}, {1: 4}),
}


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_does_what_was_told_of_it(warehouse, name):
    crowd(warehouse)
    units, damaged = RECEIPTS[name]
    lines = [ReceivedLine(*row) for row in units.items()]
    lines += [ReceivedLine(*row, Disposition.DAMAGED) for row in damaged.items()]
    receipt = Receipt("R-1", "PO-1", "A", tuple(lines))
    assert_told(warehouse, lambda tx: received(tx, receipt), lambda: warehouse.take_in(receipt))


@pytest.mark.parametrize(
    "change",
    [
        PurchaseChange("PO-1", None),
        PurchaseChange("PO-1", KEEP, (LineChange(1, units=3),)),
        PurchaseChange("DRAFT", None),
    ],
    ids=["no date", "fewer", "of a draft"],
)
def test_a_change_does_what_was_told_of_it(warehouse, change):
    crowd(warehouse)
    assert_told(
        warehouse,
        lambda tx: amended(tx, change),
        lambda: warehouse.change(change.number, *change.lines, expected_on=change.expected_on),
    )


@pytest.mark.parametrize(("number", "days"), [("PO-1", 7), ("PO-1", 12), ("PO-2", 1), ("PO-2", 4)])
def test_another_date_does_what_was_told_of_it(warehouse, number, days):
    crowd(warehouse)
    on = warehouse.day(days)
    assert_told(
        warehouse,
        lambda tx: amended(tx, PurchaseChange(number, on)),
        lambda: warehouse.change(number, expected_on=on),
    )


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("DRAFT", "approved"),
        ("PO-2", "arrived"),
        ("PO-1", "closed"),
    ],
)
def test_a_status_does_what_was_told_of_it(warehouse, number, status):
    crowd(warehouse)
    assert_told(
        warehouse,
        lambda tx: moved(tx, number, PurchaseOrderStatus(status)),
        lambda: warehouse.move(number, status),
    )


def test_what_comes_on_a_pin_goes_to_whom_it_is_pinned(warehouse):
    crowd(warehouse)
    last = warehouse.order([("K1", 2)])
    warehouse.do(pin(warehouse.number(last), 1, [Pinned("PO-1", "purchase_order", None, 2)]))
    receipt = Receipt("R-1", "PO-1", "A", (ReceivedLine(1, 3),))
    assert_told(warehouse, lambda tx: received(tx, receipt), lambda: warehouse.take_in(receipt))


def test_it_says_where_it_stopped_and_what_is_told_as_far_as_that_is_done(warehouse, monkeypatch):
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 5)
    warehouse.purchase([("K1", 40)], number="PO-1", due=5)
    warehouse.purchase([("K1", 12)], number="PO-2", due=9)
    for nth in range(20):
        warehouse.order([("K1", 1)], f"L{nth}")
    look = partial(moved, number="PO-1", target=PurchaseOrderStatus.CANCELLED)
    told = warehouse.store.simulate(MERCHANT, lambda tx: try_out(tx, (look(tx),)))
    warehouse.move("PO-1", "cancelled")
    warehouse.serve_due()

    assert told.stops == (Stop("K1", "L4"),)
    after = warehouse.standings()
    assert {one.order: plain(one.after) for one in told.impacts}.items() <= after.items()
    assert [one.order for one in told.impacts] == [f"L{nth}" for nth in range(5)]
