"""The front door: which API is asked with which key, what it answers, and how a command ends."""

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from cli import folder
from cli.client import access
from cli.errors import ServiceAwayError, UsageError
from cli.host import operator_key
from fulfillment.domain.model.scope import EVERYTHING
from fulfillment.store.commands.administration.keys import Role, caller_of, create_key, revoke_key
from fulfillment.store.commands.catalogue import NewMerchant, put_merchant
from tests.cli.conftest import KEY_NAME


@pytest.fixture
def shop(warehouse):
    warehouse.stock(4)
    warehouse.order([("K1", 3)], "SO-1")
    return warehouse


@contextmanager
def answering(
    status: int, body: bytes, kind: str = "application/json", *, hang_up: bool = False
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """An API that answers everything alike, or hangs up; what it was asked, by header."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            if hang_up:
                self.connection.close()
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET  # noqa: N815 -- names that the base class looks for

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- which API, with which key --------------------------------------------------------------------


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in (access.URL, access.KEY):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(access.HOME, str(tmp_path))
    return monkeypatch


def test_what_runs_in_the_folder_is_asked_with_the_key_that_is_left_there(environment, tmp_path):
    folder.publish(tmp_path, "postgresql://x", "http://127.0.0.1:1", "")
    folder.keep_operator_key(tmp_path, "pb_1_folder")
    assert access.find() == access.Access("http://127.0.0.1:1", "pb_1_folder")
    assert stat.S_IMODE((tmp_path / folder.OPERATOR_KEY).stat().st_mode) == 0o600
    environment.setenv(access.KEY, "pb_2_named")
    assert access.find() == access.Access("http://127.0.0.1:1", "pb_2_named")


def test_the_key_of_the_folder_is_not_sent_elsewhere(environment, tmp_path):
    folder.publish(tmp_path, "postgresql://x", "http://127.0.0.1:1", "")
    folder.keep_operator_key(tmp_path, "pb_1_folder")
    environment.setenv(access.URL, "https://pegboard.example/")
    with pytest.raises(UsageError, match="no key: set PEGBOARD_KEY"):
        access.find()
    environment.setenv(access.KEY, "pb_2_named")
    assert access.find() == access.Access("https://pegboard.example", "pb_2_named")


def test_it_is_said_what_is_missing_where_nothing_runs(environment):
    with pytest.raises(ServiceAwayError, match="no API: start `pegboard up`"):
        access.find()
    environment.setenv(access.URL, "pegboard.example")
    with pytest.raises(UsageError, match="PEGBOARD_URL is written as https://"):
        access.find()


def test_the_operators_key_is_left_again_when_it_was_revoked(store, database_url, tmp_path):
    operator_key.leave(tmp_path, database_url)
    first = folder.operator_key(tmp_path)
    operator_key.leave(tmp_path, database_url)
    assert first is not None
    assert folder.operator_key(tmp_path) == first
    caller = caller_of(store, first)
    assert caller is not None
    assert (caller.name, caller.role, caller.scope) == ("command line", Role.ADMIN, EVERYTHING)
    revoke_key(store, first)
    operator_key.leave(tmp_path, database_url)
    assert folder.operator_key(tmp_path) not in (None, first)


# --- who, and for whom ----------------------------------------------------------------------------


def test_history_names_the_key_that_did_it(shop, pegboard, store):
    key = create_key(store, "sales", Role.INTAKE, "acme")
    pegboard("order", "priority", "SO-1", "10", PEGBOARD_KEY=key)
    pegboard("order", "hold", "SO-1", "fraud")
    events = json.loads(pegboard("order", "history", "SO-1", "--json").stdout)["items"]
    mine = {event["kind"]: event["actor"] for event in events if "(" in event["actor"]}
    assert mine.pop("priority_changed").startswith("sales (")
    assert mine
    assert all(actor.startswith(f"{KEY_NAME} (") for actor in mine.values())


def test_a_role_may_do_what_it_may(shop, pegboard, store):
    key = create_key(store, "shop", Role.INTAKE, "acme")
    assert pegboard("order", "show", "SO-1", PEGBOARD_KEY=key).returncode == 0
    refused = pegboard("settings", "set", "max_shipments=2", PEGBOARD_KEY=key)
    first, remedy = refused.stderr.splitlines()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert first == "pegboard: a key with role intake may not write settings"
    assert remedy == "  Use a key whose role allows it."


def test_a_wrong_key_is_refused_and_not_told(shop, pegboard):
    wrong = f"pb_{'0' * 16}_{'x' * 40}"
    refused = pegboard("order", "list", PEGBOARD_KEY=wrong)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("pegboard: the key is unknown or was revoked\n")
    assert "x" * 40 not in refused.stderr


def test_a_merchant_is_named_where_the_key_is_for_several_and_only_there(shop, pegboard, store):
    put_merchant(store, NewMerchant("bolt", "Bolt"))
    asked = pegboard("order", "list")
    assert asked.stderr == "pegboard: name one with --merchant: acme, bolt\n"
    assert "SO-1" in pegboard("order", "list", "--merchant", "acme").stdout
    assert "0 orders" in pegboard("order", "list", PEGBOARD_MERCHANT="bolt").stdout
    bolts = create_key(store, "bolt", Role.ADMIN, "bolt")
    assert "0 orders" in pegboard("order", "list", PEGBOARD_KEY=bolts).stdout
    hidden = pegboard("order", "show", "SO-1", PEGBOARD_KEY=bolts)
    assert (hidden.returncode, hidden.stderr) == (1, "pegboard: there is no order SO-1\n")


# --- once, and away -------------------------------------------------------------------------------


def test_a_request_is_done_once_under_its_key(shop, pegboard):
    adjust = ("stock", "adjust", "K1=5@A", "--reason", "found", "--idempotency-key", "k1")
    assert [pegboard(*adjust).returncode for _ in range(2)] == [0, 0]
    assert shop.level("K1", "A") == (9, 3)
    other = pegboard("stock", "adjust", "K1=6@A", "--reason", "found", "--idempotency-key", "k1")
    assert (other.returncode, "  Choose a new Idempotency-Key" in other.stderr) == (1, True)


def test_it_is_told_how_to_repeat_what_may_have_been_done(pegboard):
    with answering(200, b"", hang_up=True) as (url, seen):
        named = {"PEGBOARD_URL": url, "PEGBOARD_KEY": "pb_x"}
        cancel = pegboard("order", "cancel", "SO-1", **named)
        look = pegboard("order", "show", "SO-1", **named)
        create = pegboard("order", "create", "SO-9", "K1=1", **named)
    key = seen[0]["idempotency-key"]
    assert (cancel.returncode, look.returncode, create.returncode) == (3, 3, 3)
    assert f"it may have been done: say it again with --idempotency-key {key}" in cancel.stderr
    assert "may have been done" not in look.stderr
    assert "it may have been done: say the same again" in create.stderr


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (503, b'{"code": "locked", "detail": "somebody holds it"}', 3, "somebody holds it; it may"),
        (502, b"<html>", 3, "the API answered 502; it may have been done"),
        (500, b'{"code": "internal", "detail": "our fault"}', 1, "our fault; it may have been"),
        (404, b"[]", 1, "the API answered 404"),
        (307, b"", 1, "the API answered 307"),
    ],
)
def test_code_tells_what_the_api_or_a_proxy_answered(pegboard, status, body, code, words):
    with answering(status, body) as (url, _):
        done = pegboard("order", "verify", "SO-1", PEGBOARD_URL=url, PEGBOARD_KEY="pb_x")
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr


def test_code_is_three_when_nobody_listens(pegboard):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        done = pegboard("order", "list", PEGBOARD_URL=url, PEGBOARD_KEY="pb_x")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"pegboard: the API does not answer at {url}")


def test_a_proxy_is_not_asked_for_an_api_of_this_machine(pegboard):
    body = json.dumps({"items": [], "next": None}).encode()
    with answering(200, body) as (url, seen):
        named = {"PEGBOARD_URL": url, "PEGBOARD_KEY": "pb_x", "HTTP_PROXY": "http://127.0.0.1:1"}
        assert pegboard("order", "list", **named).returncode == 0
    assert seen[0]["authorization"] == "Bearer pb_x"


# --- how it is asked and shown --------------------------------------------------------------------


def test_pages_are_followed_up_to_the_limit(warehouse, pegboard):
    numbers = [f"SO-{number:03}" for number in range(1, 206)]
    warehouse.products("K9", allow_backorder=True)
    for number in numbers:
        warehouse.take([("K9", 1)], number)
    told = json.loads(pegboard("order", "list", "--limit", "203", "--json").stdout)
    assert [order["number"] for order in told["items"]] == numbers[:203]
    assert told["next"] is not None
    whole = pegboard("order", "list", "--limit", "1000")
    assert ("205 orders" in whole.stdout, "and more" in whole.stdout) == (True, False)
    assert "and more: --limit shows them" in pegboard("order", "list", "--limit", "2").stdout


def test_a_number_with_a_slash_and_a_hash_is_found(warehouse, pegboard):
    warehouse.order([("K1", 1)], "A/7#2")
    assert "Order A/7#2" in pegboard("order", "show", "A/7#2").stdout


def test_an_order_is_waited_for_when_that_is_asked(shop, pegboard):
    done = pegboard("order", "create", "SO-7", "K1=1", "--address", "city=Linz", "--wait", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "SO-7" in done.stdout
    again = pegboard("order", "create", "SO-7", "K1=1", "--address", "city=Linz")
    assert "Order SO-7: status received" in again.stdout
    other = pegboard("order", "create", "SO-7", "K1=2", "--address", "city=Linz")
    assert (other.returncode, "SO-7" in other.stderr) == (1, True)


def test_orders_are_sorted_by_their_ship_by_date(warehouse, pegboard):
    for number, day in (("SO-1", 9), ("SO-2", 3), ("SO-3", 6)):
        warehouse.order([("K1", 1)], number, ship_by=warehouse.day(day))
    told = json.loads(pegboard("order", "list", "--sort", "ship_by", "--json").stdout)
    assert [order["number"] for order in told["items"]] == ["SO-2", "SO-3", "SO-1"]


def test_what_is_picked_is_packed_and_shipped(shop, pegboard):
    (shipment,) = shop.shipments("ready")
    assert "picked" in pegboard("shipment", "pick", shipment).stdout
    packed = pegboard("shipment", "pack", shipment, "--package", "1=2", "--package", "1=1")
    assert packed.returncode == 0
    assert pegboard("shipment", "repack", shipment, 2, "1=1", "--weight-g", 300).returncode == 0
    packages = json.loads(pegboard("shipment", "packages", shipment, "--json").stdout)["packages"]
    assert [sum(line["units"] for line in one["lines"]) for one in packages] == [2, 1]
    left = pegboard("shipment", "ship", shipment, "--package", "1=EP1", "--carrier", "Post")
    assert "packed" in left.stdout, "what is left of it"
    assert json.loads(pegboard("shipment", "list", "--status", "shipped", "--json").stdout)["items"]


def complete(*words: str) -> str:
    """What the shell is told for the last word."""
    done = subprocess.run(
        [sys.executable, "-m", "cli"],
        env={
            **os.environ,
            "_PEGBOARD_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(("pegboard", *words)),
            "COMP_CWORD": str(len(words)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_commands_options_and_choices_are_completed():
    assert {"order", "po", "up", "keys"} <= set(complete("").split())
    assert {"explain", "edit"} <= set(complete("order", "e").split())
    assert "--served-by-po" in complete("order", "list", "--served")
    assert set(complete("order", "list", "--status", "aw").split()) == {
        "awaiting_stock", "awaiting_pick_and_pack",
    }  # fmt: skip
