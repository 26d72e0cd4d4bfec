from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import World, order
from tests.builders.counting import sent_statements

START = datetime(2026, 3, 1, tzinfo=UTC)


def pages(client: httpx.Client, path: str, **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = client.get(path, params={**parameters, **cursor}).json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def numbers(client: httpx.Client, **parameters: Any) -> list[str]:
    return [item["number"] for item in pages(client, "/v1/orders", **parameters)]


def seed(world: World) -> httpx.Client:
    """Ready, short, half short, on hold, cancelled; ranks and dates in different orders."""
    world.stock("TEA", 3)
    world.stock("CUP", 1, "graz")
    client = world.client()
    purchase = {
        "number": "PO-1",
        "expected_on": "2190-01-01",
        "lines": [{"line": 1, "sku": "CUP", "units": 5, "location": "graz"}],
    }
    assert client.post("/v1/purchase-orders", json=purchase).status_code == 201
    orders = [
        order("READY", ("TEA", 1), priority=60, ship_by="2020-01-01"),
        order("SHORT", ("TEA", 90), priority=70, ship_by="2190-05-01"),
        order("HALF", ("CUP", 3), priority=10),
        order("HELD", ("TEA", 1), priority=50, ship_by="2190-04-01"),
        order("GONE", ("TEA", 1), priority=5, ship_by="2020-01-01"),
    ]
    for index, one in enumerate(orders):
        one["placed_at"] = (START + timedelta(days=index)).isoformat()
    for one in sorted(orders, key=lambda one: one["number"] == "SHORT"):
        assert client.post("/v1/orders", json=one).status_code == 202
        world.prepare(one["number"])
    client.post("/v1/orders/HELD/hold", json={"reason": "fraud"})
    client.post("/v1/orders/GONE/cancel")
    return client


def test_lists_hold_what_the_filter_says_when_orders_differ(world):
    client = seed(world)
    expected = {
        "": ["GONE", "HALF", "HELD", "READY", "SHORT"],
        "status=cancelled&status=on_hold": ["GONE", "HELD"],
        "backordered=true": ["HALF", "SHORT"],
        "backordered=false": ["GONE", "HELD", "READY"],
        "sku=CUP": ["HALF"],
        "location=graz": ["HALF"],
        "purchase_order=PO-1": ["HALF"],
        "purchase_order=PO-2": [],
        "ready=true": ["HALF", "READY", "SHORT"],
        "ready=true&backordered=true": ["HALF", "SHORT"],
        "fulfillable=true": ["HELD", "READY"],
        "partially_fulfillable=true": ["HALF", "SHORT"],
        "served_by_purchase_order=PO-1": [],
        "served_by_receipt=GR-1&still_holding=true": [],
        "q=h": ["HALF", "HELD"],
        "q=ld": ["HELD"],
        "q=cup": ["HALF"],
        "on_hold=true": ["HELD"],
        "on_hold=false": ["GONE", "HALF", "READY", "SHORT"],
        "overdue=true": ["READY"],
        "placed_from=2026-03-03T00:00:00Z": ["GONE", "HALF", "HELD"],
        "placed_before=2026-03-03T00:00:00Z": ["READY", "SHORT"],
    }
    for query, found in expected.items():
        answer = client.get(f"/v1/orders?{query}")
        assert [item["number"] for item in answer.json()["items"]] == found, query


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("rank", ["GONE", "HALF", "HELD", "READY", "SHORT"]),
        ("placed_at", ["READY", "SHORT", "HALF", "HELD", "GONE"]),
        ("-placed_at", ["GONE", "HELD", "HALF", "SHORT", "READY"]),
        ("ship_by", ["READY", "GONE", "HELD", "SHORT", "HALF"]),
        ("ready_since", ["READY", "HALF", "SHORT", "HELD", "GONE"]),
    ],
)
def test_pages_keep_the_order_when_each_holds_one_item(world, sort, expected):
    client = seed(world)
    assert numbers(client, sort=sort, limit=1) == expected
    assert numbers(client, sort=sort, limit=2) == expected
    assert numbers(client, sort=sort, limit=5) == expected


