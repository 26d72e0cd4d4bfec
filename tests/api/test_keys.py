"""Keys of several merchants and of some locations: made, changed, ended, and what they open."""

from typing import Any

import httpx
import pytest

from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.keys import NewKey, Role, make_key
from fulfillment.store.commands.catalogue import NewMerchant, NewProduct, put_merchant, put_products
from fulfillment.store.transactions.session import Command
from starter.auth import keyring
from tests.api.world import ACME, BOLT, World, order
from tests.crashes.ends import everything

CORD = "cord"
BOTH = frozenset({ACME, BOLT})
WORK = "/v1/locations/vienna/shipments"


def key_of(
    world: World, merchants: frozenset[str] | None, *locations: str, role: Role = Role.WAREHOUSE
) -> httpx.Client:
    new = NewKey("floor", role, Scope(merchants, frozenset(locations) or None))
    command = Command("*", "make_key", f"make_key:{len(world.clients)}", "test")
    return with_key(world, str(make_key(world.store, command, new).secret))


def with_key(world: World, secret: str) -> httpx.Client:
    client = httpx.Client(
        base_url=world.url, headers={"Authorization": f"Bearer {secret}"}, timeout=20
    )
    world.clients.append(client)
    return client


def for_(merchant: str) -> dict[str, str]:
    return {"Pegboard-Merchant": merchant}


