import json
import threading
from typing import Any

import pytest

from fulfillment.domain.model.statuses import PurchaseOrderStatus
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
from fulfillment.store.commands.supply.purchase_orders import (
    Draft,
    draft_purchase_orders,
    move_status,
)
from fulfillment.store.commands.supply.serving import serve_due
from fulfillment.store.transactions.session import Command


@pytest.fixture
def shop(store):
    """SO-1 and SO-2 wait for eight of TEA (Leaf); SO-2 also for a CUP, which has no supplier."""
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("main", "Main", serves={"acme": 1}))
    put_products(
        store, "acme", [NewProduct("TEA", "Tea", supplier="Leaf"), NewProduct("CUP", "Cup")]
    )
    take(store, "SO-1", NewLine(1, "TEA", 5))
    take(store, "SO-2", NewLine(1, "TEA", 3), NewLine(2, "CUP", 1))
    return store


def take(store, number: str, *lines: NewLine) -> None:
    new = NewOrder(number, lines, address={"city": "Vienna"})
    (taken,) = create_orders(store, "acme", [new], "test")
    assert taken.order is not None
    prepare_fulfillment(store, "acme", [taken.order])


def draft(store) -> None:
    draft_purchase_orders(store, Command("acme", "draft", "draft", "test"), Draft())


def approve(store, number: str) -> None:
    command = Command("acme", "move", f"approve {number}", "test")
    move_status(store, command, number, PurchaseOrderStatus.APPROVED)


