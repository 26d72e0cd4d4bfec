"""A quantity, a line more, another SKU, an address, a day: over HTTP."""

from typing import Any

import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import ACME, ADDRESS, BOLT, assert_holds_no_customer_data, order

NEW = {"name": "Zebedee Quux", "line1": "9 Secret Lane", "city": "Graz", "country": "AT"}


def taken(world, admin, number="SO-1", *lines, **more) -> None:
    """An order in, and its first claim made."""
    answer = admin.post("/v1/orders", json=order(number, *lines, **more))
    assert answer.status_code == 202, answer.text
    world.prepare(number)


def read(admin, number="SO-1") -> dict[str, Any]:
    return dict(admin.get(f"/v1/orders/{number}").json())


def told(admin, kind: str, number="SO-1") -> list[dict[str, Any]]:
    items = admin.get(f"/v1/orders/{number}/history").json()["items"]
    return [one for one in items if one["kind"] == kind]


def test_a_quantity_is_only_looked_at_until_it_is_changed(world, admin):
    world.stock("TEA", 3)
    taken(world, admin, "SO-1", ("TEA", 3))
    taken(world, admin, "SO-2", ("TEA", 2))
    path, asked = "/v1/orders/SO-1/lines/1/quantity", {"units": 1, "note": "They called."}
    looked = admin.post(path, json=asked, params={"preview": True}).json()["outcomes"]
    assert [(one["order"], one["after"]["ready"]) for one in looked] == [("SO-1", 1), ("SO-2", 2)]
    assert read(admin)["lines"][0]["cancelled"] == 0
    done = admin.post(path, json=asked)

    assert (done.status_code, done.json()["status"]) == (200, "awaiting_pick_and_pack")
    assert read(admin, "SO-2")["status"] == "awaiting_pick_and_pack"
    (event,) = told(admin, "quantity_changed")
    assert (event["reason"], event["facts"]) == (
        "They called.", {"line": 1, "sku": "TEA", "from": 3, "to": 1},
    )  # fmt: skip


def test_a_line_is_added_in_packs(world, admin):
    taken(world, admin)
    sent = {"sku": "TEA", "quantity": 2, "pack": "carton", "unit_price_minor": 350}
    done = admin.post("/v1/orders/SO-1/lines", json=sent)

    assert done.status_code == 200, done.text
    assert [done.json()[name] for name in ("line", "sku", "units")] == [2, "TEA", 24]
    line = read(admin)["lines"][1]
    assert line["pack"] == {"name": "carton", "units": 12, "quantity": 2, "loose": 0}
    assert line["unit_price_minor"] == 350
    looked = admin.post("/v1/orders/SO-1/lines", json=sent, params={"preview": True})
    assert looked.json()["outcomes"][0]["after"]["backordered"] == 50


def test_a_line_is_exchanged_and_the_new_one_is_ready(world, admin):
    world.stock("CUP", 2)
    taken(world, admin)
    path, sent = "/v1/orders/SO-1/lines/1/exchange", {"sku": "CUP", "note": "Agreed."}
    looked = admin.post(path, json=sent, params={"preview": True}).json()["outcomes"]
    assert [(one["order"], one["after"]["ready"]) for one in looked] == [("SO-1", 2)]
    done = admin.post(path, json=sent).json()

    assert (done["status"], done["line"], done["sku"]) == ("awaiting_pick_and_pack", 2, "CUP")
    assert [row["cancelled"] for row in read(admin)["lines"]] == [2, 0]
    assert told(admin, "exchanged")[0]["reason"] == "Agreed."


def test_what_is_picked_is_cancelled_with_a_task_to_put_it_back(world, admin):
    world.stock("TEA", 2)
    taken(world, admin)
    (shipment,) = read(admin)["shipments"]
    admin.post(f"/v1/shipments/{shipment['id']}/pick")
    path, sent = "/v1/orders/SO-1/cancel", {"lines": [{"line": 1, "units": 1}], "note": "Called."}
    looked = admin.post(path, json=sent, params={"preview": True}).json()["outcomes"]
    assert admin.get("/v1/tasks").json()["items"] == []
    done = admin.post(path, json=sent)

    assert done.status_code == 200
    assert [(one["order"], one["after"]["cancelled"]) for one in looked] == [("SO-1", 1)]
    (task,) = admin.get("/v1/tasks?kind=put_back").json()["items"]
    assert (task["order"], task["sku"], task["units"]) == ("SO-1", "TEA", 1)
    assert task["reason"] == "Called."
    (event,) = told(admin, "units_cancelled")
    assert (event["reason"], event["facts"]["units"]) == ("Called.", 1)