def told(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json().get("code")


@pytest.fixture
def three(world: World) -> World:
    """Three merchants with an order that is ready in Vienna each, and one of acme's in Graz."""
    put_merchant(world.store, NewMerchant(CORD, "Cord"))
    put_products(world.store, CORD, [NewProduct("TEA", "Third tea")])
    world.client(merchant=None).put(
        "/v1/locations/vienna", json={"name": "Vienna", "serves": {ACME: 1, BOLT: 1, CORD: 1}}
    ).raise_for_status()
    for merchant in (ACME, BOLT, CORD):
        ready(world, merchant, "TEA", "vienna")
    ready(world, ACME, "CUP", "graz")
    return world


def ready(world: World, merchant: str, sku: str, at: str) -> None:
    number = f"{merchant}-{sku}"
    world.stock(sku, 2, at, merchant)
    sent = world.client(merchant=merchant).post("/v1/orders", json=order(number, (sku, 2)))
    assert sent.status_code == 202, sent.text
    world.prepare(number, merchant)


def orders_of(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {one.get("order") or one["number"] for one in answer.json()["items"]}


def test_a_key_of_two_merchants_names_one_of_them_and_sees_no_third(three):
    client = key_of(three, BOTH)

    assert told(client.get("/v1/orders")) == (422, "merchant_needed")
    for merchant in (ACME, BOLT):
        found = orders_of(client.get("/v1/shipments", headers=for_(merchant)))
        assert {number.partition("-")[0] for number in found} == {merchant}
        assert client.get("/v1/orders", params={"merchant": merchant}).status_code == 200
    assert told(client.get("/v1/orders", headers=for_(CORD))) == (404, "unknown_merchant")
    assert told(client.get("/v1/orders", headers=for_("nobody"))) == (404, "unknown_merchant")


def test_work_of_both_merchants_is_listed_together_when_the_key_is_for_both(three):
    client = key_of(three, BOTH)

    assert orders_of(client.get(WORK)) == {"acme-TEA", "bolt-TEA"}
    assert orders_of(client.get(WORK, headers=for_(BOLT))) == {"bolt-TEA"}
    assert told(client.get(WORK, headers=for_(CORD))) == (404, "unknown_merchant")


def test_a_picker_gets_the_work_of_both_merchants_at_the_one_location(three):
    client = key_of(three, BOTH, "vienna")
    made = client.post("/v1/locations/vienna/pick-lists", json={"picker": "Pia"})

    assert made.status_code == 201, made.text
    assert {stop["merchant"] for stop in made.json()["walk"]} == BOTH
    elsewhere = client.post("/v1/locations/graz/pick-lists", json={"picker": "Pia"})
    assert told(elsewhere) == (403, "other_location")
    third = client.post("/v1/locations/vienna/pick-lists", json={"merchants": [CORD]})
    assert told(third) == (404, "unknown_merchant")


def test_a_list_of_all_merchants_is_seen_by_each_as_far_as_it_is_theirs(three):
    made = key_of(three, None).post("/v1/locations/vienna/pick-lists", json={"picker": "Pia"})
    path = f"/v1/pick-lists/{made.json()['id']}"
    client = key_of(three, BOTH)

    assert {stop["merchant"] for stop in made.json()["walk"]} == {ACME, BOLT, CORD}
    assert {stop["merchant"] for stop in client.get(path).json()["walk"]} == BOTH
    (listed,) = client.get("/v1/pick-lists").json()["items"]
    assert (listed["orders"], listed["units"]) == (2, 4)
    mine = client.get(path, headers=for_(BOLT)).json()["walk"]
    assert {stop["merchant"] for stop in mine} == {BOLT}


def test_an_answer_is_not_given_again_to_who_works_for_others(three):
    key = {"Idempotency-Key": "same"}
    path, body = "/v1/locations/vienna/pick-lists", {"picker": "Pia"}
    first = key_of(three, frozenset({ACME, CORD})).post(path, json=body, headers=key)
    other = key_of(three, BOTH).post(path, json=body, headers=key)

    assert {stop["merchant"] for stop in first.json()["walk"]} == {ACME, CORD}
    assert {stop["merchant"] for stop in other.json()["walk"]} == {BOLT}


def test_what_is_others_is_refused_and_nothing_changes_when_it_is_asked_for(three):
    client = key_of(three, BOTH, "vienna")
    (third,) = three.client(merchant=CORD).get("/v1/shipments").json()["items"]
    elsewhere = three.client().get("/v1/shipments?location=graz").json()["items"][0]
    before = everything(three.store.engine)

    for step in ("start-picking", "pick", "pack", "ship", "send-back"):
        for merchant in (ACME, BOLT):
            answer = client.post(f"/v1/shipments/{third['id']}/{step}", headers=for_(merchant))
            assert told(answer) == (404, "unknown_shipment"), step
        answer = client.post(f"/v1/shipments/{elsewhere['id']}/{step}", headers=for_(ACME))
        assert told(answer) == (403, "other_location"), step
    assert everything(three.store.engine) == before


def test_nothing_is_opened_when_a_key_is_bound_to_nothing(world):
    operator = world.client(merchant=None)
    body: dict[str, Any] = {"name": "x", "role": "warehouse", "merchants": []}

    assert operator.post("/v1/keys", json=body).status_code == 422
    nowhere = body | {"merchants": None, "locations": []}
    assert operator.post("/v1/keys", json=nowhere).status_code == 422
    unsaid = {"name": "x", "role": "warehouse"}
    assert operator.post("/v1/keys", json=unsaid).status_code == 422
    assert told(operator.post("/v1/keys", json=body | {"merchants": ["nobody"]})) == (
        404, "unknown_merchant",
    )  # fmt: skip
    wrong = {"name": "x", "role": "intake", "merchants": None, "locations": ["vienna"]}
    assert told(operator.post("/v1/keys", json=wrong)) == (422, "not_a_warehouse_key")


def test_a_key_is_made_once_and_shown_once_when_it_is_asked_for_twice(world):
    operator, key = world.client(merchant=None), {"Idempotency-Key": "k-1"}
    body = {"name": "scanner", "role": "warehouse", "merchants": [BOLT, ACME]}
    first, again = (operator.post("/v1/keys", json=body, headers=key) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() | {"secret": None}
    made = first.json()["key"]
    assert made["merchants"] == [ACME, BOLT]
    assert first.json()["secret"].startswith(f"pb_{made['id']}_")
    assert first.json()["secret"] not in operator.get("/v1/keys").text
    assert operator.get(f"/v1/keys/{made['id']}").json() == made
    stored = world.store.read("*", lambda tx: tx.rows("SELECT result FROM command"))
    assert first.json()["secret"] not in str(stored)


def test_a_key_opens_what_it_is_changed_to_and_nothing_once_it_is_revoked(three, monkeypatch):
    monkeypatch.setattr(keyring, "REMEMBERED_SECONDS", 0)
    operator = three.client(merchant=None)
    body = {"name": "scanner", "role": "warehouse", "merchants": [ACME]}
    made = operator.post("/v1/keys", json=body).json()
    path, client = f"/v1/keys/{made['key']['id']}", with_key(three, made["secret"])
    assert orders_of(client.get(WORK)) == {"acme-TEA"}

    changed = operator.patch(path, json={"merchants": [BOLT, CORD], "locations": ["vienna"]})
    assert changed.json()["merchants"] == [BOLT, CORD]
    assert orders_of(client.get(WORK)) == {"bolt-TEA", "cord-TEA"}
    assert operator.patch(path, json={"merchants": None}).json()["locations"] == ["vienna"]
    assert orders_of(client.get(WORK)) == {"acme-TEA", "bolt-TEA", "cord-TEA"}

    ended = operator.post(f"{path}/revoke")
    assert ended.json()["revoked_at"] is not None
    assert operator.post(f"{path}/revoke").json() == ended.json()
    assert client.get(WORK).status_code == 401
    assert told(operator.patch(path, json={"merchants": None})) == (409, "key_revoked")


def test_keys_are_told_to_operators_alone(world):
    for role in Role:
        assert told(world.client(role).get("/v1/keys"))[0] == 403
    several = key_of(world, BOTH, role=Role.ADMIN)
    assert told(several.get("/v1/keys")) == (403, "all_merchants_needed")
    assert told(several.post("/v1/keys", json={})) == (403, "all_merchants_needed")


def test_what_an_older_program_wrote_opens_its_one_merchant(world):
    secret = world.key(Role.INTAKE, BOLT)
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE api_key SET merchants = NULL")
    client = with_key(world, secret)

    assert client.get("/v1/orders").status_code == 200
    assert told(client.get("/v1/orders", headers=for_(ACME))) == (404, "unknown_merchant")


def test_an_older_program_never_takes_a_key_of_several_for_one_of_all(world):
    key_of(world, BOTH)
    rows = world.store.read("*", lambda tx: tx.rows("SELECT merchant FROM api_key"))
    assert [row.merchant for row in rows] == [ACME]
