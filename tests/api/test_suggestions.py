"""What should be bought, and purchase orders drafted from it, over HTTP."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.catalogue import NewProduct, put_products
from fulfillment.store.reading.suggestions import BY_NEED
from tests.api.world import ACME, order

PATH = "/v1/purchase-suggestions"
DRAFT = f"{PATH}/draft"


@pytest.fixture
def waiting(world, admin):
    """Ten of TEA (Leaf), two of CUP (nobody's) wait, and CLAY is below its reorder level."""
    leaf = NewProduct("TEA", "Tea", supplier="Leaf", packs={"carton": 12})
    clay = NewProduct("CLAY", "Clay", supplier="Clay", reorder_level=3)
    put_products(world.store, ACME, [leaf, clay])
    world.stock("TEA", 2)
    for number, more in (("SO-1", {}), ("SO-2", {"priority": 10})):
        admin.post("/v1/orders", json=order(number, ("TEA", 6), ("CUP", 1), **more))
        world.prepare(number)
    return world


def test_suggestions_are_shown_with_the_orders_behind_them_when_units_wait(waiting, admin):
    found = admin.get(PATH).json()

    assert found["next"] is None
    cup, tea, clay = found["items"]
    assert (tea["supplier"], tea["sku"], tea["name"], tea["location"]) == (
        "Leaf", "TEA", "Tea", "vienna",
    )  # fmt: skip
    assert (tea["units"], tea["for_waiting"], tea["waiting"], tea["free"]) == (10, 10, 10, 0)
    assert [(one["number"], one["units"]) for one in tea["orders"]] == [("SO-2", 6), ("SO-1", 4)]
    assert (tea["order_count"], tea["oldest"]) == (2, tea["orders"][0]["placed_at"])
    assert (cup["supplier"], cup["units"]) == ("", 2)
    assert (clay["units"], clay["for_reorder_level"], clay["oldest"]) == (3, 3, None)


def skus(client: Any, **params: str) -> list[str]:
    return [one["sku"] for one in client.get(PATH, params=params).json()["items"]]


def test_suggestions_are_paged_and_chosen_when_asked(waiting, admin):
    first = admin.get(PATH, params={"limit": 2}).json()
    second = admin.get(PATH, params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["sku"] for one in first["items"] + second["items"]] == ["CUP", "TEA", "CLAY"]
    assert second["next"] is None

    assert skus(admin, supplier="Leaf") == ["TEA"]
    assert skus(admin, supplier="") == ["CUP"]
    assert skus(admin, sku="CLAY") == ["CLAY"]
    assert skus(admin, location="graz") == ["CUP", "TEA", "CLAY"]
    assert skus(admin, sku="NONE") == []


def test_purchase_orders_are_drafted_and_pegged_when_they_are_approved(waiting):
    buyer = waiting.client(Role.PURCHASING)
    headers = {"Idempotency-Key": "monday"}
    asked = {"expected_on": "2190-03-01", "prefix": "B/"}

    first = buyer.post(DRAFT, json=asked, headers=headers)
    again = buyer.post(DRAFT, json=asked, headers=headers)

    assert (first.status_code, again.json()) == (200, first.json())
    told = first.json()
    assert [(one["number"], one["supplier"]) for one in told["purchase_orders"]] == [
        ("B/1", "Clay"), ("B/2", "Leaf"),
    ]  # fmt: skip
    assert told["without_supplier"] == ["CUP"]
    leaf = told["purchase_orders"][1]
    found = buyer.get("/v1/purchase-orders/B%2F2").json()
    assert found | leaf == found
    assert (leaf["status"], leaf["expected_on"]) == ("draft", "2190-03-01")
    (line,) = leaf["lines"]
    assert (line["sku"], line["location"], line["ordered"], line["pegged"]) == (
        "TEA", "vienna", 10, 0,
    )  # fmt: skip
    approved = buyer.post("/v1/purchase-orders/B%2F2/status", json={"status": "approved"})
    assert approved.json()["lines"][0]["pegged"] == 10
    admin = waiting.client()
    (tea, _) = admin.get("/v1/orders/SO-2").json()["lines"]
    assert [piece["on"] for piece in tea["promise"]] == ["2190-03-01"]


def test_nothing_is_drafted_when_all_of_it_was_drafted_before(waiting, admin):
    admin.post(DRAFT)
    assert admin.post(DRAFT).json() == {"purchase_orders": [], "without_supplier": ["CUP"]}
    (drafted,) = admin.post(DRAFT, json={"supplier": "Cupboard", "skus": ["CUP"]}).json()[
        "purchase_orders"
    ]
    assert (drafted["supplier"], drafted["lines"][0]["sku"]) == ("Cupboard", "CUP")
    assert admin.get(PATH).json()["items"] == []


def test_each_need_is_drafted_once_when_many_ask_at_the_same_moment(waiting, admin):
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(admin.post, DRAFT) for _ in range(6)]
        answers = [one.result().json()["purchase_orders"] for one in sent]
    assert sorted(map(len, answers)) == [0] * 5 + [2]
    assert waiting.count("purchase_order") == 2


BAD = {
    "unknown sku": ({"skus": ["TEA", "NONE"]}, "unknown_sku", "skus[1]"),
    "sku of another merchant": ({"skus": ["NUT"]}, "unknown_sku", "skus[0]"),
    "no skus": ({"skus": []}, "invalid_request", "skus"),
    "no supplier": ({"supplier": ""}, "invalid_request", "supplier"),
    "location of another merchant": ({"location": "linz"}, "unknown_location", "location"),
    "prefix with a line feed": ({"prefix": "P\nO"}, "invalid_request", "prefix"),
    "long prefix": ({"prefix": "P" * 49}, "invalid_request", "prefix"),
    "no such day": ({"expected_on": "2190-02-30"}, "invalid_request", "expected_on"),
    "unknown field": ({"note": "soon"}, "invalid_request", "note"),
}


@pytest.mark.parametrize("name", BAD)
def test_draft_is_refused_naming_the_field_when_a_value_is_bad(shared, shared_admin, name):
    sent, code, field = BAD[name]

    answer = shared_admin.post(DRAFT, json=sent)

    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)
    assert shared.count("purchase_order") == 0


def test_list_is_refused_when_its_location_or_cursor_is_none_of_it(shared_admin):
    answer = shared_admin.get(PATH, params={"location": "linz"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_location")
    for cursor in ("nonsense", shared_admin.get("/v1/products?limit=1").json()["next"]):
        answer = shared_admin.get(PATH, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


def test_moment_without_a_zone_is_taken_for_utc_when_a_cursor_holds_one(shared_admin):
    key = [BY_NEED.order_by, 50, "2026-03-01T08:00:00", 1, "TEA", "vienna"]
    cursor = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
    answer = shared_admin.get(PATH, params={"cursor": cursor})
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None})


def test_key_is_refused_when_its_role_may_not_buy(shared):
    for role in (Role.INTAKE, Role.WAREHOUSE):
        client = shared.client(role)
        assert client.get(PATH).status_code == 403
        assert client.post(DRAFT).status_code == 403
