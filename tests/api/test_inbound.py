"""What comes later than was said, or without a purchase order."""

from typing import Any

import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.test_supply import PURCHASE
from tests.api.world import order

PATH = "/v1/purchase-orders/PO%2F7"
RESTOCK = {"sku": "TEA", "location": "vienna", "units": 6, "expected_on": "2190-03-01"}


def promise(client: Any, number: str = "SO-1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/v1/orders/{number}").json()["lines"][0]["promise"]
    return found


def history(client: Any, kind: str) -> list[dict[str, Any]]:
    items = client.get("/v1/orders/SO-1/history").json()["items"]
    return [item for item in items if item["kind"] == kind]


# --- purchase orders ---


def test_promise_moves_with_the_note_when_a_purchase_order_comes_later(world, admin):
    admin.post("/v1/purchase-orders", json=PURCHASE)
    admin.post("/v1/orders", json=order())
    world.prepare("SO-1")
    later = {"expected_on": "2190-03-09", "note": "Held at the border."}
    headers = {"Idempotency-Key": "late"}

    first = admin.patch(PATH, json=later, headers=headers)
    again = admin.patch(PATH, json=later, headers=headers)

    assert (first.status_code, again.json()) == (200, first.json())
    assert [line["expected_on"] for line in first.json()["lines"]] == ["2190-03-09", "2190-04-01"]
    assert [piece["on"] for piece in promise(admin)] == ["2190-03-09"]
    (moved,) = history(admin, "promise_moved")
    assert moved["reason"] == "Held at the border."
    other = admin.patch(PATH, json={"expected_on": None}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


def test_line_has_no_date_any_more_when_it_is_sent_as_null(admin):
    admin.post("/v1/purchase-orders", json=PURCHASE)
    changed = admin.patch(
        PATH, json={"lines": [{"line": 1, "expected_on": None}, {"line": 2, "units": 9}]}
    ).json()
    assert [line["expected_on"] for line in changed["lines"]] == [None, "2190-04-01"]
    assert [line["ordered"] for line in changed["lines"]] == [10, 9]
    assert changed.items() <= admin.get(PATH).json().items()
    assert changed["expected_on"] == "2190-03-01"


BAD_CHANGES = {
    "nothing": ({}, "empty_change", "lines"),
    "only a note": ({"note": "late"}, "empty_change", "lines"),
    "nothing of a line": ({"lines": [{"line": 1}]}, "empty_change", "lines[0]"),
    "unknown line": ({"lines": [{"line": 9, "units": 1}]}, "unknown_line", "lines[0].line"),
    "line twice": (
        {"lines": [{"line": 2, "units": 1}, {"line": 2, "units": 1}]},
        "line_twice",
        "lines[1].line",
    ),
    "fewer than received": (
        {"lines": [{"line": 1, "units": 3}]},
        "bad_quantity",
        "lines[0].units",
    ),
    "no units": ({"lines": [{"line": 1, "units": 0}]}, "bad_quantity", "lines[0].units"),
    "negative": ({"lines": [{"line": 1, "units": -1}]}, "invalid_request", "lines[0].units"),
    "float": ({"lines": [{"line": 1, "units": 4.5}]}, "invalid_request", "lines[0].units"),
    "bool": ({"lines": [{"line": 1, "units": True}]}, "invalid_request", "lines[0].units"),
    "no line": ({"lines": [{"units": 4}]}, "invalid_request", "lines[0].line"),
    "no such day": ({"expected_on": "2190-02-30"}, "invalid_request", "expected_on"),
    "date as a number": ({"expected_on": 7}, "invalid_request", "expected_on"),
    "date of a line": (
        {"lines": [{"line": 1, "expected_on": "soon"}]},
        "invalid_request",
        "lines[0].expected_on",
    ),
    "unknown field": ({"supplier": "Other"}, "invalid_request", "supplier"),
    "too many lines": (
        {"lines": [{"line": n, "units": 1} for n in range(1, 502)]},
        "invalid_request",
        "lines",
    ),
    "note with NUL": ({"expected_on": None, "note": "\0"}, "invalid_request", "note"),
    "a list": ([], "invalid_request", "body"),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_change_is_refused_naming_the_field_when_a_value_is_bad(shared, shared_admin, name):
    sent, code, field = BAD_CHANGES[name]
    if not shared.count("purchase_order"):
        shared_admin.post("/v1/purchase-orders", json=PURCHASE)
        receipt = {"number": "GR", "location": "vienna", "lines": [{"line": 1, "units": 4}]}
        assert shared_admin.post(f"{PATH}/receipts", json=receipt).status_code == 201
    before = shared_admin.get(PATH).json()

    answer = shared_admin.patch(PATH, json=sent)

    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)
    assert shared_admin.get(PATH).json() == before


def test_change_is_refused_with_the_status_when_nothing_more_can_come(admin):
    admin.post("/v1/purchase-orders", json=PURCHASE)
    admin.post(f"{PATH}/status", json={"status": "closed"})
    answer = admin.patch(PATH, json={"expected_on": "2190-03-09"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_changeable")
    assert answer.json()["errors"] == [{"status": "closed"}]
    missing = admin.patch("/v1/purchase-orders/NONE", json={"expected_on": None})
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_purchase_order")


# --- restocks ---


def test_order_is_promised_a_restock_when_it_is_announced_and_served_when_it_arrives(world, admin):
    admin.post("/v1/orders", json=order())
    world.prepare("SO-1")
    put = admin.put("/v1/restocks/RS%2F1", json=RESTOCK)
    assert put.status_code == 200
    told = put.json()
    assert (told["number"], told["outstanding"], told["pegged"]) == ("RS/1", 6, 2)
    assert admin.put("/v1/restocks/RS%2F1", json=RESTOCK).json() == told
    assert admin.get("/v1/restocks/RS%2F1").json() == told
    assert [piece["on"] for piece in promise(admin)] == ["2190-03-01"]
    (tea,) = admin.get("/v1/stock?sku=TEA").json()["items"]
    assert (tea["inbound"], tea["pegged"]) == (6, 2)

    headers = {"Idempotency-Key": "came"}
    came = admin.post("/v1/restocks/RS%2F1/arrive", json={"units": 4}, headers=headers)
    again = admin.post("/v1/restocks/RS%2F1/arrive", json={"units": 4}, headers=headers)
    assert (came.status_code, again.json()) == (200, came.json())
    assert (came.json()["received"], came.json()["outstanding"]) == (4, 2)
    assert admin.get("/v1/orders/SO-1").json()["status"] == "awaiting_pick_and_pack"

    gone = admin.post("/v1/restocks/RS%2F1/withdraw")
    assert (gone.status_code, gone.json()["outstanding"]) == (200, 0)
    ended = admin.post("/v1/restocks/RS%2F1/withdraw", json={"note": "again"})
    assert (ended.status_code, ended.json()["code"]) == (409, "restock_ended")
    (tea,) = admin.get("/v1/stock?sku=TEA").json()["items"]
    assert (tea["on_hand"], tea["inbound"]) == (4, 0)


def test_restock_changes_when_its_number_is_put_with_other_units(admin):
    admin.put("/v1/restocks/RS-1", json=RESTOCK)
    changed = admin.put("/v1/restocks/RS-1", json=RESTOCK | {"units": 9, "expected_on": None})
    assert (changed.json()["units"], changed.json()["expected_on"]) == (9, None)
    other = admin.put("/v1/restocks/RS-1", json=RESTOCK | {"sku": "CUP"})
    assert (other.status_code, other.json()["code"]) == (409, "number_in_use")


def test_restocks_are_listed_by_page_and_sku_when_asked(admin):
    for n in range(5):
        admin.put(f"/v1/restocks/RS-{n}", json=RESTOCK | {"sku": "CUP" if n == 2 else "TEA"})
    first = admin.get("/v1/restocks?limit=3").json()
    second = admin.get("/v1/restocks", params={"cursor": first["next"]}).json()
    numbers = [item["number"] for item in first["items"] + second["items"]]
    assert (numbers, second["next"]) == (["RS-4", "RS-3", "RS-2", "RS-1", "RS-0"], None)
    (cup,) = admin.get("/v1/restocks?sku=CUP").json()["items"]
    assert cup["number"] == "RS-2"
    assert admin.get("/v1/restocks?cursor=nonsense").json()["code"] == "bad_cursor"


BAD_RESTOCKS = {
    "no units": (RESTOCK | {"units": 0}, "invalid_request", "units"),
    "float": (RESTOCK | {"units": 2.5}, "invalid_request", "units"),
    "unknown sku": (RESTOCK | {"sku": "NONE"}, "unknown_sku", "sku"),
    "sku of another merchant": (RESTOCK | {"sku": "NUT"}, "unknown_sku", "sku"),
    "location of another merchant": (
        RESTOCK | {"location": "linz"},
        "unknown_location",
        "location",
    ),
    "no location": ({"sku": "TEA", "units": 1}, "invalid_request", "location"),
    "no such day": (RESTOCK | {"expected_on": "2190-02-30"}, "invalid_request", "expected_on"),
    "unknown field": (RESTOCK | {"colour": "red"}, "invalid_request", "colour"),
    "null": (None, "invalid_request", "body"),
}


@pytest.mark.parametrize("name", BAD_RESTOCKS)
def test_restock_is_refused_naming_the_field_when_a_value_is_bad(shared, shared_admin, name):
    sent, code, field = BAD_RESTOCKS[name]

    answer = shared_admin.put("/v1/restocks/RS-1", json=sent)

    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)
    assert shared.count("restock") == 0


def test_arrival_is_refused_when_more_come_than_were_announced(world, admin):
    admin.put("/v1/restocks/RS-1", json=RESTOCK)
    path = "/v1/restocks/RS-1/arrive"
    for units in (0, -1, 1.5, None):
        answer = admin.post(path, json={"units": units})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "units")
    answer = admin.post(path, json={"units": 7})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_quantity")
    assert answer.json()["errors"] == [{"field": "units", "outstanding": 6}]
    unknown = admin.post("/v1/restocks/NONE/arrive", json={"units": 1})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_restock")
    assert admin.get("/v1/restocks/NONE").status_code == 404
    assert world.count("stock_ledger") == 0


def test_restock_is_nobody_elses_when_another_merchant_asks(world, admin):
    admin.put("/v1/restocks/RS-1", json=RESTOCK)
    bolt = world.client(merchant="bolt")
    assert bolt.get("/v1/restocks").json()["items"] == []
    assert bolt.post("/v1/restocks/RS-1/withdraw").status_code == 404
    assert bolt.post("/v1/restocks/RS-1/arrive", json={"units": 1}).status_code == 404


def test_only_purchasing_announces_when_others_may_not(world):
    buyers = {Role.PURCHASING, Role.ADMIN}
    readers = buyers | {Role.WAREHOUSE}
    for role in Role:
        client = world.client(role)
        writes = [
            client.put("/v1/restocks/RS-1", json=RESTOCK),
            client.post("/v1/restocks/RS-1/arrive", json={"units": 1}),
            client.patch(PATH, json={"expected_on": None}),
        ]
        assert [answer.status_code != 403 for answer in writes] == [role in buyers] * 3, role
        assert (client.get("/v1/restocks").status_code == 200) == (role in readers), role
