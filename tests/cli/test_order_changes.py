import json
from typing import Any

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
from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.transactions.session import Command


@pytest.fixture
def shop(store):
    """SO-1 is ready with two of tea; SO-2 waits for one."""
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("main", "Main", serves={"acme": 1}))
    products = [NewProduct("TEA", "Tea", packs={"carton": 12}), NewProduct("CUP", "Cup")]
    put_products(store, "acme", products)
    adjust(store, Command("acme", "adjust", "k", "t"), [Adjustment("TEA", "main", 2, "count")])
    for number, units in (("SO-1", 2), ("SO-2", 1)):
        new = NewOrder(number, (NewLine(1, "TEA", units),), address={"city": "Vienna"})
        (taken,) = create_orders(store, "acme", [new], "test")
        assert taken.order is not None
        prepare_fulfillment(store, "acme", [taken.order])
    return store


def shown(pegboard, number: str = "SO-1") -> dict[str, Any]:
    return dict(json.loads(pegboard("order", "show", number, "--json").stdout))


def test_an_order_is_held_and_goes_on(shop, pegboard):
    held = pegboard("order", "hold", "SO-1", "fraud", "--note", "Looks odd.")
    assert held.stdout == "Order SO-1: status on_hold\n"
    assert pegboard("order", "unhold", "SO-1").stdout == (
        "Order SO-1: status awaiting_pick_and_pack\n"
    )
    refused = pegboard("order", "verify", "SO-1")
    first, remedy = refused.stderr.splitlines()
    assert (refused.returncode, first) == (1, "pegboard: order SO-1 is verified already")
    assert remedy == "  Look at the state as it is now, and ask for something that it allows."


def test_a_quantity_is_only_looked_at_until_it_is_changed(shop, pegboard):
    looked = pegboard("order", "quantity", "SO-1", "1", "1", "--preview")
    assert "2 orders would change" in looked.stdout
    assert shown(pegboard)["lines"][0]["cancelled"] == 0
    done = pegboard("order", "quantity", "SO-1", "1", "1")

    assert done.stdout == "Order SO-1: status awaiting_pick_and_pack\n"
    assert shown(pegboard, "SO-2")["status"] == "awaiting_pick_and_pack"
    assert pegboard("order", "quantity", "SO-1", "1", "2", "--pack", "carton").returncode == 0
    assert shown(pegboard)["lines"][0]["backordered"] == 23


def test_lines_are_added_exchanged_and_cancelled(shop, pegboard):
    added = pegboard("order", "add-line", "SO-1", "CUP", "3", "--unit-price", "120", "--json")
    assert json.loads(added.stdout)["line"] == 2
    exchanged = pegboard("order", "exchange", "SO-1", "1", "CUP", "--units", "1", "--json")
    assert json.loads(exchanged.stdout)["line"] == 3
    assert shown(pegboard, "SO-2")["status"] == "awaiting_pick_and_pack"
    assert pegboard("order", "cancel", "SO-1", "2=1", "3").returncode == 0
    assert [line["cancelled"] for line in shown(pegboard)["lines"]] == [1, 1, 1]
    assert pegboard("order", "mark-backordered", "SO-1", "1").returncode == 0
    assert shown(pegboard)["lines"][0]["by_hand"]
    assert pegboard("order", "cancel", "SO-1").stdout == "Order SO-1: status cancelled\n"


def test_an_address_is_changed_and_not_told_in_the_history(shop, pegboard):
    done = pegboard("order", "address", "SO-1", "name=Example", "line1=1 Example Street")
    assert done.returncode == 0
    order = shown(pegboard)
    assert order["customer"]["address"] == {"name": "Example", "line1": "1 Example Street"}
    happened = json.loads(pegboard("order", "history", "SO-1", "--json").stdout)["items"]
    (event,) = [one for one in happened if one["kind"] == "address_changed"]
    assert event["facts"] == {"changed": ["address"]}


def test_the_cancel_date_is_moved_and_given_back(shop, pegboard):
    for told, by in (("2190-04-30", "person"), ("never", "person"), ("policy", None)):
        assert pegboard("order", "cancel-date", "SO-2", told).returncode == 0
        assert shown(pegboard, "SO-2")["cancels_by"] == by


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("hold", "SO-1", "Looks odd"), 2, "REASON: string should match pattern"),
        (("cancel", "SO-1", "one"), 2, "write a line as LINE or LINE=UNITS"),
        (("cancel", "SO-1", "1=0"), 2, "LINE: input should be greater than or equal to 1"),
        (("quantity", "SO-1", "9", "1"), 1, "order SO-1 has no line 9"),
        (("add-line", "SO-1", "PEN", "1"), 1, "there is no active product PEN"),
        (("exchange", "SO-1", "1", "TEA"), 1, "line 1 is for TEA already"),
        (("exchange", "SO-1", "1", "CUP", "--units", "9"), 1, "7 units of line 1"),
        (("address", "SO-1", "street=1"), 2, "write an address as FIELD=VALUE"),
        (("cancel-date", "SO-1", "soon"), 2, "DAY is a date as 2026-03-31 or never or policy"),
        (("cancel-date", "SO-1", "2020-01-01"), 1, "2020-01-01 is over"),
    ],
)
def test_a_refusal_is_told_in_its_first_line(shop, pegboard, arguments, code, words):
    done = pegboard("order", *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr.splitlines()[0]