@pytest.fixture
def told(shop, pegboard):
    """Runs `pegboard po ARGUMENTS --json`, and answers with what it prints."""

    def run(*arguments: object) -> Any:
        done = pegboard("po", *arguments, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return run


def row(text: str, first: str) -> list[str]:
    """The cells of the table's row that begins so."""
    (found,) = [line.split() for line in text.splitlines() if line.split()[:1] == [first]]
    return found


def test_suggestions_are_shown_with_the_orders_behind_them(told, pegboard):
    shown = pegboard("po", "suggest")
    found = told("suggest", "--sku", "TEA")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert row(shown.stdout, "Leaf")[:4] == ["Leaf", "TEA", "main", "8"]
    assert "SO-1 (5), SO-2 (3)" in shown.stdout
    assert row(shown.stdout, "(none)")[:4] == ["(none)", "CUP", "main", "1"]
    (tea,) = found["items"]
    assert (tea["units"], tea["order_count"], found["next"]) == (8, 2, None)
    assert told("suggest", "--limit", "1")["next"] is not None
    assert [one["sku"] for one in told("suggest", "--supplier", "")["items"]] == ["CUP"]


def test_purchase_order_goes_from_draft_to_the_last_receipt(told, pegboard, shop):
    drafted = pegboard("po", "draft", "--expected-on", "2190-03-01", "--prefix", "B-")
    assert (drafted.returncode, drafted.stderr) == (0, "")
    assert row(drafted.stdout, "B-1") == ["B-1", "Leaf", "1", "8", "2190-03-01"]
    assert "Left out, since they have no supplier: CUP." in drafted.stdout
    assert told("draft")["purchase_orders"] == []
    approved = pegboard("po", "approve", "B-1", "--note", "Monday.")
    assert approved.stdout == (
        "Purchase order B-1: status approved, units 0 received, 8 outstanding, 8 pegged\n"
    )
    assert told("status", "B-1", "in_transit")["status"] == "in_transit"
    received = ("po", "receive", "B-1", "--receipt", "R-1", "--location", "main", "1=6")
    first, again = pegboard(*received), pegboard(*received)
    assert first.stdout == again.stdout
    assert "6 received, 2 outstanding, 2 pegged" in first.stdout
    shown = pegboard("po", "show", "B-1")
    table, _, _ = shown.stdout.rpartition("1 of 1")
    assert row(table, "1") == ["1", "TEA", "main", "8", "6", "2", "2", "2190-03-01"]
    assert "1 of 1 SKUs are still owed a distribution" in shown.stdout
    serve_due(shop, "acme")
    rest = told("receive", "B-1", "--receipt", "R-2", "--location", "main", "--all")
    serve_due(shop, "acme")

    assert rest["status"] == "received"
    found = told("show", "B-1")
    assert found["lines"][0]["outstanding"] == 0
    assert (found["distribution"]["skus_owed"], found["distribution"]["lines_waiting"]) == (0, 0)
    assert found["distribution"]["orders_released"] == 2


def test_distribution_is_followed_until_nothing_is_owed_any_more(told, pegboard, shop):
    draft(shop)
    approve(shop, "PO-1")
    told("receive", "PO-1", "--receipt", "R-1", "--location", "main", "--all")
    served = threading.Timer(3, lambda: serve_due(shop, "acme"))
    served.start()

    done = pegboard("po", "show", "PO-1", "--watch")
    served.join()

    assert (done.returncode, done.stderr) == (0, "")
    *_, before, after = done.stdout.splitlines()
    assert before.startswith("1 of 1 SKUs are still owed a distribution")
    assert after.startswith("Nothing is owed a distribution; its goods released 2 orders so far")


def test_purchase_orders_are_listed_by_status_supplier_and_sku(told, pegboard, shop):
    draft(shop)
    told("draft", "--supplier", "Clay", "--sku", "CUP")
    approve(shop, "PO-2")

    def numbers(*arguments: object) -> list[str]:
        return [one["number"] for one in told("list", *arguments)["items"]]

    assert numbers() == ["PO-2", "PO-1"]
    assert numbers("--status", "draft") == ["PO-1"]
    assert numbers("--supplier", "Clay") == ["PO-2"]
    assert numbers("--sku", "TEA") == ["PO-1"]
    assert told("list", "--limit", "1")["next"] is not None
    assert row(pegboard("po", "list").stdout, "PO-2")[:3] == ["PO-2", "Clay", "approved"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("list", "--status", "lost"), 2, "--status is one of draft, approved"),
        (("show", "PO-9"), 1, "there is no purchase order PO-9"),
        (("show", "PO-1", "--watch", "--json"), 2, "leave out --json"),
        (("suggest", "--location", "moon"), 1, "--location: moon is not an active location"),
        (("draft", "--sku", "NONE"), 1, "--sku: there is no product NONE"),
        (("draft", "--expected-on", "soon"), 2, "--expected-on is a date as 2026-03-31"),
        (("draft", "--prefix", "a\tb"), 2, "--prefix: "),
        (("draft", "--supplier", ""), 2, "--supplier: string should have at least 1"),
        (("approve", "PO-9"), 1, "there is no purchase order PO-9"),
        (("status", "PO-1", "received"), 2, "STATUS is one of in_transit, arrived"),
        (("status", "PO-1", "arrived"), 1, "a purchase order that is draft cannot become arrived"),
    ],
)
def test_wrong_input_is_told_in_its_first_line(shop, pegboard, arguments, code, words):
    draft(shop)
    done = pegboard("po", *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "name LINE=UNITS, or --all"),
        (("--all", "1=2"), 2, "name LINE=UNITS, or --all"),
        (("1:2",), 2, "write what came as LINE=UNITS or LINE=UNITS:DISPOSITION"),
        (("1=2", "1=3"), 1, "LINE=UNITS: line 1 is there twice as sellable"),
        (("7=2",), 1, "LINE=UNITS: purchase order PO-1 has no line 7"),
        (("1=9",), 1, "LINE=UNITS: "),
        (("1=0",), 2, "LINE=UNITS: "),
        (("1=2", "--receipt", "R\t1"), 2, "--receipt: "),
        (("1=2", "--location", "moon"), 1, "--location: moon is not a location"),
    ],
)
def test_receipt_is_refused_naming_the_option_when_it_is_wrong(
    shop, pegboard, arguments, code, words
):
    draft(shop)
    approve(shop, "PO-1")
    given = () if "--receipt" in arguments else ("--receipt", "R-1")
    place = () if "--location" in arguments else ("--location", "main")
    done = pegboard("po", "receive", "PO-1", *given, *place, *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr.splitlines()[0]


def test_nothing_is_received_when_nothing_is_outstanding(told, pegboard, shop):
    draft(shop)
    approve(shop, "PO-1")
    told("status", "PO-1", "closed")
    done = pegboard("po", "receive", "PO-1", "--receipt", "R", "--location", "main", "--all")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "pegboard: --all: nothing is outstanding on PO-1\n"


def test_code_is_three_when_there_is_no_api(without_database):
    assert without_database("po", "list").returncode == 3


def test_purchase_order_is_changed_line_by_line(told, shop):
    draft(shop)
    approve(shop, "PO-1")

    found = told("change", "PO-1", "1=6", "--add", "CUP=2@main", "--expected-on", "2190-03-01")

    assert [(line["sku"], line["outstanding"]) for line in found["lines"]] == [
        ("TEA", 6),
        ("CUP", 2),
    ]
    assert [line["pegged"] for line in found["lines"]] == [6, 1]
    found = told("change", "PO-1", "2=0", "--note", "not made any more")
    assert [line["outstanding"] for line in found["lines"]] == [6, 0]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 1, "name a date, or lines"),
        (("1=2", "1=3"), 2, "LINE=UNITS names each line once"),
        (("1=0",), 1, "cancel it instead"),
        (("7=2",), 1, "LINE=UNITS: purchase order PO-1 has no line 7"),
        (("--add", "CUP"), 2, "write --add as SKU=UNITS[:PACK]@LOCATION, not 'CUP'"),
        (("--add", "NONE=2@main"), 1, "--add: there is no product NONE"),
        (("--expected-on", "soon"), 2, "--expected-on is a date as 2026-03-31"),
    ],
)
def test_change_is_refused_naming_the_option_when_it_is_wrong(
    shop, pegboard, arguments, code, words
):
    draft(shop)
    done = pegboard("po", "change", "PO-1", *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr.splitlines()[0]
