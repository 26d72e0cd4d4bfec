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
from tests.cli.conftest import KEY_NAME


@pytest.fixture
def shop(store):
    """SO-1 wants tea and a cup at once and holds the only tea; SO-2 waits for it."""
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("main", "Main", serves={"acme": 1}))
    put_location(store, NewLocation("spare", "Spare", serves={"acme": 2}))
    put_products(store, "acme", [NewProduct("TEA", "Tea"), NewProduct("CUP", "Cup")])
    adjust(store, Command("acme", "adjust", "k", "t"), [Adjustment("TEA", "main", 1, "count")])
    take(store, "SO-1", NewLine(1, "TEA", 1), NewLine(2, "CUP", 1), policy={"max_shipments": 1})
    take(store, "SO-2", NewLine(1, "TEA", 1))
    return store


def take(store, number: str, *lines: NewLine, **more: Any) -> None:
    new = NewOrder(number, lines, address={"city": "Vienna"}, **more)
    (taken,) = create_orders(store, "acme", [new], "test")
    assert taken.order is not None
    prepare_fulfillment(store, "acme", [taken.order])


def shown(pegboard, number: str):
    return json.loads(pegboard("order", "show", number, "--json").stdout)


def history(pegboard, number: str):
    return json.loads(pegboard("order", "history", number, "--json").stdout)["items"]


def test_priority_is_only_looked_at_until_it_is_changed(shop, pegboard):
    command = ("order", "priority", "SO-2", "40")
    looked = pegboard(*command, "--preview")
    plain = json.loads(pegboard(*command, "--preview", "--json").stdout)
    assert (looked.returncode, looked.stderr) == (0, "")
    assert "2 orders would change" in looked.stdout
    assert "awaiting_pick_and_pack" in looked.stdout
    assert [one["order"] for one in plain["outcomes"]] == ["SO-2", "SO-1"]
    assert shown(pegboard, "SO-2")["priority"] == 50
    done = pegboard(*command, "--note", "They called.")

    assert done.stdout == "Order SO-2: status awaiting_pick_and_pack\n"
    (event,) = [one for one in history(pegboard, "SO-2") if one["kind"] == "priority_changed"]
    assert event["actor"].startswith(f"{KEY_NAME} (")
    assert event["reason"] == "They called."


def test_policy_of_one_order_is_set_and_given_up(shop, pegboard):
    changed = pegboard("order", "policy", "SO-1", "max_shipments=none", "future_inventory=on")
    assert changed.stdout == "Order SO-1: status partially_backordered, 1 unit waits\n"
    assert shown(pegboard, "SO-1")["policy"]["future_inventory"] == {"value": True, "from": "order"}
    pegboard("order", "policy", "SO-1", "--unset", "future_inventory", "--unset", "max_shipments")
    pegboard("order", "policy", "SO-1", "preset=shipstream.up_to")

    policy = shown(pegboard, "SO-1")["policy"]
    assert policy["future_inventory"] == {"value": False, "from": "built in"}
    assert policy["max_shipments"] == {"value": 2, "from": "order"}


def test_location_is_locked_and_unlocked(shop, pegboard):
    assert "awaiting_stock" in pegboard("order", "lock", "SO-1", "spare").stdout
    assert "spare" in pegboard("order", "show", "SO-1").stdout
    assert shown(pegboard, "SO-2")["status"] == "awaiting_pick_and_pack"
    assert pegboard("order", "unlock", "SO-1").returncode == 0
    assert shown(pegboard, "SO-1")["lock_location"] is None


def test_units_are_given_back_and_taken_again(shop, pegboard):
    pegboard("order", "unallocate", "SO-1", "--line", "1")
    assert shown(pegboard, "SO-2")["status"] == "awaiting_pick_and_pack"
    refused = pegboard("order", "allocate", "SO-1", "--preview")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("pegboard: no unit is free that order SO-1 may take\n")
    assert pegboard("order", "resume-allocation", "SO-1").returncode == 0
    told = json.loads(pegboard("order", "back-to-ship", "SO-1", "--json").stdout)
    assert told["short"] == [
        {"line": 1, "sku": "TEA", "units": 1}, {"line": 2, "sku": "CUP", "units": 1},
    ]  # fmt: skip


def test_back_to_ship_says_what_is_short_and_why_nothing_goes(shop, pegboard):
    told = pegboard("order", "back-to-ship", "SO-1")

    assert "Short" in told.stdout
    assert "Not released: the order goes out in one shipment" in told.stdout


@pytest.mark.parametrize("command", ["split", "remove-unavailable"])
def test_what_is_there_goes_when_a_person_says_so(shop, pegboard, command):
    looked = pegboard("order", command, "SO-1", "--preview")
    done = pegboard("order", command, "SO-1")

    assert "1 order would change" in looked.stdout
    assert done.returncode == 0
    assert "ready" in {shipment["status"] for shipment in shown(pegboard, "SO-1")["shipments"]}


def test_lines_go_their_ways_when_an_order_is_prepared(shop, pegboard):
    take(shop, "SO-3", NewLine(1, "TEA", 1), NewLine(2, "CUP", 2), policy={"prepare": "manual"})
    done = pegboard("order", "prepare", "SO-3", "1=backorder", "2=drop_ship:spare")

    assert done.stdout == "Order SO-3: status partially_backordered, 1 unit waits\n"
    lines = shown(pegboard, "SO-3")["lines"]
    assert [(line["channel"], line["by_hand"]) for line in lines] == [
        ("pick", True), ("drop_ship", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("priority", "SO-1", "101"), 2, "PRIORITY: input should be less than or equal to 100"),
        (("priority", "SO-9", "1"), 1, "there is no order SO-9"),
        (("policy", "SO-1"), 2, "name SETTING=VALUE, or --unset"),
        (("policy", "SO-1", "speed"), 2, "write a setting as SETTING=VALUE"),
        (("policy", "SO-1", "speed=1"), 1, "there is no setting 'speed'"),
        (("lock", "SO-1", "moon"), 1, "moon is not an active location"),
        (("prepare", "SO-1", "1:pick"), 2, "write a line as LINE=CHANNEL:LOCATION"),
        (("prepare", "SO-1", "1=pick:main"), 1, "order SO-1 is prepared already"),
        (("split", "SO-2"), 1, "nothing that waits on order SO-2 is allocated"),
    ],
)
def test_a_refusal_is_told_in_its_first_line(shop, pegboard, arguments, code, words):
    done = pegboard("order", *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr.splitlines()[0]
