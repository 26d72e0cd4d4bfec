import json

import pytest

from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    NewProduct,
    put_location,
    put_merchant,
    put_products,
)
from fulfillment.store.commands.intake import NewLine, NewOrder, create_orders
from fulfillment.store.commands.orders.lifecycle import prepare_fulfillment
from fulfillment.store.commands.supply import purchase_orders, receiving
from fulfillment.store.transactions.session import Command
from tests.builders.warehouse import NOON


@pytest.fixture
def shop(store):
    """SO-1 and SO-2 wait for two teas each; PO-1 brings three, next year."""
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("main", "Main", serves={"acme": 1}))
    put_products(store, "acme", [NewProduct("TEA", "Tea")])
    for number in ("SO-1", "SO-2"):
        new = NewOrder(number, (NewLine(1, "TEA", 2),), address={"city": "Vienna"})
        (taken,) = create_orders(store, "acme", [new], "test")
        assert taken.order is not None
        prepare_fulfillment(store, "acme", [taken.order])
    day = NOON.date().replace(year=2190)
    bought = purchase_orders.NewPurchaseOrder(
        "PO-1", (purchase_orders.NewPurchaseLine(1, "TEA", 3, "main"),), expected_on=day
    )
    purchase_orders.create_purchase_order(store, Command("acme", "create", "k", "t"), bought)
    return store


def receive(store, units: int) -> None:
    came = receiving.Receipt("GR-1", "PO-1", "main", (receiving.ReceivedLine(1, units),))
    receiving.receive(store, receiving.receipt_command("acme", "t", came), came)
    purchase_orders.serve_receipts(store, "acme", 1)


def allocated(pegboard, number: str) -> int:
    return int(
        json.loads(pegboard("order", "show", number, "--json").stdout)["lines"][0]["allocated"]
    )


def test_pinned_line_is_served_first_and_the_receipt_tells_it(shop, pegboard):
    pinned = pegboard("order", "pin", "SO-2", "1", "PO-1/1=2", "--note", "Promised.")
    assert (pinned.returncode, pinned.stderr) == (0, "")
    receive(shop, 3)
    shown = pegboard("receipt", "show", "GR-1")
    assert (allocated(pegboard, "SO-1"), allocated(pegboard, "SO-2")) == (1, 2)
    assert "Straight to these shipments" in shown.stdout
    assert "SO-2" in shown.stdout
    (listed,) = json.loads(pegboard("receipt", "list", "--po", "PO-1", "--json").stdout)["items"]
    assert (listed["number"], listed["units"], listed["to_shelf"]) == ("GR-1", 3, 0)


def test_freed_line_waits_by_rank_again(shop, pegboard):
    pegboard("order", "pin", "SO-2", "1", "PO-1")
    freed = pegboard("order", "unpin", "SO-2", "1")
    assert (freed.returncode, freed.stderr) == (0, "")
    receive(shop, 2)
    assert (allocated(pegboard, "SO-1"), allocated(pegboard, "SO-2")) == (2, 0)


def test_pin_is_refused_in_words(shop, pegboard):
    for supply, code, words in (
        ("PO-1=0", 1, "there is no purchase order PO-1=0"),
        ("PO-9", 1, "there is no purchase order PO-9"),
        ("PO-1=3", 1, "only 2 units wait"),
        ("restock:PO-1", 1, "there is no restock PO-1"),
    ):
        refused = pegboard("order", "pin", "SO-1", "1", supply)
        assert (refused.returncode, words in refused.stderr) == (code, True), refused.stderr


def test_receipt_is_taken_back(shop, pegboard):
    receive(shop, 3)
    done = pegboard("receipt", "reverse", "GR-1", "--reason", "not ours")
    assert (done.returncode, done.stderr) == (0, "")
    assert "taken back: not ours" in done.stdout
    assert allocated(pegboard, "SO-1") == 0
    again = pegboard("receipt", "reverse", "GR-1", "--reason", "not ours")
    assert again.returncode == 1
    assert "was reversed already" in again.stderr
    missing = pegboard("receipt", "show", "GR-7")
    assert (missing.returncode, "GR-7" in missing.stderr) == (1, True)
