"""Numbers and SKUs as shops write them, through every place that shows or reads them."""

from typing import Any
from urllib.parse import quote

import pytest

from fulfillment.store.commands.catalogue import NewProduct, put_products
from tests.api.world import ACME, ADDRESS
from tests.documents.reading import text_of

NAMES = {
    "hash": "#1001",
    "spaces and slash": "A 7 / 8",
    "plus": "A+B",
    "umlaut and dot": "Käse.klein",
    "percent": "50%2F",
    "colon and equals": "a:b=1",
    "signs of other languages": "*_[x]_*|`<b>&amp;\"'",
    "dots and a backslash": "..\\..1",
    "ideographs": "注文 7",
    "question": "what?x=1&y#z",
}


@pytest.mark.parametrize("way", NAMES)
def test_name_goes_through_every_place_as_it_was_sent(shared, shared_admin, way):
    name, client = NAMES[way], shared_admin
    part = quote(name, safe="")
    product = client.put(f"/v1/products/{part}", json={"name": "A thing"})
    assert (product.status_code, product.json()["sku"]) == (200, name)
    assert client.get(f"/v1/products/{part}").json()["sku"] == name

    line = {"line": 1, "sku": name, "quantity": 2}
    sent = {"number": f"  {name} ", "lines": [line], "address": ADDRESS}
    made = client.post("/v1/orders", json=sent)
    assert (made.status_code, made.json()["number"]) == (202, name)
    shared.prepare(name)
    shown = client.get(made.headers["Location"]).json()
    assert (shown["number"], shown["lines"][0]["sku"]) == (name, name)
    for query in ({"q": name}, {"sku": name}):
        found = client.get("/v1/orders", params=query).json()["items"]
        assert [one["number"] for one in found] == [name]
    held = client.post(f"/v1/orders/{part}/hold", json={"reason": "x"}, headers=key("k"))
    again = client.post(f"/v1/orders/{part}/hold", json={"reason": "x"}, headers=key("k"))
    assert (held.status_code, again.json()) == (200, held.json())
    client.post(f"/v1/orders/{part}/unhold", json={})
    assert client.get(f"/v1/orders/{part}/explanation").json()["number"] == name


@pytest.mark.parametrize("way", NAMES)
def test_document_has_its_number_as_it_was_sent(shared, shared_admin, way):
    name, client = f"2 {NAMES[way]}", shared_admin
    part = quote(name, safe="")
    put_products(shared.store, ACME, [NewProduct(name, name)])
    line = {"line": 1, "sku": name, "quantity": 2}
    client.post("/v1/orders", json={"number": name, "lines": [line], "address": ADDRESS})
    shared.prepare(name)
    bought = {"number": name, "lines": [bought_line(name)], "expected_on": "2190-01-01"}
    purchase = client.post("/v1/purchase-orders", json=bought)
    assert client.get(purchase.headers["Location"]).json()["number"] == name
    assert client.get("/v1/orders", params={"purchase_order": name}).json()["items"]
    receipt = {"number": name, "location": "vienna", "lines": [{"line": 1, "units": 2}]}
    assert client.post(f"/v1/purchase-orders/{part}/receipts", json=receipt).status_code == 201
    assert client.get(f"/v1/receipts/{part}").json()["number"] == name
    transfer = {"number": name, "source": "vienna", "destination": "graz", "lines": [unit(name)]}
    assert client.get(client.post("/v1/transfers", json=transfer).headers["Location"]).is_success
    count = {"number": name, "location": "graz", "lines": [{"sku": name, "counted": 0}]}
    assert client.get(client.post("/v1/counts", json=count).headers["Location"]).is_success
    restock = {"sku": name, "location": "graz", "units": 1, "expected_on": "2190-01-01"}
    assert client.put(f"/v1/restocks/{part}", json=restock).json()["number"] == name
    assert client.get(f"/v1/products/{part}/explanation").json()["sku"] == name


def test_papers_hold_the_name_whether_bars_can_or_not(shared, shared_admin):
    client = shared_admin
    names = ["#7 / 8 <b>", "Käse+.7"]
    put_products(shared.store, ACME, [NewProduct(name, name) for name in names])
    for name in names:
        shared.stock(name, 2)
        line = {"line": 1, "sku": name, "quantity": 2}
        sent = {"number": f"P {name}", "lines": [line], "address": ADDRESS}
        assert client.post("/v1/orders", json=sent).status_code == 202
        shared.prepare(f"P {name}")
        shown = client.get(f"/v1/orders/{quote(f'P {name}', safe='')}").json()
        shipment = shown["shipments"][-1]
        body = {"orders": [f"P {name}"]}
        work = client.post("/v1/locations/vienna/pick-lists", json=body).json()
        listed = text_of(client.get(f"/v1/pick-lists/{work['id']}/document.pdf").content)
        slip = text_of(client.get(f"/v1/shipments/{shipment['id']}/packing-slip.pdf").content)
        for paper in (listed, slip):
            assert f"P {name}" in " ".join(paper.split())


def test_two_orders_share_no_key_when_a_number_holds_a_colon(shared, shared_admin):
    client = shared_admin
    for number in ("K", "K:1"):
        sent = {"number": number, "lines": [{"line": 1, "sku": "TEA", "quantity": 1}]}
        client.post("/v1/orders", json=sent)
    one = client.post("/v1/orders/K/hold", json={"reason": "x"}, headers=key("1:2"))
    other = client.post("/v1/orders/K%3A1/hold", json={"reason": "x"}, headers=key("2"))
    assert (one.status_code, other.status_code) == (200, 200)
    assert "x" in client.get("/v1/orders/K%3A1").json()["holds"]


def test_text_keeps_its_line_breaks_and_loses_outer_spaces(shared_admin):
    client = shared_admin
    address = {"name": "  Zebedee ", "line2": " ", "instructions": "Ring twice.\r\nGate 7\t.  "}
    line = {"line": 1, "sku": "TEA", "quantity": 1}
    client.post("/v1/orders", json={"number": "LINES", "lines": [line], "address": address})
    told = client.get("/v1/orders/LINES").json()["customer"]["address"]
    assert told == {"name": "Zebedee", "instructions": "Ring twice.\nGate 7 ."}
    held = {"reason": "x", "note": "First.\nSecond."}
    assert client.post("/v1/orders/LINES/hold", json=held).status_code == 200
    history = client.get("/v1/orders/LINES/history").json()["items"]
    assert history[-1]["reason"] == "First.\nSecond."


def key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": name}


def unit(sku: str) -> dict[str, Any]:
    return {"line": 1, "sku": sku, "units": 1}


def bought_line(sku: str) -> dict[str, Any]:
    return unit(sku) | {"units": 5, "location": "vienna"}
