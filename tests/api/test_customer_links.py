"""Links to the customer's page over the API: shown once, listed without what opens them, ended."""

import httpx
import pytest

from tests.api.world import World, made, order

LINKS = "/v1/orders/SO-1/links"
PAGE = "/v1/customer-page"
AS_BUILT_IN = {
    "offers": ["ship_now", "wait_for_all", "cancel_short"],
    "link_days": 60,
    "days_after_end": 14,
    "note": None,
}


@pytest.fixture
def waiting(world: World, admin: httpx.Client) -> str:
    admin.post("/v1/orders", json=order()).raise_for_status()
    world.prepare("SO-1")
    return "SO-1"


def test_where_a_link_leads_is_told_once_and_nowhere_else(world, admin, waiting):
    key = {"Idempotency-Key": "mail-7"}
    first = admin.post(LINKS, json={"days": 5}, headers=key)
    assert first.status_code == 201
    assert first.headers["cache-control"] == "no-store"
    path = first.json()["path"]
    again = admin.post(LINKS, json={"days": 5}, headers=key).json()
    assert again == {"link": first.json()["link"], "path": None, "url": None}
    listed = admin.get(LINKS)
    assert [one["id"] for one in listed.json()["items"]] == [first.json()["link"]["id"]]
    assert path.rpartition("/")[2] not in listed.text
    assert httpx.get(f"{world.url}{path}", timeout=20).status_code == 200


def test_a_link_that_is_ended_opens_nothing(world, admin, waiting):
    made = admin.post(LINKS).json()
    ended = admin.post(f"{LINKS}/{made['link']['id']}/revoke")
    assert ended.json()["revoked_at"]
    assert admin.post(f"{LINKS}/{made['link']['id']}/revoke").json() == ended.json()
    assert httpx.get(f"{world.url}{made['path']}", timeout=20).status_code == 410


@pytest.mark.parametrize("body", [{"days": 0}, {"days": 366}, {"days": "5"}, {"until": 5}])
def test_a_wrong_time_is_refused_with_its_field(admin, waiting, body):
    answer = admin.post(LINKS, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(body))


def test_there_is_no_link_to_what_there_is_not(admin, waiting):
    assert admin.post("/v1/orders/SO-9/links").json()["code"] == "unknown_order"
    assert admin.get("/v1/orders/SO-9/links").json()["code"] == "unknown_order"
    assert admin.post(f"{LINKS}/{'0' * 16}/revoke").json()["code"] == "unknown_link"


def test_what_customers_may_choose_is_as_built_in_until_it_is_said(admin):
    assert admin.get(PAGE).json() == AS_BUILT_IN
    put = admin.put(PAGE, json={"offers": ["cancel_order", "ship_now", "ship_now"], "note": "Hi."})
    assert put.json() == AS_BUILT_IN | {"offers": ["ship_now", "cancel_order"], "note": "Hi."}
    assert admin.get(PAGE).json() == put.json()
    assert admin.put(PAGE, json={"offers": []}).json() == AS_BUILT_IN | {"offers": []}
    assert admin.get(PAGE).json()["offers"] == []
    assert admin.put(PAGE, json={}).json() == AS_BUILT_IN


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"offers": ["raise_priority"]}, "offers[0]"),
        ({"offers": [], "link_days": 0}, "link_days"),
        ({"offers": [], "days_after_end": 400}, "days_after_end"),
        ({"offers": [], "note": "a\x00b"}, "note"),
    ],
)
def test_what_can_not_be_offered_is_refused_with_its_field(admin, body, field):
    answer = admin.put(PAGE, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("substitutes", "code"),
    [
        (["TEA"], "same_sku"),
        (["NOTHING"], "unknown_sku"),
        (["CUP", "CUP"], "sku_twice"),
        (["CUP"] * 11, "too_long"),
    ],
)
def test_what_can_not_stand_in_for_a_product_is_refused(admin, substitutes, code):
    answer = admin.put("/v1/products/TEA", json={"name": "Tea", "substitutes": substitutes})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("[0].substitutes") or code == "too_long"
    assert code in (answer.json()["code"], "too_long")
    assert admin.get("/v1/products/TEA").json()["substitutes"] == []


def test_products_that_are_put_together_may_stand_in_for_each_other(admin):
    one = {"sku": "MUG", "name": "Mug", "substitutes": ["BOWL", "CUP"]}
    other = {"sku": "BOWL", "name": "Bowl", "substitutes": ["MUG"]}
    admin.post("/v1/products/batch", json={"products": [one, other]}).raise_for_status()
    assert admin.get("/v1/products/MUG").json()["substitutes"] == ["BOWL", "CUP"]


def test_the_whole_address_is_told_where_the_installation_knows_its_own(database_url):
    with made(database_url, public_url="https://orders.example.com/") as world:
        admin = world.client()
        admin.post("/v1/orders", json=order()).raise_for_status()
        answer = admin.post(LINKS).json()
        assert answer["url"] == f"https://orders.example.com{answer['path']}"
