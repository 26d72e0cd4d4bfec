import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.catalogue import NewMerchant, put_merchant
from starter.waiting import Waits
from tests.api.world import ACME, ADDRESS, order


def test_order_is_accepted_with_a_link_when_it_is_new(admin):
    answer = admin.post("/v1/orders", json=order())
    assert answer.status_code == 202
    assert answer.headers["Location"] == "/v1/orders/SO-1"
    assert answer.json() == {
        "number": "SO-1",
        "outcome": "created",
        "status": "received",
        "links": {"self": "/v1/orders/SO-1", "history": "/v1/orders/SO-1/history"},
    }


def test_first_order_is_answered_when_the_same_is_sent_again(admin):
    admin.post("/v1/orders", json=order())
    again = admin.post("/v1/orders", json=order())
    assert again.status_code == 200
    assert again.json()["number"] == "SO-1"
    assert again.json()["lines"][0]["ordered"] == 2


def test_order_is_the_same_when_its_instant_is_written_in_another_zone(admin):
    first = admin.post("/v1/orders", json=order(placed_at="2026-03-01T10:00:00+01:00"))
    again = admin.post("/v1/orders", json=order(placed_at="2026-03-01T09:00:00Z"))
    assert (first.status_code, again.status_code) == (202, 200)


TWO = order("SO-2", ("TEA", 2), ("CUP", 1), placed_at="2026-03-01T10:00:00Z")
SAID_OTHERWISE: dict[str, dict[str, Any]] = {
    "lines in another order": {"lines": TWO["lines"][::-1]},
    "currency": {"currency": "EUR"},
    "priority": {"priority": 50},
    "nothing": {"policy": {}, "contact": {}, "ship_by": None, "customer_reference": None},
    "null in the address": {"address": TWO["address"] | {"line2": None}},
}
SAID_ELSE: dict[str, dict[str, Any]] = {
    "a line more": {"lines": [*TWO["lines"], {"line": 3, "sku": "TEA", "quantity": 1}]},
    "units": {"lines": [TWO["lines"][0], TWO["lines"][1] | {"quantity": 2}]},
    "another line": {"lines": [one | {"line": 3 - one["line"]} for one in TWO["lines"]]},
    "currency": {"currency": "CHF"},
    "priority": {"priority": 49},
    "no moment": {"placed_at": None},
}


@pytest.mark.parametrize("way", SAID_OTHERWISE)
def test_order_is_the_same_when_it_says_the_same_otherwise(shared_admin, way):
    first, other = TWO | {"number": f"A-{way.replace(chr(32), chr(45))}"}, TWO | SAID_OTHERWISE[way]
    batch = [first, other | {"number": first["number"]}]
    answer = shared_admin.post("/v1/orders/batch", json={"orders": batch}).json()
    assert (answer["created"], answer["existing"]) == (1, 1)
    for again in batch:
        assert shared_admin.post("/v1/orders", json=again).status_code == 200


@pytest.mark.parametrize("way", SAID_ELSE)
def test_order_is_another_when_it_says_something_else(shared_admin, way):
    first, other = TWO | {"number": f"B-{way.replace(chr(32), chr(45))}"}, TWO | SAID_ELSE[way]
    batch = [first, other | {"number": first["number"]}]
    answer = shared_admin.post("/v1/orders/batch", json={"orders": batch}).json()
    assert (answer["created"], answer["refused"]) == (1, 1)
    again = shared_admin.post("/v1/orders", json=batch[1])
    assert (again.status_code, again.json()["code"]) == (409, "number_in_use")


