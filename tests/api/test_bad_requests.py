"""Bad parameters and bodies of everything but the intake of orders."""

import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import SECRET, assert_holds_no_customer_data

BAD_REQUESTS = {
    "order in the path with NUL": ("GET", "/v1/orders/A%00", None, "number"),
    "order in the path too long": ("GET", f"/v1/orders/{'A' * 65}", None, "number"),
    "unknown status": ("GET", "/v1/orders?status=lost", None, "status[0]"),
    "unknown sort": ("GET", "/v1/orders?sort=colour", None, "sort"),
    "limit too high": ("GET", "/v1/orders?limit=201", None, "limit"),
    "limit of zero": ("GET", "/v1/orders?limit=0", None, "limit"),
    "bad cursor": ("GET", "/v1/orders?cursor=xx", None, "cursor"),
    "cursor with NUL": ("GET", "/v1/orders?cursor=%00", None, "cursor"),
    "sku with NUL": ("GET", "/v1/orders?sku=A%00", None, "sku"),
    "instant without a zone": (
        "GET",
        "/v1/orders?placed_from=2026-01-01T00:00:00",
        None,
        "placed_from",
    ),
    "two merchants": ("GET", "/v1/orders?merchant=%00", None, "merchant"),
    "shipment not a number": ("GET", "/v1/shipments/x", None, "shipment"),
    "shipment beyond all ids": ("GET", f"/v1/shipments/{2**63}", None, "shipment"),
    "hold without reason": ("POST", "/v1/orders/A/hold", {}, "reason"),
    "hold with a sentence": ("POST", "/v1/orders/A/hold", {"reason": SECRET}, "reason"),
    "note with NUL": ("POST", "/v1/orders/A/cancel", {"note": "\0"}, "note"),
    "adjustment of zero": (
        "POST",
        "/v1/stock/adjustments",
        {"adjustments": [{"sku": "TEA", "location": "vienna", "units": 0, "reason": "x"}]},
        "adjustments[0].units",
    ),
    "adjustment of an unknown sku": (
        "POST",
        "/v1/stock/adjustments",
        {"adjustments": [{"sku": "NONE", "location": "vienna", "units": 1, "reason": "x"}]},
        "adjustments[0].sku",
    ),
    "adjustment elsewhere": (
        "POST",
        "/v1/stock/adjustments",
        {"adjustments": [{"sku": "TEA", "location": "linz", "units": 1, "reason": "x"}]},
        "adjustments[0].location",
    ),
    "purchase of an unknown sku": (
        "POST",
        "/v1/purchase-orders",
        {"number": "P", "lines": [{"line": 1, "sku": "X", "units": 1, "location": "vienna"}]},
        "lines[0].sku",
    ),
    "purchase of nothing": ("POST", "/v1/purchase-orders", {"number": "P", "lines": []}, "lines"),
    "pack of zero": ("PUT", "/v1/products/A", {"name": "A", "packs": {"box": 0}}, "packs.box"),
    "product twice": (
        "POST",
        "/v1/products/batch",
        {"products": [{"sku": "A", "name": "A"}] * 2},
        "products[1].sku",
    ),
    "unknown setting": ("PATCH", "/v1/settings", {"speed": 1}, "speed"),
    "filter misspelt": ("GET", "/v1/orders?stauts=shipped", None, "stauts"),
    "filter of another list": ("GET", "/v1/tasks?location=vienna&sku=TEA", None, "sku"),
    "parameter where none is": ("POST", "/v1/orders?preview=true", {"number": "A"}, "preview"),
    "revision of zero": ("PUT", "/v1/orders/A", {"revision": 0, "lines": []}, "revision"),
}


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_request_is_refused_naming_the_field_when_a_parameter_is_bad(shared_admin, name):
    method, path, sent, field = BAD_REQUESTS[name]
    answer = shared_admin.request(method, path, json=sent)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert_holds_no_customer_data(answer.text)


OPERATORS = {
    "unknown zone of a merchant": ("/v1/merchants/m1", {"name": "M", "time_zone": "Mars"}),
    "merchant with capitals": ("/v1/merchants/M1", {"name": "M"}),
    "unknown zone of a location": ("/v1/locations/l1", {"name": "L", "time_zone": "Mars/Base"}),
    "location for nobody we know": ("/v1/locations/l1", {"name": "L", "serves": {"nobody": 1}}),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_operator_is_refused_when_a_value_is_bad(shared, name):
    path, sent = OPERATORS[name]
    answer = shared.client(Role.ADMIN, None).put(path, json=sent)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"]
