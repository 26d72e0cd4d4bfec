import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from cli import folder
from cli.errors import ServiceAwayError
from cli.host import connection
from cli.output import console
from fulfillment.domain.model.scope import Scope
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role, caller_of
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
from fulfillment.store.transactions.session import Command, Store


@pytest.fixture
def shop(store):
    """Three orders for five units: the first has its two, the others wait."""
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("main", "Main", serves={"acme": 1}))
    put_products(store, "acme", [NewProduct("TEA", "Tea")])
    adjust(store, Command("acme", "adjust", "k", "t"), [Adjustment("TEA", "main", 2, "count")])
    orders = [
        NewOrder(
            f"SO-{number}",
            (NewLine(1, "TEA", 2),),
            placed_at=datetime(2026, 3, number, tzinfo=UTC),
            address={"name": "Ada Example", "city": "Vienna"},
        )
        for number in (1, 2, 3)
    ]
    taken = create_orders(store, "acme", orders, "test")
    prepare_fulfillment(store, "acme", [one.order for one in taken if one.order])
    return store


def test_order_is_shown_with_its_lines_shipments_and_history(shop, pegboard):
    shown = pegboard("order", "show", "SO-1")

    assert shown.returncode == 0
    assert "Order SO-1: status awaiting_pick_and_pack" in shown.stdout
    for words in ("TEA", "main", "ready", "received"):
        assert words in shown.stdout
    assert "Example" not in shown.stdout

    plain = json.loads(pegboard("order", "show", "SO-1", "--json").stdout)
    assert plain["lines"][0]["allocated"] == 2
    happened = pegboard("order", "history", "SO-1")
    assert "received" in happened.stdout


def test_list_shows_the_orders_that_are_asked_for(shop, pegboard):
    every = json.loads(pegboard("order", "list", "--json").stdout)
    waiting = json.loads(pegboard("order", "list", "--backordered", "--json").stdout)
    first = json.loads(pegboard("order", "list", "--limit", "1", "--json").stdout)
    table = pegboard("order", "list", "--status", "awaiting_stock", "--sku", "TEA")

    assert [order["number"] for order in every["items"]] == ["SO-1", "SO-2", "SO-3"]
    assert [order["number"] for order in waiting["items"]] == ["SO-2", "SO-3"]
    assert first["next"]
    assert "SO-1" not in table.stdout
    assert "SO-3" in table.stdout