def test_what_is_packed_is_named_when_it_is_too_late(world, admin):
    world.stock("TEA", 2)
    taken(world, admin)
    (shipment,) = read(admin)["shipments"]
    admin.post(f"/v1/shipments/{shipment['id']}/pick")
    admin.post(f"/v1/shipments/{shipment['id']}/pack")
    path = "/v1/orders/SO-1/lines/1"
    refused = {one["action"]: one for one in read(admin)["actions"]["refused"]}
    answers = [
        admin.post(f"{path}/exchange", json={"sku": "CUP"}),
        admin.post(f"{path}/quantity", json={"units": 1}),
        admin.post("/v1/orders/SO-1/cancel", json={"lines": [{"line": 1}]}),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
        assert answer.json()["errors"][0]["held_up"] == [
            {"shipment": 1, "status": "packed", "units": 2}
        ]
    assert refused["exchange"]["code"] == "too_late"
    assert {"quantity", "add_line", "cancel_date"} <= set(read(admin)["actions"]["allowed"])


def test_an_address_is_changed_and_told_to_nobody(world, admin):
    world.stock("TEA", 2)
    taken(world, admin, address={})
    assert read(admin)["holds"] == ["address_missing"]
    path, sent = "/v1/orders/SO-1/address", {"address": NEW, "contact": {"name": "Zebedee"}}
    assert admin.put(path, json=sent, params={"preview": True}).json()["outcomes"]
    assert read(admin)["customer"]["address"] == {}
    done = admin.put(path, json=sent)

    assert (done.status_code, done.json()["holds"]) == (200, [])
    found = read(admin)
    assert found["customer"]["address"] == NEW
    assert found["status"] == "awaiting_pick_and_pack"
    assert_holds_no_customer_data(done.text + admin.get("/v1/orders/SO-1/history").text)


@pytest.mark.parametrize("packages", [None, [{"lines": [{"order_line": 1, "units": 1}]}]])
def test_an_address_is_refused_as_told_while_something_is_packed(world, admin, packages):
    """A label of one package has the address that was there then, whatever is packed beside it."""
    world.stock("TEA", 2)
    taken(world, admin)
    (shipment,) = read(admin)["shipments"]
    assert admin.post(f"/v1/shipments/{shipment['id']}/pick").is_success
    body = packages and {"packages": packages}
    assert admin.post(f"/v1/shipments/{shipment['id']}/pack", json=body).is_success
    refused = {one["action"]: one for one in read(admin)["actions"]["refused"]}
    answer = admin.put("/v1/orders/SO-1/address", json={"address": NEW}).json()

    assert (answer["code"], answer["detail"]) == ("too_late", refused["address"]["why"])
    edit = {"revision": 1, "address": NEW, "lines": [{"line": 1, "sku": "TEA", "quantity": 2}]}
    by_channel = admin.put("/v1/orders/SO-1", json=edit)
    assert (by_channel.status_code, by_channel.json()["code"]) == (409, "too_late")
    same = admin.put("/v1/orders/SO-1", json=edit | {"address": ADDRESS})
    assert same.status_code == 200, same.text


def test_a_channels_address_lifts_the_hold_that_its_lack_gave(world, admin):
    taken(world, admin, address={})
    edit = {"revision": 1, "address": NEW, "lines": [{"line": 1, "sku": "TEA", "quantity": 2}]}

    assert admin.put("/v1/orders/SO-1", json=edit).json()["holds"] == []


def test_the_cancel_date_is_shown_and_moved(world, admin):
    taken(world, admin, policy={"auto_cancel_days": 3650}, placed_at="2026-01-01T09:00:00Z")
    assert (read(admin)["cancels_on"], read(admin)["cancels_by"]) == ("2035-12-30", "policy")
    path = "/v1/orders/SO-1/cancel-date"
    for on, shown in (
        ("2190-05-01", ("2190-05-01", "person")),
        ("never", (None, "person")),
        (None, ("2035-12-30", "policy")),
    ):
        done = admin.post(path, json={"on": on, "note": "By phone."})
        assert done.status_code == 200, done.text
        assert (read(admin)["cancels_on"], read(admin)["cancels_by"]) == shown

    assert [one["facts"]["to"] for one in told(admin, "cancel_date_changed")] == [
        "2190-05-01", "never", "the policy's",
    ]  # fmt: skip


def test_some_units_are_cancelled_and_the_rest_stays(world, admin):
    taken(world, admin, "SO-1", ("TEA", 5), ("CUP", 1))
    lines = [{"line": 1, "units": 2}, {"line": 2}]
    done = admin.post("/v1/orders/SO-1/cancel", json={"lines": lines, "note": "Ordered twice."})

    assert (done.status_code, done.json()["waiting_units"]) == (200, 3)
    assert [row["cancelled"] for row in read(admin)["lines"]] == [2, 1]
    assert {one["reason"] for one in told(admin, "units_cancelled")} == {"Ordered twice."}
    admin.post("/v1/orders/SO-1/cancel", json={"lines": None})
    assert read(admin)["status"] == "cancelled"


@pytest.fixture(scope="module")
def waiting(shared, shared_admin):
    taken(shared, shared_admin, "W-1", ("CUP", 2))
    return shared_admin


REFUSALS: dict[str, tuple[str, Any, int, str, str | None]] = {
    "no such line": ("lines/9/quantity", {"units": 1}, 422, "unknown_line", "line"),
    "no such pack": ("lines/1/quantity", {"units": 1, "pack": "box"}, 422, "unknown_pack", "pack"),
    "no such line to exchange": (
        "lines/9/exchange", {"sku": "TEA"}, 422, "unknown_line", "line",
    ),
    "the same SKU": ("lines/1/exchange", {"sku": "CUP"}, 422, "same_sku", "sku"),
    "no such SKU": ("lines/1/exchange", {"sku": "NONE"}, 422, "unknown_sku", "sku"),
    "sold no more": ("lines", {"sku": "OLD", "quantity": 1}, 422, "unknown_sku", "sku"),
    "a line that is there": (
        "lines", {"sku": "TEA", "quantity": 1, "line": 1}, 422, "line_exists", "line",
    ),
    "not there": (
        "lines", {"sku": "STRICT", "quantity": 1}, 422, "not_available", "quantity",
    ),
    "not there to exchange": (
        "lines/1/exchange", {"sku": "STRICT"}, 422, "not_available", "units",
    ),
    "more than may wait": (
        "lines", {"sku": "LIMITED", "quantity": 6}, 422, "not_available", "quantity",
    ),
    "more than the line has": (
        "lines/1/exchange", {"sku": "TEA", "units": 3}, 409, "too_late", None,
    ),
    "over": ("cancel-date", {"on": "2020-01-01"}, 422, "date_is_over", "on"),
    "line twice": (
        "cancel", {"lines": [{"line": 1}, {"line": 1}]}, 422, "line_twice", "lines[1].line",
    ),
    "no address": ("address", {"address": {}}, 422, "empty_address", "address"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_the_same_whether_it_is_done_or_only_looked_at(waiting, name):
    path, sent, status, code, field = REFUSALS[name]
    method = "PUT" if path == "address" else "POST"
    answers = [
        waiting.request(method, f"/v1/orders/W-1/{path}", json=sent, params=params)
        for params in ({}, {"preview": "true"})
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        if field:
            assert answer.json()["errors"][0]["field"] == field
    assert answers[0].json() == answers[1].json()


BAD: dict[str, tuple[str, Any, str]] = {
    "no units": ("lines/1/quantity", {}, "units"),
    "zero": ("lines/1/quantity", {"units": 0}, "units"),
    "a text": ("lines/1/quantity", {"units": "2"}, "units"),
    "no SKU": ("lines", {"quantity": 1}, "sku"),
    "no quantity": ("lines", {"sku": "TEA"}, "quantity"),
    "an unknown field": ("lines/1/exchange", {"sku": "TEA", "line": 2}, "line"),
    "no day": ("cancel-date", {}, "on"),
    "not a day": ("cancel-date", {"on": "soon"}, "on"),
    "no lines": ("cancel", {"lines": []}, "lines"),
    "too many": ("lines/1/exchange", {"sku": "TEA", "units": 10**9}, "units"),
    "an unknown country": ("address", {"address": {"country": "Austria"}}, "address.country"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_named_when_it_is_sent(waiting, name):
    path, sent, field = BAD[name]
    method = "PUT" if path == "address" else "POST"
    answer = waiting.request(method, f"/v1/orders/W-1/{path}", json=sent)

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


ALL: dict[str, tuple[str, Any]] = {
    "lines": ("POST", {"sku": "TEA", "quantity": 1}),
    "lines/1/quantity": ("POST", {"units": 1}),
    "lines/1/exchange": ("POST", {"sku": "TEA"}),
    "address": ("PUT", {"address": NEW}),
    "cancel-date": ("POST", {"on": None}),
    "cancel": ("POST", {"lines": [{"line": 1}]}),
}


@pytest.mark.parametrize("preview", ["true", "false"])
def test_another_merchants_order_can_not_be_touched(shared, waiting, preview):
    bolt = shared.client(Role.ADMIN, BOLT)
    answers = [
        bolt.request(method, f"/v1/orders/W-1/{path}", json=sent, params={"preview": preview})
        for path, (method, sent) in ALL.items()
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_only_those_who_write_orders_may_change_them(shared, waiting):
    for role in (Role.WAREHOUSE, Role.PURCHASING):
        client = shared.client(role, ACME)
        answers = [
            client.request(method, f"/v1/orders/W-1/{path}", json=sent)
            for path, (method, sent) in ALL.items()
        ]
        assert {answer.status_code for answer in answers} == {403}


def test_a_change_is_done_once_when_its_key_is_sent_again(world, admin):
    taken(world, admin)
    headers = {"Idempotency-Key": "k-1"}
    sent = {"sku": "CUP", "quantity": 1}
    first = admin.post("/v1/orders/SO-1/lines", json=sent, headers=headers)
    again = admin.post("/v1/orders/SO-1/lines", json=sent, headers=headers)

    assert (first.status_code, first.json()) == (200, again.json())
    assert len(read(admin)["lines"]) == 2