def test_order_is_the_same_when_it_spells_out_what_was_stored_for_it(shared, shared_admin):
    sent = order("SPELLED")
    shared_admin.post("/v1/orders", json=sent)
    placed_at = shared_admin.get("/v1/orders/SPELLED").json()["placed_at"]
    put_merchant(shared.store, NewMerchant(ACME, "Acme", "Europe/Vienna", "CHF"))
    try:
        full = sent | {"placed_at": placed_at, "currency": "EUR"}
        assert shared_admin.post("/v1/orders", json=full).status_code == 200
        assert shared_admin.post("/v1/orders", json=sent).status_code == 200
        other = shared_admin.post("/v1/orders", json=sent | {"currency": "CHF"})
        assert other.status_code == 409
    finally:
        put_merchant(shared.store, NewMerchant(ACME, "Acme", "Europe/Vienna", "EUR"))


def test_edit_is_the_same_when_its_lines_stand_in_another_order(shared_admin):
    shared_admin.post("/v1/orders", json=TWO | {"number": "EDITED"})
    edit: dict[str, Any] = {"revision": 1, "lines": [one | {"quantity": 1} for one in TWO["lines"]]}
    turned = edit | {"lines": edit["lines"][::-1]}
    headers = {"Idempotency-Key": "edit"}
    answers = [
        shared_admin.put("/v1/orders/EDITED", json=edit, headers=headers),
        shared_admin.put("/v1/orders/EDITED", json=turned, headers=headers),
        shared_admin.put("/v1/orders/EDITED", json=turned),
    ]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[1].json() == answers[0].json()


def test_order_is_refused_when_its_number_is_used_with_other_content(admin):
    admin.post("/v1/orders", json=order())
    again = admin.post("/v1/orders", json=order("SO-1", ("TEA", 3)))
    assert again.status_code == 409
    assert again.json()["code"] == "number_in_use"


def test_number_stays_free_when_the_order_was_refused(admin):
    assert admin.post("/v1/orders", json=order("SO-1", ("NONE", 1))).status_code == 422
    assert admin.post("/v1/orders", json=order()).status_code == 202


def test_one_order_is_made_when_twenty_clients_send_it_at_once(world):
    barrier = threading.Barrier(20)
    client = world.client(Role.INTAKE)

    def send(_: int) -> int:
        barrier.wait()
        return int(client.post("/v1/orders", json=order()).status_code)

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(send, range(20)))
    assert sorted(statuses) == [200] * 19 + [202]
    assert world.count("orders") == 1
    assert world.count("outbox") == 1


def test_order_with_promise_is_answered_when_the_client_waits(world, admin):
    world.stock("TEA", 1)
    answer = admin.post("/v1/orders", json=order(), headers={"Prefer": "wait=5"})
    assert answer.status_code == 201
    assert answer.headers["Preference-Applied"] == "wait=5"
    assert answer.json()["status"] == "partially_backordered"
    (line,) = answer.json()["lines"]
    assert [piece["units"] for piece in line["promise"]] == [1, 1]
    again = admin.post("/v1/orders", json=order(), headers={"Prefer": "wait=5"})
    assert again.status_code == 200


def test_order_of_many_is_left_to_a_worker_when_its_client_waits(world, admin):
    admin.post("/v1/orders", json=order("SO-0"))
    sent = threading.Timer(0.3, world.prepare, ["SO-1"])
    sent.start()
    answer = admin.post("/v1/orders", json=order(), headers={"Prefer": "wait=5"})
    sent.join()
    assert answer.status_code == 201


def test_order_is_accepted_when_it_is_not_prepared_in_time(admin):
    admin.post("/v1/orders", json=order("SO-0"))
    headers = {"Prefer": "respond-async, wait=1"}
    began = time.monotonic()
    answer = admin.post("/v1/orders", json=order(), headers=headers)
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=1"
    assert 0.9 < time.monotonic() - began < 4


def test_order_is_answered_at_once_when_all_places_to_wait_are_taken(world, admin, monkeypatch):
    monkeypatch.setattr("starter.waiting.MOST_WAITING", 0)
    world.stock("TEA", 1)
    headers = {"Prefer": "wait=10"}
    began = time.monotonic()
    answer = admin.post("/v1/orders", json=order(), headers=headers)
    again = admin.post("/v1/orders", json=order(), headers=headers)
    assert (answer.status_code, again.status_code) == (202, 200)
    assert "Preference-Applied" not in {**answer.headers, **again.headers}
    assert time.monotonic() - began < 5


