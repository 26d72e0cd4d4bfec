"""Every bad input of the intake (behaviour.md §2), and what the answer names."""

import json
from typing import Any

import pytest

from tests.api.world import ADDRESS, SECRET, assert_holds_no_customer_data, order


def with_line(**changes: object) -> dict[str, Any]:
    asked = order()
    asked["lines"][0] = {k: v for k, v in (asked["lines"][0] | changes).items() if v != "absent"}
    return asked


BAD_ORDERS = {
    "unknown sku": (with_line(sku="NONE"), "unknown_sku", "lines[0].sku"),
    "inactive sku": (with_line(sku="OLD"), "unknown_sku", "lines[0].sku"),
    "sku of another merchant": (with_line(sku="NUT"), "unknown_sku", "lines[0].sku"),
    "zero": (with_line(quantity=0), "invalid_request", "lines[0].quantity"),
    "negative": (with_line(quantity=-1), "invalid_request", "lines[0].quantity"),
    "float": (with_line(quantity=1.5), "invalid_request", "lines[0].quantity"),
    "whole float": (with_line(quantity=2.0), "invalid_request", "lines[0].quantity"),
    "bool": (with_line(quantity=True), "invalid_request", "lines[0].quantity"),
    "text": (with_line(quantity="2"), "invalid_request", "lines[0].quantity"),
    "null quantity": (with_line(quantity=None), "invalid_request", "lines[0].quantity"),
    "too many": (with_line(quantity=10**30), "invalid_request", "lines[0].quantity"),
    "no quantity": (with_line(quantity="absent"), "invalid_request", "lines[0].quantity"),
    "no sku": (with_line(sku="absent"), "invalid_request", "lines[0].sku"),
    "sku with NUL": (with_line(sku="TEA\0"), "invalid_request", "lines[0].sku"),
    "unknown pack": (with_line(pack="pallet"), "unknown_pack", "lines[0].pack"),
    "pack with NUL": (with_line(pack="\0"), "invalid_request", "lines[0].pack"),
    "price in units": (
        with_line(unit_price_minor=1.99),
        "invalid_request",
        "lines[0].unit_price_minor",
    ),
    "negative price": (
        with_line(unit_price_minor=-1),
        "invalid_request",
        "lines[0].unit_price_minor",
    ),
    "line zero": (with_line(line=0), "invalid_request", "lines[0].line"),
    "unknown field of a line": (with_line(colour="red"), "invalid_request", "lines[0].colour"),
    "no lines": (order() | {"lines": []}, "empty_order", "lines"),
    "lines null": (order() | {"lines": None}, "invalid_request", "lines"),
    "too many lines": (
        order() | {"lines": [{"line": n, "sku": "TEA", "quantity": 1} for n in range(1, 2002)]},
        "invalid_request",
        "lines",
    ),
    "line twice": (
        order() | {"lines": [{"line": 1, "sku": "TEA", "quantity": 1}] * 2},
        "line_twice",
        "lines[0].line",
    ),
    "too many units": (
        order("B", *[("TEA", 1_000_000)] * 400)
        | {
            "lines": [
                {"line": n, "sku": "TEA", "quantity": 1_000_000, "pack": "carton"}
                for n in range(1, 400)
            ]
        },
        "too_many_units",
        "lines",
    ),
    "unknown location to lock": (
        order(lock_location="nowhere"),
        "unknown_location",
        "lock_location",
    ),
    "location of another merchant": (
        order(pickup_location="linz"),
        "unknown_location",
        "pickup_location",
    ),
    "currency that there is not": (order(currency="QQQ"), "unknown_currency", "currency"),
    "gold": (order(currency="XAU"), "unknown_currency", "currency"),
    "lock and pickup": (
        order(lock_location="vienna", pickup_location="graz"),
        "lock_and_pickup",
        "pickup_location",
    ),
    "may not be backordered": (
        order("S", ("STRICT", 1)),
        "not_available",
        "lines[0].quantity",
    ),
    "above the backorder limit": (
        order("L", ("TEA", 1), ("LIMITED", 6)),
        "not_available",
        "lines[1].quantity",
    ),
    "unknown setting": (order(policy={"speed": 1}), "bad_policy", "policy.speed"),
    "wrong value of a setting": (
        order(policy={"max_shipments": 0}),
        "bad_policy",
        "policy.max_shipments",
    ),
    "setting not for one order": (
        order(policy={"rebalance": "off"}),
        "bad_policy",
        "policy.rebalance",
    ),
    "no number": ({"lines": order()["lines"]}, "invalid_request", "number"),
    "empty number": (order(""), "invalid_request", "number"),
    "number of a dot": (order(".."), "invalid_request", "number"),
    "number of spaces": (order("  "), "invalid_request", "number"),
    "number with a line feed": (order("A\n1"), "invalid_request", "number"),
    "number with a mark that can not be seen": (order("A\u200b1"), "invalid_request", "number"),
    "number with NUL": (order("A\0"), "invalid_request", "number"),
    "number with a surrogate": (order("A\ud800"), "invalid_request", "number"),
    "number too long": (order("A" * 65), "invalid_request", "number"),
    "number as a number": (order() | {"number": 17}, "invalid_request", "number"),
    "priority too high": (order(priority=101), "invalid_request", "priority"),
    "priority negative": (order(priority=-1), "invalid_request", "priority"),
    "priority as bool": (order(priority=True), "invalid_request", "priority"),
    "instant without a zone": (
        order(placed_at="2026-03-01T10:00:00"),
        "invalid_request",
        "placed_at",
    ),
    "instant as a number": (order(placed_at=1772355600), "invalid_request", "placed_at"),
    "instant as digits": (order(placed_at="1772355600"), "invalid_request", "placed_at"),
    "instant out of range": (
        order(placed_at="0001-01-01T00:00:00+14:00"),
        "invalid_request",
        "placed_at",
    ),
    "day with a time": (order(ship_by="2026-03-31T00:00:00"), "invalid_request", "ship_by"),
    "day with an offset": (order(ship_by="2026-03-31T00:00:00Z"), "invalid_request", "ship_by"),
    "placed two days ahead": (order(placed_at="2199-01-01T00:00:00Z"), "placed_ahead", "placed_at"),
    "no such day": (order(ship_by="2026-02-30"), "invalid_request", "ship_by"),
    "currency in small letters": (order(currency="eur"), "invalid_request", "currency"),
    "unknown field": (order(colour="red"), "invalid_request", "colour"),
    "unknown field with data": (order() | {SECRET: 1}, "invalid_request", "?"),
    "NUL in an address": (
        order(address=ADDRESS | {"city": "A\0"}),
        "invalid_request",
        "address.city",
    ),
    "surrogate in an address": (
        order(address=ADDRESS | {"line1": "x\udfff"}),
        "invalid_request",
        "address.line1",
    ),
    "address too long": (
        order(address=ADDRESS | {"line2": "x" * 101}),
        "invalid_request",
        "address.line2",
    ),
    "address as text": (order(address=SECRET), "invalid_request", "address"),
    "country by name": (
        order(address=ADDRESS | {"country": SECRET}),
        "invalid_request",
        "address.country",
    ),
    "surrogate in the reference": (
        order(customer_reference="\ud83d"),
        "invalid_request",
        "customer_reference",
    ),
    "a list": ([order()], "invalid_request", "body"),
    "null": (None, "invalid_request", "body"),
}


