"""Payments as a client meets them."""

from typing import Any

import httpx
import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import ACME, ADDRESS, BOLT, World

MERCHANT = {"name": "Acme", "time_zone": "Europe/Vienna", "currency": "EUR"}


def priced(world: World, number: str = "SO-1", units: int = 2, price: int = 500) -> None:
    line = {"line": 1, "sku": "TEA", "quantity": units, "unit_price_minor": price}
    answer = world.client().post(
        "/v1/orders", json={"number": number, "lines": [line], "address": ADDRESS}
    )
    assert answer.status_code == 202, answer.text
    world.prepare(number)


def pay(client: httpx.Client, number: str, kind: str, amount: int, **more: Any) -> httpx.Response:
    body = {"kind": kind, "amount_minor": amount, **more}
    return client.post(f"/v1/orders/{number}/payments", json=body)


def test_an_invoiced_order_that_waits_is_shown_as_not_complete(world):
    priced(world)
    shop = world.client(Role.INTAKE)
    told = pay(shop, "SO-1", "invoice", 1000, reference="inv_7", note="March")
    assert told.status_code == 201, told.text
    pay(shop, "SO-1", "capture", 400)
    shown = shop.get("/v1/orders/SO-1").json()

    assert shown["payment"] == told.json()["payment"] | {
        "status": "partially_captured",
        "captured_minor": 400,
    }
    assert shown["payment"]["currency"] == "EUR"
    assert (shown["payment"]["invoiced"], shown["payment"]["is_complete"]) == (True, False)
    found = shop.get("/v1/orders/SO-1/payments").json()
    assert [(one["kind"], one["reference"], one["reason"]) for one in found["items"]] == [
        ("invoice", "inv_7", "March"),
        ("capture", None, None),
    ]


def test_a_reference_counts_once_for_its_kind_when_it_comes_again(world):
    priced(world)
    client = world.client()
    first = pay(client, "SO-1", "capture", 400, reference="ch_1")
    again = pay(client, "SO-1", "capture", 400, reference="ch_1", note="sent again")
    other = pay(client, "SO-1", "capture", 500, reference="ch_1")
    refund = pay(client, "SO-1", "refund", 400, reference="ch_1")

    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "reference_in_use")
    assert refund.json()["payment"]["status"] == "refunded"


def test_a_reference_counts_once_when_it_comes_with_other_keys_or_was_settled(world):
    priced(world)
    client = world.client()

    def keyed(key: str | None, kind: str, amount: int, reference: str) -> httpx.Response:
        body = {"kind": kind, "amount_minor": amount, "reference": reference}
        headers = {"Idempotency-Key": key} if key else {}
        answer: httpx.Response = client.post("/v1/orders/SO-1/payments", json=body, headers=headers)
        return answer

    captures = [keyed(key, "capture", 1000, "ch_1") for key in ("k1", "k2", None)]
    other = keyed("k3", "capture", 900, "ch_1")
    client.post("/v1/orders/SO-1/cancel")
    (due,) = client.get("/v1/payments?status=due").json()["items"]
    settled = {"status": "done", "reference": "rf_1"}
    client.post(f"/v1/payments/{due['id']}/settle", json=settled)
    refunds = [keyed(key, "refund", 1000, "rf_1") for key in (None, "k4")]

    assert {answer.status_code for answer in [*captures, *refunds]} == {201}
    assert (other.status_code, other.json()["code"]) == (409, "reference_in_use")
    paid = refunds[-1].json()["payment"]
    assert (paid["captured_minor"], paid["refunded_minor"]) == (1000, 1000)
    assert len(refunds[-1].json()["items"]) == 2


def test_what_a_cancel_makes_due_is_listed_and_settled_once(world):
    priced(world)
    client = world.client()
    pay(client, "SO-1", "capture", 1000)
    client.post("/v1/orders/SO-1/cancel")
    assert client.get("/v1/orders/SO-1").json()["payment"]["status"] == "refund_due"
    (due,) = client.get("/v1/payments?status=due").json()["items"]
    assert (due["order"], due["kind"], due["amount_minor"]) == ("SO-1", "refund", 1000)
    path = f"/v1/payments/{due['id']}/settle"
    done = client.post(path, json={"status": "done", "reference": "re_1"})
    again = client.post(path, json={"status": "failed"})

    assert (done.status_code, done.json()["payment"]["status"]) == (200, "refunded")
    assert (again.status_code, again.json()["code"]) == (409, "already_settled")
    assert client.get("/v1/payments?status=due").json()["items"] == []
    assert world.client(Role.ADMIN, BOLT).post(path, json={"status": "done"}).status_code == 404
    history = client.get("/v1/orders/SO-1/history").json()["items"]
    kinds = [one["kind"] for one in history]
    assert {"payment_recorded", "refund_due", "payment_done"} <= set(kinds)


def test_an_order_is_released_when_its_payment_is_authorised(world):
    lead = world.client(Role.ADMIN, None)
    wanted = MERCHANT | {"authorise_before_release": True}
    assert lead.put(f"/v1/merchants/{ACME}", json=wanted).json()["authorise_before_release"]
    world.stock("TEA", 2)
    priced(world)
    client = world.client()
    told = client.get("/v1/orders/SO-1/explanation").json()
    codes = [reason["code"] for line in told["waiting"] for reason in line["reasons"]]
    assert codes == ["payment_not_authorised"]
    assert pay(client, "SO-1", "authorise", 1000).json()["payment"]["status"] == "authorised"
    assert client.get("/v1/orders/SO-1").json()["status"] == "awaiting_pick_and_pack"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "gift"),
        ("amount_minor", 0),
        ("amount_minor", 1.5),
        ("reference", "4242 4242 4242 4242"),
        ("reference", "4242424242424242"),
        ("note", "card 4242-4242-4242-4242 exp 12/29"),
        ("card", "4242424242424242"),
    ],
)
def test_a_payment_is_refused_when_it_makes_no_sense_or_names_a_card(shared, field, value):
    body = {"kind": "capture", "amount_minor": 5} | {field: value}
    answer = shared.client().post("/v1/orders/X/payments", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert "4242" not in answer.text


def test_a_number_of_an_order_is_no_card(shared):
    answer = pay(shared.client(), "X", "capture", 5, reference="8515131751004933")

    assert answer.status_code == 404


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.PURCHASING])
def test_payments_are_not_for_everybody(shared, role):
    client = shared.client(role)
    for method, path in (
        ("GET", "/v1/payments"),
        ("GET", "/v1/orders/X/payments"),
        ("POST", "/v1/orders/X/payments"),
        ("POST", "/v1/payments/1/settle"),
    ):
        assert client.request(method, path).status_code == 403
