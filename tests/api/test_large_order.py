"""An order of as many lines as one may have: taken, changed, shown, picked and shipped like any."""

from collections.abc import Callable, Iterator

import pytest

from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.store.commands.catalogue import NewProduct, put_products
from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.transactions.session import Command
from tests.api.world import ACME, World, made, order

SKUS = [f"P{at:04}" for at in range(MOST_LINES)]
HERE = SKUS[: MOST_LINES // 2]
BIG = order("BIG", *((sku, 2) for sku in SKUS))


@pytest.fixture(scope="module")
def large(new_database: Callable[[], str]) -> Iterator[World]:
    """Half of the products are in Vienna."""
    with made(new_database()) as world:
        put_products(world.store, ACME, [NewProduct(sku, sku) for sku in SKUS])
        here = [Adjustment(sku, "vienna", 9, "test") for sku in HERE]
        adjust(world.store, Command(ACME, "adjust", "here", "test"), here)
        yield world


def test_an_order_of_as_many_lines_as_may_be_goes_its_whole_way(large):
    client = large.client()
    assert client.post("/v1/orders", json=BIG).status_code == 202
    large.prepare("BIG")
    lines = client.get("/v1/orders/BIG").json()["lines"]
    assert sum(line["allocated"] for line in lines) == 2 * len(HERE)
    assert len(client.get("/v1/orders/BIG/explanation").json()["waiting"]) == MOST_LINES - len(HERE)

    more = [line | {"quantity": 3 if line["line"] <= 10 else 1} for line in BIG["lines"]]
    edited = client.put("/v1/orders/BIG", json={"revision": 1, "lines": more[::-1]})
    assert edited.status_code == 200
    one_more = client.post("/v1/orders/BIG/lines", json={"sku": "TEA", "quantity": 1})
    assert (one_more.status_code, one_more.json()["code"]) == (422, "too_many_lines")
    rest = [{"line": line["line"]} for line in BIG["lines"][len(HERE) :]]
    assert client.post("/v1/orders/BIG/cancel", json={"lines": rest}).status_code == 200

    work = client.post("/v1/locations/vienna/pick-lists", json={}).json()
    asked = [part for stop in work["walk"] for part in stop["sort"]]
    assert sum(part["units"] for part in asked) == len(HERE) + 20
    named = [{name: part[name] for name in ("shipment", "order_line", "units")} for part in asked]
    path = f"/v1/pick-lists/{work['id']}"
    assert client.post(f"{path}/confirm", json={"lines": named}).json()["status"] == "done"
    for shipment in sorted({part["shipment"] for part in asked}):
        assert client.post(f"/v1/shipments/{shipment}/ship", json={}).status_code == 200
    assert client.get("/v1/orders/BIG").json()["status"] == "shipped"


def test_lists_hold_no_more_lines_than_one_order_may_have(large):
    client = large.client()
    wants = [(sku, 1) for sku in HERE]
    for number in ("HALF-1", "HALF-2", "HALF-3"):
        client.post("/v1/orders", json=order(number, *wants))
        large.prepare(number)

    page = client.get("/v1/shipments?status=ready").json()
    assert [one["order"] for one in page["items"]] == ["HALF-1", "HALF-2"]
    rest = client.get(f"/v1/shipments?status=ready&cursor={page['next']}").json()
    assert ([one["order"] for one in rest["items"]], rest["next"]) == (["HALF-3"], None)
    work = client.post("/v1/locations/vienna/pick-lists", json={}).json()
    assert [one["order"] for one in work["shipments"]] == ["HALF-1", "HALF-2"]