@pytest.mark.parametrize("name", BAD_ORDERS)
def test_order_is_refused_naming_the_field_when_a_value_is_bad(shared, shared_admin, name):
    sent, code, field = BAD_ORDERS[name]
    body = json.dumps(sent).encode()
    answer = shared_admin.post(
        "/v1/orders", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert (told["code"], told["errors"][0]["field"]) == (code, field)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert told["type"] == f"urn:pegboard:problem:{code}"
    assert told["status"] == 422
    assert all(told[name] for name in ("title", "detail", "remedy"))
    assert_holds_no_customer_data(answer.text)
    assert shared.count("orders") == 0


def test_refusal_tells_what_could_be_had_when_a_line_may_not_wait(world, admin):
    world.stock("STRICT", 3)
    answer = admin.post("/v1/orders", json=order("S", ("STRICT", 5)))
    (error,) = answer.json()["errors"]
    assert (error["sku"], error["available"], error["wanted"]) == ("STRICT", 3, 5)
    assert error["lines"] == [1]
    assert "STRICT" in answer.json()["detail"]
    assert admin.post("/v1/orders", json=order("S", ("STRICT", 3))).status_code == 202


def test_order_waits_when_it_is_within_the_backorder_limit(admin):
    assert admin.post("/v1/orders", json=order("L", ("LIMITED", 5))).status_code == 202
    again = admin.post("/v1/orders", json=order("L2", ("LIMITED", 1)))
    assert again.json()["code"] == "not_available"