def test_place_to_wait_is_given_back_when_the_wait_ends(monkeypatch):
    monkeypatch.setattr("starter.waiting.MOST_WAITING", 2)
    waits = Waits()
    with waits.place(5) as first, waits.place(None) as asks_not, waits.place(4) as second:
        with waits.place(3) as third:
            assert (first, asks_not, second, third) == (5, None, 4, None)
        assert waits.waiting == 2
    with waits.place(3) as third:
        assert third == 3


def test_each_order_of_a_batch_has_its_result_when_some_are_bad(admin):
    admin.post("/v1/orders", json=order("OLD-1"))
    batch = [
        order("NEW-1"),
        order("OLD-1"),
        order("OLD-1", ("TEA", 9)),
        order("BAD-1", ("NONE", 1)),
        order("BAD-2", ("TEA", 0)),
        order("NEW-1", ("CUP", 1)),
        {"number": "BAD-3"},
        "no order",
    ]
    answer = admin.post("/v1/orders/batch", json={"orders": batch})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["created"], told["existing"], told["refused"]) == (1, 1, 6)
    outcomes = [result["outcome"] for result in told["results"]]
    assert outcomes == ["created", "existing"] + ["refused"] * 6
    codes = [result["problem"]["code"] for result in told["results"][2:]]
    assert codes[:2] == ["number_in_use", "unknown_sku"]
    assert codes[3] == "number_in_use"
    assert told["results"][4]["problem"]["errors"][0]["field"] == "lines[0].quantity"
    assert [result["index"] for result in told["results"]] == list(range(8))
    assert admin.get("/v1/orders/NEW-1").json()["lines"][0]["sku"] == "TEA"


def test_order_shows_all_there_is_when_a_part_is_short(world, admin):
    world.stock("TEA", 20)
    purchase = {
        "number": "PO-1",
        "lines": [{"line": 1, "sku": "TEA", "units": 3, "location": "graz"}],
        "expected_on": "2190-01-02",
    }
    assert admin.post("/v1/purchase-orders", json=purchase).status_code == 201
    asked = order(policy={"max_shipments": 2})
    asked["lines"][0] |= {"pack": "carton", "unit_price_minor": 350}
    admin.post("/v1/orders", json=asked)
    world.prepare("SO-1")
    found = admin.get("/v1/orders/SO-1").json()
    (line,) = found["lines"]
    counts = {n: line[n] for n in ("ordered", "allocated", "backordered", "pegged")}
    assert counts == {"ordered": 24, "allocated": 20, "backordered": 4, "pegged": 3}
    assert line["not_yet_received"] == 0
    assert (line["by_hand"], line["channel"], line["source_location"]) == (False, "pick", None)
    assert line["first_promise"] == line["promise"]
    assert (found["waves"], found["prepared"]) == ({"spent": 1, "left": 1}, True)
    assert line["pack"] == {"name": "carton", "units": 12, "quantity": 2, "loose": 0}
    # What is left goes in the last wave, together.
    assert [piece["units"] for piece in line["promise"]] == [20, 4]
    # The 2nd is a Saturday: what comes then leaves on Monday.
    assert line["promise"][1]["on"] == "2190-01-04"
    parent, ready, short = found["shipments"]
    assert (parent["status"], parent["children"]) == ("reassigned", [2, 3])
    assert (ready["status"], ready["location"], ready["parent"]) == ("ready", "vienna", 1)
    assert (short["status"], short["lines"][0]["pegged"]) == ("backorder", 3)
    assert found["policy"]["max_shipments"] == {"value": 2, "from": "order"}
    assert found["policy"]["verify"] == {"value": "automatic", "from": "built in"}
    assert found["customer"]["address"] == ADDRESS
    assert found["actions"]["allowed"] == [
        "hold", "cancel", "edit", "quantity", "add_line", "exchange", "address", "cancel_date",
        "priority", "policy", "lock", "unallocate", "mark_backordered", "back_to_ship", "pins",
    ]  # fmt: skip
    assert found["merchant"] == ACME


