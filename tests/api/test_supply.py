"""Purchase orders, receipts, stock, products, settings, parties."""

from concurrent.futures import ThreadPoolExecutor

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import order

PURCHASE = {
    "number": "PO/7",
    "supplier": "Leaf Imports",
    "expected_on": "2190-03-01",
    "lines": [
        {"line": 1, "sku": "TEA", "units": 10, "location": "vienna"},
        {"line": 2, "sku": "CUP", "units": 4, "location": "graz", "expected_on": "2190-04-01"},
    ],
}
RECEIPT = {"number": "GR-1", "location": "vienna", "lines": [{"line": 1, "units": 4}]}


def test_purchase_order_is_read_back_when_it_was_written(world):
    client = world.client(Role.PURCHASING)
    made = client.post("/v1/purchase-orders", json=PURCHASE)
    assert made.status_code == 201
    assert made.headers["Location"] == "/v1/purchase-orders/PO%2F7"
    found = client.get(made.headers["Location"]).json()
    distribution = found.pop("distribution")
    assert (distribution["skus_owed"], distribution["lines_waiting"]) == (0, 0)
    assert found == made.json()
    assert [line["expected_on"] for line in found["lines"]] == ["2190-03-01", "2190-04-01"]
    other = client.post("/v1/purchase-orders", json=PURCHASE | {"supplier": "Somebody else"})
    assert (other.status_code, other.json()["code"]) == (409, "number_in_use")
    (listed,) = client.get("/v1/purchase-orders?status=approved&sku=CUP").json()["items"]
    assert (listed["number"], listed["ordered"], listed["received"]) == ("PO/7", 14, 0)
    assert client.get("/v1/purchase-orders?sku=STRICT").json()["items"] == []


def test_purchase_order_is_written_once_when_two_send_it_at_once(world):
    client = world.client(Role.PURCHASING)
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(client.post, "/v1/purchase-orders", json=PURCHASE) for _ in range(8)]
        statuses = sorted(one.result().status_code for one in sent)
    assert statuses == [201] * 8


def test_first_answer_is_given_when_a_purchase_order_says_the_same_otherwise(world):
    client = world.client(Role.PURCHASING)
    first = client.post("/v1/purchase-orders", json=PURCHASE)
    spelled = {"status": "approved", "over_receipt_percent": 0, "lines": PURCHASE["lines"][::-1]}
    again = client.post("/v1/purchase-orders", json=PURCHASE | spelled)
    assert (again.status_code, again.json()) == (201, first.json())


def test_receipt_is_counted_once_when_its_lines_stand_in_another_order(world, admin):
    admin.post("/v1/purchase-orders", json=PURCHASE)
    path = "/v1/purchase-orders/PO%2F7/receipts"
    lines = [{"line": 1, "units": 4}, {"line": 2, "units": 3}]
    first = admin.post(path, json=RECEIPT | {"lines": lines})
    again = admin.post(path, json=RECEIPT | {"lines": lines[::-1]})
    assert (first.status_code, again.status_code) == (201, 201)
    assert world.count("receipt") == 1


def test_receipt_is_counted_once_when_it_is_sent_at_the_same_moment(world, admin):
    admin.post("/v1/purchase-orders", json=PURCHASE)
    path = "/v1/purchase-orders/PO%2F7/receipts"
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(admin.post, path, json=RECEIPT) for _ in range(8)]
        answers = [one.result() for one in sent]
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["lines"][0]["received"] for answer in answers} == {4}
    (tea,) = admin.get("/v1/stock?sku=TEA").json()["items"]
    assert (tea["on_hand"], tea["inbound"]) == (4, 6)
    other = admin.post(path, json=RECEIPT | {"lines": [{"line": 1, "units": 5}]})
    assert (other.status_code, other.json()["code"]) == (409, "number_in_use")


def test_receipt_is_refused_naming_the_field_when_it_can_not_be(admin):
    admin.post("/v1/purchase-orders", json=PURCHASE)
    path = "/v1/purchase-orders/PO%2F7/receipts"
    too_many = admin.post(path, json=RECEIPT | {"lines": [{"line": 1, "units": 11}]})
    assert (too_many.status_code, too_many.json()["errors"][0]["field"]) == (422, "lines[0].units")
    elsewhere = admin.post(path, json=RECEIPT | {"location": "linz"})
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["field"]) == (422, "location")
    no_line = admin.post(path, json=RECEIPT | {"lines": [{"line": 9, "units": 1}]})
    assert (no_line.status_code, no_line.json()["code"]) == (422, "unknown_line")
    empty = admin.post(path, json=RECEIPT | {"lines": []})
    assert (empty.status_code, empty.json()["code"]) == (422, "empty_receipt")


def test_status_moves_when_its_table_allows_it(admin):
    admin.post("/v1/purchase-orders", json=PURCHASE | {"status": "draft"})
    path = "/v1/purchase-orders/PO%2F7/status"
    assert admin.post(path, json={"status": "arrived"}).json()["code"] == "move_not_allowed"
    for status in ("approved", "in_transit", "arrived", "closed"):
        assert admin.post(path, json={"status": status}).json()["status"] == status
    assert admin.post(path, json={"status": "received"}).status_code == 422