def test_pages_show_each_order_once_when_orders_come_and_go_meanwhile(world):
    client = world.client()
    for n in range(20, 30):
        assert client.post("/v1/orders", json=order(f"O-{n}", priority=n)).status_code == 202
    first = client.get("/v1/orders", params={"limit": 4}).json()
    client.post("/v1/orders", json=order("FIRST", priority=1))
    client.post("/v1/orders", json=order("LAST", priority=99))
    client.post("/v1/orders/O-20/cancel")
    page, cursor = first, first["next"]
    seen = [item["number"] for item in page["items"]]
    while cursor:
        page = client.get("/v1/orders", params={"limit": 4, "cursor": cursor}).json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [f"O-{n}" for n in range(20, 30)] + ["LAST"]


def test_row_says_what_is_allocated_awaited_and_promised(world):
    client = seed(world)
    rows = {row["number"]: row for row in client.get("/v1/orders").json()["items"]}
    half = rows["HALF"]
    assert (half["ready_to_ship"], half["allocated"], half["to_go"]) == (True, 1, 3)
    assert half["awaits"] == [
        {"sku": "CUP", "units": 2, "supply": "PO-1", "kind": "purchase_order", "on": "2190-01-01"}
    ]
    assert half["promised_on"] == "2190-01-01"
    held = rows["HELD"]
    assert (held["ready_to_ship"], held["ready_since"], held["awaits"]) == (False, None, [])


def test_holding_is_refused_when_nothing_is_named_that_served(world):
    answer = world.client().get("/v1/orders?still_holding=true")
    assert (answer.status_code, answer.json()["code"]) == (422, "served_by_needed")


def test_cursor_is_refused_when_it_is_of_another_sort(world):
    client = world.client()
    for n in range(3):
        client.post("/v1/orders", json=order(f"O-{n}"))
    cursor = client.get("/v1/orders", params={"limit": 1}).json()["next"]
    answer = client.get("/v1/orders", params={"cursor": cursor, "sort": "ship_by"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


def test_number_of_queries_is_the_same_when_there_are_more_orders(world):
    client = world.client()
    counts = []
    for n in range(3):
        lines = [("TEA", 1), ("CUP", 2)] * (n + 1)
        client.post("/v1/orders", json=order(f"O-{n}", *lines))
        world.prepare(f"O-{n}")
        told = []
        for path in ("/v1/orders", "/v1/shipments", "/v1/stock", f"/v1/orders/O-{n}"):
            with sent_statements() as sent:
                assert client.get(path).status_code == 200
            # A key is looked up again when it was not used for a second.
            told.append(len([sql for sql in sent if "api_key" not in sql]))
        counts.append(told)
    assert counts[0] == counts[1] == counts[2]
    assert 0 < min(counts[0]) <= max(counts[0]) <= 10


def test_warehouse_sees_shipments_by_rank_when_it_lists_them(world):
    client = seed(world)
    warehouse = world.client(Role.WAREHOUSE)
    found = warehouse.get("/v1/shipments?status=ready").json()["items"]
    assert [item["order"] for item in found] == ["HALF", "HELD", "READY", "SHORT"]
    at_graz = warehouse.get("/v1/shipments?status=ready&location=graz").json()["items"]
    assert [item["order"] for item in at_graz] == ["HALF"]
    assert at_graz[0]["actions"]["allowed"] == ["start_picking", "pick", "send_back"]
    held = next(item for item in found if item["order"] == "HELD")
    assert held["holds"] == ["fraud"]
    assert held["actions"]["allowed"] == ["send_back"]
    assert len(pages(client, "/v1/shipments", limit=1)) == len(pages(client, "/v1/shipments"))


def test_stock_tells_what_can_be_promised_when_some_wait(world):
    client = seed(world)
    rows = {item["sku"]: item for item in pages(client, "/v1/stock", limit=1)}
    assert list(rows) == sorted(rows)
    cup = rows["CUP"]
    assert (cup["on_hand"], cup["allocated"], cup["available"]) == (1, 1, 0)
    assert (cup["inbound"], cup["waiting"], cup["pegged"], cup["atp"]) == (5, 2, 2, 0)
    tea = rows["TEA"]
    assert (tea["on_hand"], tea["allocated"], tea["waiting"]) == (3, 3, 89)
    assert tea["atp"] == tea["available"] - 89
    assert rows["CARD"]["atp"] is None
    (only,) = client.get("/v1/stock?location=graz").json()["items"]
    assert (only["sku"], [at["location"] for at in only["locations"]]) == ("CUP", ["graz"])