def test_history_tells_who_did_what_when_things_happened(world, admin):
    world.stock("TEA", 2)
    admin.post("/v1/orders", json=order())
    world.prepare("SO-1")
    hold = {"reason": "fraud_check", "note": "asked the bank"}
    admin.post("/v1/orders/SO-1/hold", json=hold)
    first = admin.get("/v1/orders/SO-1/history", params={"limit": 2}).json()
    events = list(first["items"])
    while first["next"]:
        parameters = {"limit": 2, "cursor": first["next"]}
        first = admin.get("/v1/orders/SO-1/history", params=parameters).json()
        events += first["items"]
    kinds = [event["kind"] for event in events]
    assert kinds[:4] == ["received", "verified", "allocated", "released"]
    assert events[-1]["reason"] == "asked the bank"
    assert events[-1]["actor"].startswith("admin test (")
    assert len({event["sequence"] for event in events}) == len(events)


def test_action_is_done_once_when_its_key_is_sent_again(admin):
    admin.post("/v1/orders", json=order())
    headers = {"Idempotency-Key": "k-1"}
    first = admin.post("/v1/orders/SO-1/hold", json={"reason": "fraud"}, headers=headers)
    again = admin.post("/v1/orders/SO-1/hold", json={"reason": "fraud"}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    other = admin.post("/v1/orders/SO-1/hold", json={"reason": "other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert other.json()["errors"] == [{"key": "k-1"}]
    without = admin.post("/v1/orders/SO-1/hold", json={"reason": "fraud"})
    assert (without.status_code, without.json()["code"]) == (409, "already_held")


def test_hold_is_lifted_and_order_cancelled_when_asked(world, admin):
    admin.post("/v1/orders", json=order())
    world.prepare("SO-1")
    assert admin.post("/v1/orders/SO-1/hold", json={"reason": "x"}).json()["status"] == "on_hold"
    assert admin.post("/v1/orders/SO-1/unhold").json()["status"] == "awaiting_stock"
    assert admin.post("/v1/orders/SO-1/cancel").json()["status"] == "cancelled"
    again = admin.post("/v1/orders/SO-1/cancel", json={"note": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_cancel")


def test_order_is_verified_when_the_merchant_verifies_by_hand(world, admin):
    admin.patch("/v1/settings", json={"verify": "manual"})
    admin.post("/v1/orders", json=order())
    assert world.prepare("SO-1") == "verifying"
    assert "verify" in admin.get("/v1/orders/SO-1").json()["actions"]["allowed"]
    assert admin.post("/v1/orders/SO-1/verify").json()["status"] == "awaiting_stock"


def test_difference_is_applied_when_the_channel_edits(admin):
    admin.post("/v1/orders", json=order())
    lines = [{"line": 1, "sku": "TEA", "quantity": 1}, {"line": 2, "sku": "CUP", "quantity": 4}]
    edit = {"revision": 1, "lines": lines}
    assert admin.put("/v1/orders/SO-1", json=edit).status_code == 200
    found = admin.get("/v1/orders/SO-1").json()
    told = [(x["sku"], x["ordered"], x["cancelled"]) for x in found["lines"]]
    assert told == [("TEA", 2, 1), ("CUP", 4, 0)]
    assert admin.put("/v1/orders/SO-1", json=edit).status_code == 200
    stale = admin.put("/v1/orders/SO-1", json=edit | {"lines": lines[:1]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")


def test_edit_names_the_field_when_the_sku_of_a_line_changes(admin):
    admin.post("/v1/orders", json=order("SO-1", ("TEA", 1), ("CUP", 1)))
    lines = [{"line": 2, "sku": "TEA", "quantity": 1}]
    answer = admin.put("/v1/orders/SO-1", json={"revision": 1, "lines": lines})
    assert (answer.status_code, answer.json()["code"]) == (422, "sku_changed")
    assert answer.json()["errors"][0]["field"] == "lines[0].sku"


def test_edit_is_refused_when_the_order_is_done(admin):
    admin.post("/v1/orders", json=order())
    admin.post("/v1/orders/SO-1/cancel")
    lines = [{"line": 1, "sku": "TEA", "quantity": 5}]
    answer = admin.put("/v1/orders/SO-1", json={"revision": 1, "lines": lines})
    assert (answer.status_code, answer.json()["code"]) == (409, "order_finished")


@pytest.mark.parametrize("number", ["A/1", "A#1", "A/history", "2026/03.7-b_c"])
def test_order_is_found_when_its_number_has_signs_that_paths_use(admin, number):
    answer = admin.post("/v1/orders", json=order(number))
    assert answer.status_code == 202
    found = admin.get(answer.headers["Location"])
    assert (found.status_code, found.json()["number"]) == (200, number)
    assert admin.get(found.json()["links"]["history"]).status_code == 200


def test_edit_is_refused_when_it_asks_for_more_than_may_be_had(world, admin):
    admin.put("/v1/products/LAST", json={"name": "Last", "allow_backorder": False})
    world.stock("LAST", 3)
    admin.post("/v1/orders", json=order("SO-1", ("LAST", 2)))
    world.prepare("SO-1")
    line = {"line": 1, "sku": "LAST"}
    more = {"revision": 1, "lines": [line | {"quantity": 4}]}
    answer = admin.put("/v1/orders/SO-1", json=more)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_available")
    assert answer.json()["errors"][0]["available"] == 1
    all_of_it = {"revision": 1, "lines": [line | {"quantity": 3}]}
    assert admin.put("/v1/orders/SO-1", json=all_of_it).status_code == 200
    less = {"revision": 2, "lines": [line | {"quantity": 1}]}
    assert admin.put("/v1/orders/SO-1", json=less).status_code == 200


def test_edit_names_the_field_when_its_pack_is_unknown(admin):
    admin.post("/v1/orders", json=order())
    lines = [{"line": 1, "sku": "TEA", "quantity": 1, "pack": "pallet"}]
    answer = admin.put("/v1/orders/SO-1", json={"revision": 1, "lines": lines})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_pack")


def test_a_batch_that_names_a_number_twice_says_so_for_the_second(admin):
    one, other, bad = order("TWICE"), order("TWICE", ("CUP", 1)), order("TWICE", ("NONE", 1))
    late = order("LATE", ("NONE", 1))
    batch = [bad, one, one, other, bad, late, order("LATE")]
    answer = admin.post("/v1/orders/batch", json={"orders": batch}).json()

    told = [
        (one["outcome"], one["problem"] and one["problem"]["code"]) for one in answer["results"]
    ]
    assert told == [
        ("refused", "unknown_sku"),
        ("created", None),
        ("existing", None),
        ("refused", "number_in_use"),
        ("refused", "number_in_use"),
        ("refused", "unknown_sku"),
        ("created", None),
    ]
    assert (answer["created"], answer["existing"], answer["refused"]) == (2, 1, 4)
    again = admin.post("/v1/orders/batch", json={"orders": batch}).json()
    assert (again["created"], again["existing"]) == (0, 3)


def test_a_pallet_is_a_pack(admin):
    product = {"name": "Brick", "packs": {"pallet": 5_000}}
    assert admin.put("/v1/products/BRICK", json=product).status_code == 200
    body = order("PALLETS") | {
        "lines": [{"line": 1, "sku": "BRICK", "quantity": 3, "pack": "pallet"}]
    }
    assert admin.post("/v1/orders", json=body).status_code == 202
    (line,) = admin.get("/v1/orders/PALLETS").json()["lines"]
    assert (line["ordered"], line["pack"]["quantity"]) == (15_000, 3)