def test_units_wait_no_more_when_stock_is_adjusted(world, admin):
    admin.post("/v1/orders", json=order())
    world.prepare("SO-1")
    body = {"adjustments": [{"sku": "TEA", "location": "vienna", "units": 2, "reason": "count"}]}
    headers = {"Idempotency-Key": "a-1"}
    first = admin.post("/v1/stock/adjustments", json=body, headers=headers)
    again = admin.post("/v1/stock/adjustments", json=body, headers=headers)
    assert first.json() == again.json()
    assert first.json()["levels"][0]["on_hand"] == 2
    assert admin.get("/v1/orders/SO-1").json()["status"] == "awaiting_pick_and_pack"


def test_stock_can_not_overflow_when_a_count_is_absurd(admin):
    place = {"sku": "TEA", "location": "vienna", "units": 100_000_000, "reason": "x"}
    for n in range(21):
        headers = {"Idempotency-Key": f"n-{n}"}
        answer = admin.post("/v1/stock/adjustments", json={"adjustments": [place]}, headers=headers)
        assert answer.status_code == 200
    last = admin.post("/v1/stock/adjustments", json={"adjustments": [place]})
    assert (last.status_code, last.json()["code"]) == (422, "out_of_range")


def test_products_are_put_and_listed_when_sent(admin):
    assert admin.put("/v1/products/A%2F1", json={"name": "A"}).json()["sku"] == "A/1"
    assert admin.get("/v1/products/A%2F1").status_code == 200
    batch = {"products": [{"sku": f"N-{n}", "name": "N"} for n in range(3)]}
    assert admin.post("/v1/products/batch", json=batch).json() == {"put": 3}
    first = admin.get("/v1/products?limit=3&active=true").json()
    second = admin.get("/v1/products", params={"cursor": first["next"], "active": True}).json()
    skus = [item["sku"] for item in first["items"] + second["items"]]
    assert skus == ["A/1", "CARD", "CUP", "LIMITED", "N-0", "N-1", "N-2", "STRICT", "TEA"]
    assert admin.get("/v1/products/NONE").json()["code"] == "unknown_product"


def test_setting_tells_its_scope_when_it_is_changed(world, admin):
    operator = world.client(Role.ADMIN, None)
    changed = operator.patch("/v1/settings/default", json={"max_shipments": 3})
    assert changed.json()["max_shipments"] == {"value": 3, "from": "default"}
    assert admin.get("/v1/settings").json()["max_shipments"] == {"value": 3, "from": "default"}
    mine = admin.patch("/v1/settings", json={"max_shipments": None}).json()
    assert mine["max_shipments"] == {"value": None, "from": "merchant"}
    assert mine["routing"]["from"] == "built in"


def test_merchant_and_location_are_put_when_an_operator_sends_them(world):
    operator = world.client(Role.ADMIN, None)
    assert operator.put("/v1/merchants/new-one", json={"name": "New"}).status_code == 200
    body = {"name": "Salzburg", "time_zone": "Europe/Vienna", "serves": {"new-one": 1}}
    put = operator.put("/v1/locations/salzburg", json=body)
    calendar = {
        "cutoff": "15:00", "working_days": [1, 2, 3, 4, 5], "holidays": None, "handling_days": 0,
        "closures": [],
    }  # fmt: skip
    assert put.json() == body | {"id": "salzburg", "active": True} | calendar
    assert operator.get("/v1/locations/nowhere").json()["code"] == "unknown_location"
    ids = [item["id"] for item in operator.get("/v1/locations").json()["items"]]
    assert ids == ["graz", "linz", "salzburg", "vienna"]
    names = [item["id"] for item in operator.get("/v1/merchants").json()["items"]]
    assert names == ["acme", "bolt", "new-one"]
    named = {"Pegboard-Merchant": "new-one"}
    assert operator.get("/v1/orders", headers=named).json() == {"items": [], "next": None}


def test_purchase_order_is_changed_line_by_line_until_it_has_come(world, admin):
    admin.post("/v1/purchase-orders", json=PURCHASE)
    admin.post("/v1/orders", json=order("W-1", lines=[{"line": 1, "sku": "CUP", "quantity": 9}]))
    path = "/v1/purchase-orders/PO%2F7"
    more = {"line": 3, "sku": "CUP", "units": 8, "location": "vienna"}

    changed = admin.patch(path, json={"lines": [{"line": 1, "units": 0}], "add_lines": [more]})

    assert changed.status_code == 200
    told = [
        (one["outstanding"], one["closed"], one["expected_on"]) for one in changed.json()["lines"]
    ]
    assert told == [(0, 10, "2190-03-01"), (4, 0, "2190-04-01"), (8, 0, "2190-03-01")]
    again = admin.patch(path, json={"add_lines": [more]})
    assert (again.status_code, again.json()["code"]) == (422, "line_exists")
    assert again.json()["errors"][0]["field"] == "add_lines[0].line"
    nothing = admin.patch(path, json={"lines": [{"line": n, "units": 0} for n in (2, 3)]})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_left")
    admin.post(path + "/receipts", json=RECEIPT | {"lines": [{"line": 3, "units": 5}]})
    left = [{"line": 2, "units": 0}, {"line": 3, "units": 5}]
    assert admin.patch(path, json={"lines": left}).json()["status"] == "received"
