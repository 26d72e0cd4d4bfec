"""Transfers, returns and counts."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import BOLT, order

TRANSFER = {
    "number": "TR/1",
    "source": "vienna",
    "destination": "graz",
    "expected_on": "2190-03-01",
    "lines": [{"line": 1, "sku": "TEA", "units": 6}, {"line": 2, "sku": "CUP", "units": 2}],
}
TRANSFER_PATH = "/v1/transfers/TR%2F1"
RETURN = {
    "number": "RMA/1",
    "location": "vienna",
    "lines": [{"line": 1, "sku": "TEA", "units": 6}],
}
RETURN_PATH = "/v1/returns/RMA%2F1"
COUNT = {"number": "CC/1", "location": "vienna", "lines": [{"sku": "TEA", "counted": 7}]}
SELLABLE = {"line": 1, "units": 1, "disposition": "sellable"}


def level(client: Any, sku: str = "TEA") -> dict[str, int]:
    """On hand by location."""
    (found,) = client.get("/v1/stock", params={"sku": sku}).json()["items"]
    return {place["location"]: place["on_hand"] for place in found["locations"]}


def shipped(world: Any, client: Any, number: str = "SO-1", units: int = 2) -> None:
    world.stock("TEA", units)
    client.post("/v1/orders", json=order(number, ("TEA", units)))
    world.prepare(number)
    (shipment,) = client.get(f"/v1/orders/{number}").json()["shipments"]
    assert client.post(f"/v1/shipments/{shipment['id']}/ship", json={}).status_code == 409
    assert client.post(f"/v1/shipments/{shipment['id']}/pick").status_code == 200
    assert client.post(f"/v1/shipments/{shipment['id']}/ship", json={}).status_code == 200


# --- transfers ---


def test_transfer_goes_and_comes_when_the_warehouse_works_it(world):
    client = world.client(Role.WAREHOUSE)
    world.stock("TEA", 9)
    world.stock("CUP", 2)
    made = client.post("/v1/transfers", json=TRANSFER)
    assert (made.status_code, made.json()["status"]) == (201, "planned")
    assert made.headers["Location"] == TRANSFER_PATH
    assert client.get(TRANSFER_PATH).json() == made.json()
    spelled = {"ship": False, "lines": TRANSFER["lines"][::-1]}
    again = client.post("/v1/transfers", json=TRANSFER | spelled)
    assert (again.status_code, again.json()) == (201, made.json())
    other = client.post("/v1/transfers", json=TRANSFER | {"ship": True})
    assert (other.status_code, other.json()["code"]) == (409, "number_in_use")

    headers = {"Idempotency-Key": "van"}
    sent = client.post(f"{TRANSFER_PATH}/ship", json={"note": "By van."}, headers=headers)
    same = client.post(f"{TRANSFER_PATH}/ship", json={"note": "By van."}, headers=headers)
    assert (sent.json()["status"], same.json()) == ("in_transit", sent.json())
    assert client.post(f"{TRANSFER_PATH}/ship").json()["code"] == "move_not_allowed"
    assert level(client) == {"graz": 0, "vienna": 3}
    (tea,) = client.get("/v1/stock?sku=TEA").json()["items"]
    assert tea["inbound"] == 6


def test_what_comes_of_a_transfer_is_counted_once_when_the_rest_is_lost(world):
    client = world.client(Role.WAREHOUSE)
    world.stock("TEA", 9)
    world.stock("CUP", 2)
    client.post("/v1/transfers", json=TRANSFER | {"ship": True})
    receipt = {"number": "GR-1", "lines": [{"line": 1, "units": 4}]}
    path = f"{TRANSFER_PATH}/receipts"
    with ThreadPoolExecutor(4) as pool:
        posted = [pool.submit(client.post, path, json=receipt) for _ in range(4)]
        answers = [each.result() for each in posted]
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["lines"][0]["received"] for answer in answers} == {4}
    other = client.post(path, json=receipt | {"lines": [{"line": 1, "units": 1}]})
    assert (other.status_code, other.json()["code"]) == (409, "number_in_use")
    later = client.patch(TRANSFER_PATH, json={"expected_on": "2190-04-01"})
    assert (later.status_code, later.json()["expected_on"]) == (200, "2190-04-01")
    assert client.post(f"{TRANSFER_PATH}/cancel").status_code == 409
    closed = client.post(f"{TRANSFER_PATH}/close", json={"note": "Lost."}).json()
    assert closed["status"] == "closed"
    assert [line["closed"] for line in closed["lines"]] == [2, 2]
    assert level(client) == {"graz": 4, "vienna": 3}


def test_a_transfer_for_a_day_that_is_over_is_refused_with_the_day_from_which_on_it_is_possible(
    world, admin
):
    world.stock("TEA", 9)
    over = admin.post("/v1/transfers", json=TRANSFER | {"expected_on": "2020-03-01"})
    admin.post("/v1/transfers", json=TRANSFER).raise_for_status()
    moved = admin.patch(TRANSFER_PATH, json={"expected_on": "2020-03-01"})
    for answer in (over, moved):
        assert (answer.status_code, answer.json()["code"]) == (422, "date_is_over")
        assert answer.json()["errors"][0]["field"] == "expected_on"
        assert "name a day from" in answer.json()["detail"]
    assert admin.patch(TRANSFER_PATH, json={"expected_on": None}).status_code == 200


def test_transfer_is_refused_with_what_is_available_when_too_few_are_there(world, admin):
    world.stock("TEA", 5)
    answer = admin.post("/v1/transfers", json=TRANSFER | {"ship": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_available")
    assert answer.json()["errors"] == [
        {"field": "lines[0].units", "sku": "TEA", "units": 6, "available": 5},
        {"field": "lines[1].units", "sku": "CUP", "units": 2, "available": 0},
    ]
    assert admin.get(TRANSFER_PATH).status_code == 404


def test_transfers_are_listed_by_page_and_filter_when_asked(world, admin):
    world.stock("TEA", 50)
    for n in range(4):
        lines = [{"line": 1, "sku": "TEA" if n else "CUP", "units": 2}]
        more = {"number": f"TR-{n}", "lines": lines, "ship": n == 2}
        assert admin.post("/v1/transfers", json=TRANSFER | more).status_code == 201
    first = admin.get("/v1/transfers?limit=3").json()
    second = admin.get("/v1/transfers", params={"cursor": first["next"]}).json()
    assert [item["number"] for item in first["items"] + second["items"]] == [
        "TR-3", "TR-2", "TR-1", "TR-0",
    ]  # fmt: skip
    found = {
        query: [item["number"] for item in admin.get(f"/v1/transfers?{query}").json()["items"]]
        for query in (
            "status=in_transit", "status=in_transit&status=planned&sku=CUP", "source=graz",
            "destination=graz&sku=TEA&source=vienna",
        )
    }  # fmt: skip
    assert list(found.values()) == [["TR-2"], ["TR-0"], [], ["TR-3", "TR-2", "TR-1"]]
    assert admin.get("/v1/transfers?cursor=nonsense").json()["code"] == "bad_cursor"


BAD_TRANSFERS = {
    "no lines": (TRANSFER | {"lines": []}, "empty_transfer", "lines"),
    "no units": (
        TRANSFER | {"lines": [{"line": 1, "sku": "TEA", "units": 0}]},
        "invalid_request",
        "lines[0].units",
    ),
    "line twice": (
        TRANSFER | {"lines": [{"line": 1, "sku": "TEA", "units": 1}] * 2},
        "line_twice",
        "lines[1].line",
    ),
    "sku of another merchant": (
        TRANSFER | {"lines": [{"line": 1, "sku": "NUT", "units": 1}]},
        "unknown_sku",
        "lines[0].sku",
    ),
    "source of another merchant": (TRANSFER | {"source": "linz"}, "unknown_location", "source"),
    "no such place": (TRANSFER | {"destination": "x"}, "unknown_location", "destination"),
    "same place": (TRANSFER | {"destination": "vienna"}, "same_location", "destination"),
    "ship is a word": (TRANSFER | {"ship": "yes"}, "invalid_request", "ship"),
    "unknown field": (TRANSFER | {"colour": "red"}, "invalid_request", "colour"),
    "a list": ([], "invalid_request", "body"),
}


@pytest.mark.parametrize("name", BAD_TRANSFERS)
def test_transfer_is_refused_naming_the_field_when_a_value_is_bad(shared, shared_admin, name):
    sent, code, field = BAD_TRANSFERS[name]
    answer = shared_admin.post("/v1/transfers", json=sent)
    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)
    assert shared.count("transfer") == 0


def test_change_and_receipt_are_refused_naming_the_field_when_a_value_is_bad(world, admin):
    world.stock("TEA", 9)
    world.stock("CUP", 2)
    admin.post("/v1/transfers", json=TRANSFER | {"ship": True})
    path = f"{TRANSFER_PATH}/receipts"
    tried = [
        admin.patch(TRANSFER_PATH, json={"note": "x"}),
        admin.patch(TRANSFER_PATH, json={"expected_on": "soon"}),
        admin.post(path, json={"number": "GR", "lines": []}),
        admin.post(path, json={"number": "GR", "lines": [{"line": 3, "units": 1}]}),
        admin.post(path, json={"number": "GR", "lines": [{"line": 2, "units": 3}]}),
        admin.post(path, json={"lines": [{"line": 2, "units": 1}]}),
    ]
    assert {answer.status_code for answer in tried} == {422}
    assert [answer.json()["errors"][0]["field"] for answer in tried] == [
        "expected_on", "expected_on", "lines", "lines[0].line", "lines[0].units", "number",
    ]  # fmt: skip
    assert world.count("receipt") == 0


# --- returns ---


def test_return_comes_back_and_is_told_in_the_history_when_it_names_its_order(world, admin):
    shipped(world, admin)
    line = {"line": 1, "sku": "TEA", "units": 2, "order_line": 1}
    sent = RETURN | {"order": "SO-1", "reason": "Too big.", "lines": [line]}
    made = admin.post("/v1/returns", json=sent)
    assert (made.status_code, made.headers["Location"]) == (201, RETURN_PATH)
    assert admin.get(RETURN_PATH).json() == made.json()
    again = admin.post("/v1/returns", json=sent | {"lines": sent["lines"][::-1]})
    assert (again.status_code, again.json()) == (201, made.json())
    more = admin.post("/v1/returns", json=sent | {"number": "RMA-2"})
    assert (more.status_code, more.json()["code"]) == (422, "more_than_shipped")
    assert more.json()["errors"] == [{"field": "lines[0].units", "shipped": 2, "returned": 2}]

    came = [SELLABLE, SELLABLE | {"disposition": "damaged"}]
    taken = admin.post(f"{RETURN_PATH}/receipts", json={"number": "GR-1", "lines": came})
    assert (taken.status_code, taken.json()["status"]) == (201, "received")
    assert taken.json()["lines"][0]["came"] == {"sellable": 1, "damaged": 1}
    (tea,) = admin.get("/v1/stock?sku=TEA").json()["items"]
    assert (tea["on_hand"], tea["not_sellable"]) == (1, 1)
    items = admin.get("/v1/orders/SO-1/history").json()["items"]
    told = [item["facts"] for item in items if item["kind"] == "returned"]
    assert [(fact["units"], fact["disposition"]) for fact in told] == [
        (1, "sellable"), (1, "damaged"),
    ]  # fmt: skip


def test_returns_are_listed_by_filter_and_closed_when_asked(world, admin):
    for number in ("SO-1", "SO-2"):
        shipped(world, admin, number, 6)
    admin.post("/v1/returns", json=RETURN)
    admin.post("/v1/returns", json=RETURN | {"number": "RMA-2", "order": "SO-1"})
    assert admin.post(f"{RETURN_PATH}/close").json()["lines"][0]["closed"] == 6
    again = admin.post(f"{RETURN_PATH}/close", json={"note": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "move_not_allowed")
    found = {
        query: [item["number"] for item in admin.get(f"/v1/returns?{query}").json()["items"]]
        for query in ("", "status=closed", "order=SO-1", "order=NONE", "sku=CUP", "sku=TEA&limit=1")
    }
    assert list(found.values()) == [
        ["RMA-2", "RMA/1"], ["RMA/1"], ["RMA-2"], [], [], ["RMA-2"],
    ]  # fmt: skip


@pytest.mark.parametrize("named", [{"order": "SO-2"}, {"order": "SO-1"}, {}])
def test_no_more_is_returned_than_was_shipped_when_no_order_line_is_named(world, admin, named):
    shipped(world, admin)
    admin.post("/v1/orders", json=order("SO-2", ("TEA", 5)))
    world.prepare("SO-2")
    line = {"line": 1, "sku": "TEA", "units": 3}

    answer = admin.post("/v1/returns", json=RETURN | named | {"lines": [line]})

    assert (answer.status_code, answer.json()["code"]) == (422, "more_than_shipped")
    told = {"shipped": 0 if named == {"order": "SO-2"} else 2, "returned": 0}
    assert answer.json()["errors"] == [{"field": "lines[0].units", **told}]


BAD_RETURNS = {
    "no lines": (RETURN | {"lines": []}, "empty_return", "lines"),
    "location of another": (RETURN | {"location": "linz"}, "unknown_location", "location"),
    "unknown order": (RETURN | {"order": "NONE"}, "unknown_order", "order"),
    "line of no order": (
        RETURN | {"lines": [{"line": 1, "sku": "TEA", "units": 1, "order_line": 1}]},
        "order_needed",
        "order",
    ),
    "reason with NUL": (RETURN | {"reason": "\0"}, "invalid_request", "reason"),
    "null": (None, "invalid_request", "body"),
}


@pytest.mark.parametrize("name", BAD_RETURNS)
def test_return_is_refused_naming_the_field_when_a_value_is_bad(shared, shared_admin, name):
    sent, code, field = BAD_RETURNS[name]
    answer = shared_admin.post("/v1/returns", json=sent)
    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)
    assert shared.count("customer_return") == 0


def test_return_receipt_is_refused_naming_the_field_when_a_value_is_bad(world, admin):
    shipped(world, admin, units=6)
    admin.post("/v1/returns", json=RETURN)
    lines: list[list[dict[str, Any]]] = [
        [SELLABLE | {"disposition": "eaten"}],
        [SELLABLE, SELLABLE],
        [SELLABLE, SELLABLE | {"units": 6, "disposition": "scrapped"}],
    ]
    tried = [
        admin.post(f"{RETURN_PATH}/receipts", json={"number": "GR", "lines": each})
        for each in lines
    ]
    assert {answer.status_code for answer in tried} == {422}
    assert [answer.json()["errors"][0]["field"] for answer in tried] == [
        "lines[0].disposition", "lines[1].line", "lines[1].units",
    ]  # fmt: skip


# --- counts ---


def test_count_is_what_is_there_once_when_the_warehouse_posts_it(world):
    client = world.client(Role.WAREHOUSE)
    world.stock("TEA", 9)
    world.stock("CUP", 1)
    made = client.post("/v1/counts", json=COUNT | {"everything": True})
    again = client.post("/v1/counts", json=COUNT | {"everything": True})
    assert (made.status_code, again.json()) == (201, made.json())
    assert [(line["sku"], line["difference"]) for line in made.json()["lines"]] == [
        ("CUP", -1), ("TEA", -2),
    ]  # fmt: skip
    assert client.get(made.headers["Location"]).json() == made.json()
    assert (level(client), level(client, "CUP")) == ({"vienna": 7}, {"vienna": 0})
    other = client.post("/v1/counts", json=COUNT)
    assert (other.status_code, other.json()["code"]) == (409, "number_in_use")
    client.post("/v1/counts", json=COUNT | {"number": "CC-2", "location": "graz"})
    listed = client.get("/v1/counts?location=vienna").json()["items"]
    assert [(item["number"], item["line_count"], item["differing"]) for item in listed] == [
        ("CC/1", 2, 2)
    ]
    assert len(client.get("/v1/counts").json()["items"]) == 2


BAD_COUNTS = {
    "no lines": (COUNT | {"lines": []}, "empty_count", "lines"),
    "negative": (
        COUNT | {"lines": [{"sku": "TEA", "counted": -1}]},
        "invalid_request",
        "lines[0].counted",
    ),
    "sku twice": (
        COUNT | {"lines": [{"sku": "TEA", "counted": 1}] * 2},
        "sku_twice",
        "lines[1].sku",
    ),
    "unknown sku": (
        COUNT | {"lines": [{"sku": "NONE", "counted": 1}]},
        "unknown_sku",
        "lines[0].sku",
    ),
    "scrapped": (
        COUNT | {"lines": [{"sku": "TEA", "counted": 1, "disposition": "scrapped"}]},
        "invalid_request",
        "lines[0].disposition",
    ),
    "location of another": (COUNT | {"location": "linz"}, "unknown_location", "location"),
}


@pytest.mark.parametrize("name", BAD_COUNTS)
def test_count_is_refused_naming_the_field_when_a_value_is_bad(shared, shared_admin, name):
    sent, code, field = BAD_COUNTS[name]
    answer = shared_admin.post("/v1/counts", json=sent)
    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)
    assert shared.count("stock_count") == 0


# --- who may ---


TRIES = [
    ("POST", "/v1/transfers", {"bad": 1}),
    ("GET", TRANSFER_PATH, None),
    ("PATCH", TRANSFER_PATH, {"expected_on": None}),
    ("POST", f"{TRANSFER_PATH}/ship", None),
    ("POST", f"{TRANSFER_PATH}/receipts", {"number": "GR", "lines": [{"line": 1, "units": 1}]}),
    ("POST", f"{TRANSFER_PATH}/close", None),
    ("POST", f"{TRANSFER_PATH}/cancel", None),
    ("POST", "/v1/returns", {"bad": 1}),
    ("GET", RETURN_PATH, None),
    ("POST", f"{RETURN_PATH}/receipts", {"number": "GR", "lines": [SELLABLE]}),
    ("POST", f"{RETURN_PATH}/close", None),
    ("POST", "/v1/counts", {"bad": 1}),
    ("GET", "/v1/counts/CC%2F1", None),
]


def test_all_but_intake_move_stock_when_their_roles_are_asked(shared):
    for role in Role:
        answers = [shared.client(role).request(m, path, json=body) for m, path, body in TRIES]
        expected = {403} if role is Role.INTAKE else {404, 422}
        assert {answer.status_code for answer in answers} == expected, role


def test_nothing_moves_when_another_merchant_asks(world, admin):
    shipped(world, admin, units=6)
    world.stock("TEA", 9)
    admin.post("/v1/transfers", json=TRANSFER)
    admin.post("/v1/returns", json=RETURN)
    admin.post("/v1/counts", json=COUNT)
    bolt = world.client(merchant=BOLT)
    for method, path, body in TRIES:
        if "bad" not in (body or {}):
            answer = bolt.request(method, path, json=body)
            assert answer.status_code == 404, (method, path, answer.text)
    for path in ("transfers", "returns", "counts"):
        assert bolt.get(f"/v1/{path}").json()["items"] == []
    world.stock("NUT", 3, merchant=BOLT)
    assert bolt.post("/v1/counts", json=COUNT | {"everything": True, "lines": []}).json()["lines"]
    assert level(admin)["vienna"] == 7


def test_units_of_a_transfer_are_counted_again_when_its_receipt_is_taken_back(world, admin):
    world.stock("TEA", 9)
    world.stock("CUP", 2)
    admin.post("/v1/transfers", json=TRANSFER | {"ship": True})
    receipt = {"number": "GR-1", "lines": [{"line": 1, "units": 5}]}
    admin.post(f"{TRANSFER_PATH}/receipts", json=receipt)
    admin.post(f"{TRANSFER_PATH}/close")

    taken = admin.post("/v1/receipts/GR-1/reverse", json={"reason": "It was CUP."})

    assert taken.status_code == 200, taken.text
    told = admin.get(TRANSFER_PATH).json()
    assert (told["status"], told["lines"][0]["outstanding"]) == ("in_transit", 5)
    assert admin.post(f"{TRANSFER_PATH}/receipts", json=receipt | {"number": "GR-2"}).is_success
    assert level(admin)["graz"] == 5