def test_explain_names_who_is_ahead(shop, pegboard):
    told = pegboard("order", "explain", "SO-3")
    plain = json.loads(pegboard("order", "explain", "SO-3", "--json", "--merchant", "acme").stdout)

    assert (
        "others_first  2 orders ahead in rank hold 2 units and wait for 2 units: SO-1, SO-2."
        in told.stdout
    )
    reasons = {reason["code"]: reason for reason in plain["waiting"][0]["reasons"]}
    assert set(reasons) == {"others_first", "waits_for_stock"}
    assert reasons["others_first"]["facts"]["first"][0] == {
        "order": "SO-1",
        "wanted": 0,
        "held": 2,
        "idle": 0,
    }
    assert "nothing of it waits" in pegboard("order", "explain", "SO-1").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("order", "show", "SO-9"), 1, "there is no order SO-9"),
        (("order", "explain", "SO-9"), 1, "there is no order SO-9"),
        (("order", "show", "SO-1", "--merchant", "nope"), 1, "there is no merchant nope"),
        (("order", "list", "--sort", "size"), 2, "--sort is one of rank"),
        (("order", "list", "--status", "lost"), 2, "not 'lost'"),
        (("keys", "create", "--name", "a", "--role", "king"), 2, "--role is one of intake"),
        (("keys", "create", "--name", "a", "--role", "admin", "--merchant", "x"), 1, "merchant x"),
        (("keys", "revoke", "nothing"), 1, "there is no api key nothing"),
    ],
)
def test_wrong_input_is_told_in_its_first_line(shop, pegboard, arguments, code, words):
    done = pegboard(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr.splitlines()[0]


def test_merchant_is_asked_for_when_there_are_several(shop, pegboard):
    put_merchant(shop, NewMerchant("other", "Other"))

    assert "name one with --merchant: acme, other" in pegboard("order", "list").stderr
    assert pegboard("order", "list", PEGBOARD_MERCHANT="acme").returncode == 0


def test_key_is_shown_once_and_works_until_it_is_revoked(shop, pegboard):
    made = pegboard("keys", "create", "--name", "shop", "--role", "intake", "--merchant", "acme")
    key = made.stdout.strip()
    listed = pegboard("keys", "list")

    caller = caller_of(shop, key)
    assert caller is not None
    assert caller.role is Role.INTAKE
    assert "shop" in listed.stdout
    assert key.split("_")[2] not in listed.stdout
    key_id = json.loads(pegboard("keys", "list", "--json").stdout)["keys"][0]["id"]
    assert pegboard("keys", "revoke", key_id).returncode == 0
    assert caller_of(shop, key) is None


@pytest.mark.parametrize(
    "arguments",
    [("order", "list"), ("order", "show", "1"), ("keys", "list"), ("audit", "--no-engine")],
)
def test_code_is_three_when_there_is_neither_api_nor_database(without_database, arguments):
    done = without_database(*arguments)

    assert done.returncode == 3
    assert "start `pegboard up` in this folder, or set PEGBOARD_" in done.stderr


def test_running_system_is_found_by_its_folder_until_it_ends(tmp_path):
    folder.publish(tmp_path, "postgresql+psycopg://u:p@h/d", "http://h:1", "h:2")
    settings = Settings(home=tmp_path, database_url=None)

    assert stat.S_IMODE((tmp_path / folder.CONNECTION).stat().st_mode) == 0o600
    assert connection.database_url(settings) == "postgresql+psycopg://u:p@h/d"
    found = folder.find(tmp_path)
    assert found is not None
    assert found.api_url == "http://h:1"

    folder.withdraw(tmp_path)
    with pytest.raises(ServiceAwayError):
        connection.database_url(settings)


@pytest.mark.parametrize("changed", [{"started": 1.0}, {"pid": 2**22 + 1}, {"port": 1}])
def test_system_is_not_found_when_its_process_has_gone_or_the_file_is_not_ours(tmp_path, changed):
    folder.publish(tmp_path, "a", "b", "c")
    told = json.loads((tmp_path / folder.CONNECTION).read_text())
    (tmp_path / folder.CONNECTION).write_text(json.dumps(told | changed))

    assert folder.find(tmp_path) is None


def test_every_reading_command_ends_cleanly_each_time(shop, process):
    commands = [("order", "list"), ("order", "explain", "SO-3"), ("keys", "list"),
                ("audit", "--no-engine"), ("order", "show", "SO-1")]  # fmt: skip
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        runs = list(pool.map(lambda command: process(*command), commands * 2))

    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * 10


def test_a_warehouse_key_is_bound_to_locations_when_they_are_named(pegboard, store):
    for location in ("vienna", "graz"):
        put_location(store, NewLocation(location, location))
    made = pegboard(
        "keys", "create", "--name", "floor", "--role", "warehouse",
        "--location", "vienna", "--location", "graz",
    )  # fmt: skip
    caller = caller_of(store, made.stdout.strip())
    assert caller is not None
    assert sorted(caller.scope.locations or ()) == ["graz", "vienna"]
    assert "graz, vienna" in pegboard("keys", "list").stdout
    (listed,) = json.loads(pegboard("keys", "list", "--json").stdout)["keys"]
    assert listed["locations"] == ["graz", "vienna"]


def scope_of(store: Store, key: str) -> Scope:
    caller = caller_of(store, key)
    assert caller is not None
    return caller.scope


def test_a_key_is_for_several_merchants_when_they_are_named_and_for_others_once_changed(
    pegboard, store
):
    for merchant in ("bolt", "cord"):
        put_merchant(store, NewMerchant(merchant, merchant))
    made = pegboard(
        "keys", "create", "--name", "floor", "--role", "warehouse",
        "--merchant", "cord", "--merchant", "bolt", "--json",
    )  # fmt: skip
    told = json.loads(made.stdout)
    assert (told["merchants"], told["locations"]) == (["bolt", "cord"], None)
    both = Scope(frozenset({"bolt", "cord"}))
    assert scope_of(store, told["key"]) == both
    assert "bolt, cord" in pegboard("keys", "list").stdout
    key = told["key"].split("_")[1]
    assert pegboard("keys", "change", key, "--merchant", "cord").returncode == 0
    assert scope_of(store, told["key"]) == Scope(frozenset({"cord"}))
    assert pegboard("keys", "change", key, "--every-merchant").returncode == 0
    assert scope_of(store, told["key"]) == Scope()
    both_said = pegboard("keys", "change", key, "--merchant", "bolt", "--every-merchant")
    assert (both_said.returncode, "contradict" in both_said.stderr) == (2, True)


def test_a_key_is_not_made_when_it_can_not_be_bound(pegboard, store):
    put_location(store, NewLocation("vienna", "Vienna"))
    create = ("keys", "create", "--name", "x", "--role")
    nowhere = pegboard(*create, "warehouse", "--location", "nowhere")
    other_role = pegboard(*create, "intake", "--location", "vienna")

    assert (nowhere.returncode, "no location nowhere" in nowhere.stderr) == (1, True)
    assert (other_role.returncode, "key of the warehouse" in other_role.stderr) == (1, True)


def test_orders_are_found_by_text_and_by_what_can_go(pegboard, warehouse):
    warehouse.stock(4)
    warehouse.order([("K1", 3)], number="SO-1001")
    warehouse.order([("K1", 3)], number="SO-1002")
    found = pegboard("order", "list", "1002")
    assert "SO-1002" in found.stdout
    assert "1 of 3" in found.stdout
    assert "SO-1001" not in found.stdout
    whole = pegboard("order", "list", "--fulfillable", "--sort", "ready_since")
    assert ("SO-1001" in whole.stdout, "SO-1002" in whole.stdout) == (True, False)
    none = pegboard("order", "list", "--served-by-receipt", "R-1", "--still-holding")
    assert "0 orders" in none.stdout


def test_list_of_orders_fits_eighty_columns_and_folds_no_status_and_no_sku(
    pegboard, warehouse, monkeypatch
):
    monkeypatch.setattr(console, "_width", 80)
    warehouse.products("TEA-GREEN-100G")
    warehouse.purchase([("TEA-GREEN-100G", 9)], due=90, number="PO-100001")
    warehouse.order([("TEA-GREEN-100G", 3)], number="SO-2026-1001")
    told = pegboard("order", "list").stdout
    assert max(map(len, told.splitlines())) <= 80
    for whole in ("SO-2026-1001", "awaiting_stock", "TEA-GREEN-100G", "PO-100001"):
        assert whole in told
