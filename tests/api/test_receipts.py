"""Receipts, tolerances, pins and who waits for a purchase order, as a client meets them."""

import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import BOLT, order

PURCHASE = {
    "number": "PO-1",
    "supplier": "Leaf Imports",
    "expected_on": "2190-03-01",
    "over_receipt_percent": 10,
    "lines": [{"line": 1, "sku": "TEA", "units": 20, "location": "vienna"}],
}
RECEIPTS = "/v1/purchase-orders/PO-1/receipts"


def receipt(units: int, number: str = "GR-1") -> dict[str, object]:
    return {"number": number, "location": "vienna", "lines": [{"line": 1, "units": units}]}


@pytest.fixture
def bought(admin):
    admin.post("/v1/purchase-orders", json=PURCHASE)
    return admin


def test_receipt_is_read_back_with_where_its_goods_go(world, bought):
    told = bought.post(RECEIPTS, json=receipt(22)).json()
    assert (told["status"], told["lines"][0]["over_received"]) == ("received", 2)
    (goods,) = told["goods"]
    assert (goods["units"], goods["undistributed"]) == (22, 22)
    found = world.client(Role.WAREHOUSE).get("/v1/receipts/GR-1").json()
    assert (found["kind"], found["document"], found["lines"]) == ("purchase_order", "PO-1", [goods])
    (listed,) = bought.get("/v1/receipts?purchase_order=PO-1&sku=TEA").json()["items"]
    assert (listed["number"], listed["units"]) == ("GR-1", 22)
    assert bought.get("/v1/receipts?purchase_order=PO-2").json()["items"] == []


def test_more_than_the_tolerance_is_refused_naming_the_line(bought):
    refused = bought.post(RECEIPTS, json=receipt(23))
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_quantity")
    (error,) = refused.json()["errors"]
    assert (error["field"], error["outstanding"], error["beyond"]) == ("lines[0].units", 20, 2)


@pytest.mark.parametrize("percent", [-1, 101, "ten", 1.5])
def test_tolerance_is_a_whole_percentage(admin, percent):
    refused = admin.post("/v1/purchase-orders", json=PURCHASE | {"over_receipt_percent": percent})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "over_receipt_percent"


def test_receipt_is_taken_back_once_with_a_reason(world, bought):
    bought.post(RECEIPTS, json=receipt(5))
    path = "/v1/receipts/GR-1/reverse"
    assert bought.post(path, json={}).json()["errors"][0]["field"] == "reason"
    assert world.client(Role.WAREHOUSE).post(path, json={"reason": "x"}).status_code == 403
    headers = {"Idempotency-Key": "back"}
    first = bought.post(path, json={"reason": "not ours"}, headers=headers)
    again = bought.post(path, json={"reason": "not ours"}, headers=headers)
    assert (first.status_code, again.json()) == (200, first.json())
    other = bought.post(path, json={"reason": "not ours"})
    assert (other.status_code, other.json()["code"]) == (409, "already_reversed")
    assert bought.get("/v1/purchase-orders/PO-1").json()["lines"][0]["outstanding"] == 20


def test_receipt_of_another_merchant_is_not_there(world, bought):
    bought.post(RECEIPTS, json=receipt(5))
    stranger = world.client(Role.ADMIN, merchant=BOLT)
    assert stranger.get("/v1/receipts/GR-1").status_code == 404
    assert stranger.post("/v1/receipts/GR-1/reverse", json={"reason": "x"}).status_code == 404
    assert stranger.get("/v1/purchase-orders/PO-1/orders").status_code == 404


def test_purchase_orders_are_listed_by_supplier_and_by_being_overdue(bought):
    def numbers(query: str) -> list[str]:
        return [
            item["number"] for item in bought.get(f"/v1/purchase-orders?{query}").json()["items"]
        ]

    assert numbers("supplier=Leaf%20Imports") == ["PO-1"]
    assert numbers("supplier=Nobody") == []
    assert (numbers("overdue=true"), numbers("overdue=false")) == ([], ["PO-1"])


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        ({"line": 1, "pins": [{"document": "PO-9"}]}, "unknown_supply", "pins[0].document"),
        ({"line": 9, "pins": []}, "unknown_line", "line"),
        ({"line": 1, "pins": [{"document": "PO-1", "units": 9}]}, "bad_quantity", "pins"),
        ({"line": 1, "pins": [{"document": "PO-1", "units": 0}]}, "invalid_value", "pins[0].units"),
        (
            {"line": 1, "pins": [{"document": "PO-1", "kind": "gift"}]},
            "invalid_value",
            "pins[0].kind",
        ),
    ],
)
def test_pin_is_refused_naming_the_field(bought, sent, code, field):
    bought.post("/v1/orders", json=order("SO-1", ("TEA", 4)))
    refused = bought.post("/v1/orders/SO-1/pins", json=sent)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field
    if code != "invalid_value":
        assert refused.json()["code"] == code


def test_goods_are_counted_again_when_a_receipt_is_taken_back_after_the_close(bought):
    bought.post(RECEIPTS, json=receipt(5))
    closed = bought.post("/v1/purchase-orders/PO-1/status", json={"status": "closed"})
    assert closed.json()["status"] == "closed"
    assert bought.post(RECEIPTS, json=receipt(1, "GR-2")).json()["code"] == "not_receivable"

    bought.post("/v1/receipts/GR-1/reverse", json={"reason": "it was 4"})
    again = bought.get("/v1/purchase-orders/PO-1").json()

    assert (again["status"], again["lines"][0]["outstanding"]) == ("approved", 5)
    told = bought.post(RECEIPTS, json=receipt(4, "GR-2")).json()
    assert told["lines"][0]["outstanding"] == 1
