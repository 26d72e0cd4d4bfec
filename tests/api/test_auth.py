import time
from typing import Any

import httpx
import pytest

from fulfillment.store.commands.administration.keys import Role, revoke_key
from starter.app import ROUTERS
from starter.auth.guard import GuardedRoute
from starter.auth.keyring import REMEMBERED_SECONDS, Keyring
from starter.auth.permissions import GRANTS, PUBLIC, ROUTES, Permission
from tests.api.world import ACME, BOLT, order

READS = {
    "/v1/orders": {Role.INTAKE, Role.WAREHOUSE, Role.ADMIN},
    "/v1/shipments": {Role.WAREHOUSE, Role.ADMIN},
    "/v1/stock": {Role.WAREHOUSE, Role.PURCHASING, Role.ADMIN},
    "/v1/purchase-orders": {Role.WAREHOUSE, Role.PURCHASING, Role.ADMIN},
    "/v1/products": {Role.WAREHOUSE, Role.PURCHASING, Role.ADMIN},
    "/v1/settings": {Role.ADMIN},
}
WRITES = {
    ("POST", "/v1/orders"): {Role.INTAKE, Role.ADMIN},
    ("POST", "/v1/orders/batch"): {Role.INTAKE, Role.ADMIN},
    ("PUT", "/v1/orders/X"): {Role.INTAKE, Role.ADMIN},
    ("POST", "/v1/orders/X/cancel"): {Role.INTAKE, Role.ADMIN},
    ("POST", "/v1/shipments/1/pick"): {Role.WAREHOUSE, Role.ADMIN},
    ("POST", "/v1/shipments/1/ship"): {Role.WAREHOUSE, Role.ADMIN},
    ("POST", "/v1/stock/adjustments"): {Role.ADMIN},
    ("POST", "/v1/purchase-orders"): {Role.PURCHASING, Role.ADMIN},
    ("POST", "/v1/purchase-orders/X/receipts"): {Role.WAREHOUSE, Role.PURCHASING, Role.ADMIN},
    ("PUT", "/v1/products/X"): {Role.ADMIN},
    ("PATCH", "/v1/settings"): {Role.ADMIN},
}
FOR_ALL = ("/v1/locations", "/v1/merchants", "/v1/settings/default")


def all_routes() -> list[Any]:
    return [route for router in ROUTERS for route in router.routes]


def test_every_route_has_a_declared_permission_when_it_is_not_public():
    names = {route.name for route in all_routes()}
    assert names == set(ROUTES) | PUBLIC
    for route in all_routes():
        assert isinstance(route, GuardedRoute) is (route.name not in PUBLIC)


def test_route_can_not_be_made_when_it_has_no_permission():
    def undeclared() -> None: ...

    with pytest.raises(KeyError):
        GuardedRoute("/v1/x", undeclared)


def test_every_permission_is_granted_when_the_role_is_admin():
    assert GRANTS[Role.ADMIN] == frozenset(Permission)
    assert set(GRANTS) == set(Role)


class Parts(dict[str, str]):
    """The parts of a path: a number for each that is not named."""

    def __missing__(self, _: str) -> str:
        return "1"


def test_every_operation_asks_for_a_key_when_none_is_sent(shared):
    document = httpx.get(f"{shared.url}/openapi.json", timeout=60).json()
    asked = [(m, p) for p, methods in document["paths"].items() for m in methods]
    assert len(asked) > 30
    with httpx.Client(base_url=shared.url) as client:
        for method, path in asked:
            answer = client.request(
                method, path.format_map(Parts(number="X", sku="X", location="l", name="m"))
            )
            if path.startswith("/health"):
                assert answer.status_code == 200
            else:
                assert answer.status_code == 401, (method, path)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
                assert answer.json()["code"] == "key_needed"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Basic abc", "Bearer nonsense", f"Bearer pb_{'0' * 16}_{'x' * 43}"],
)
def test_request_is_unauthenticated_when_the_key_opens_nothing(shared, header):
    answer = httpx.post(
        f"{shared.url}/v1/orders", content=b"{broken", headers={"Authorization": header}
    )
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("role", Role)
def test_read_is_answered_only_when_the_role_allows_it(shared, role, path):
    answer = shared.client(role).get(path)
    assert answer.status_code == (200 if role in READS[path] else 403)
    if answer.status_code == 403:
        assert answer.json()["code"] == "not_permitted"


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("role", Role)
def test_write_is_looked_at_only_when_the_role_allows_it(shared, role, method, path):
    answer = shared.client(role).request(method, path, json={"bad": 1})
    if role in WRITES[method, path]:
        assert answer.status_code in (404, 422)
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("path", FOR_ALL)
def test_operator_route_is_answered_only_when_the_key_is_for_all(shared, path):
    assert shared.client(Role.ADMIN, None).get(path).status_code == 200
    bound = shared.client(Role.ADMIN, ACME).get(path)
    assert (bound.status_code, bound.json()["code"]) == (403, "all_merchants_needed")
    assert shared.client(Role.INTAKE, None).get(path).status_code == 403


def test_key_for_all_names_the_merchant_when_it_asks_for_one(shared):
    client = shared.client(Role.ADMIN, None)
    answer = client.get("/v1/orders")
    assert (answer.status_code, answer.json()["code"]) == (422, "merchant_needed")
    assert client.get("/v1/orders", headers={"Pegboard-Merchant": ACME}).status_code == 200
    assert client.get("/v1/orders", params={"merchant": BOLT}).status_code == 200
    unknown = client.get("/v1/orders", params={"merchant": "nobody"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_merchant")
    both = client.get("/v1/orders?merchant=bolt", headers={"Pegboard-Merchant": ACME})
    assert (both.status_code, both.json()["code"]) == (422, "two_merchants")


def test_other_merchant_looks_missing_when_a_bound_key_names_it(shared):
    client = shared.client(Role.ADMIN, ACME)
    other = client.get("/v1/orders", params={"merchant": BOLT})
    nobody = client.get("/v1/orders", params={"merchant": "nobody"})
    assert (other.status_code, nobody.status_code) == (404, 404)
    assert other.text.replace(BOLT, "x") == nobody.text.replace("nobody", "x")


def test_nothing_of_a_merchant_is_seen_when_the_key_is_another_ones(world):
    world.stock("NUT", 5, merchant=BOLT)
    bolt = world.client(Role.ADMIN, BOLT)
    assert bolt.post("/v1/orders", json=order("B-1", ("NUT", 1), ("TEA", 1))).status_code == 202
    world.prepare("B-1", BOLT)
    purchase = {
        "number": "B-P",
        "lines": [{"line": 1, "sku": "NUT", "units": 1, "location": "linz"}],
    }
    assert bolt.post("/v1/purchase-orders", json=purchase).status_code == 201
    shipment = bolt.get("/v1/orders/B-1").json()["shipments"][-1]["id"]
    acme = world.client(Role.ADMIN, ACME)
    receipt = {"number": "R", "location": "linz", "lines": [{"line": 1, "units": 1}]}
    tries = [
        ("GET", "/v1/orders/B-1", None),
        ("GET", "/v1/orders/B-1/history", None),
        ("PUT", "/v1/orders/B-1", {"revision": 1, "lines": order()["lines"]}),
        ("POST", "/v1/orders/B-1/verify", None),
        ("POST", "/v1/orders/B-1/hold", {"reason": "x"}),
        ("POST", "/v1/orders/B-1/unhold", None),
        ("POST", "/v1/orders/B-1/cancel", None),
        ("GET", f"/v1/shipments/{shipment}", None),
        ("POST", f"/v1/shipments/{shipment}/start-picking", None),
        ("POST", f"/v1/shipments/{shipment}/pick", None),
        ("POST", f"/v1/shipments/{shipment}/pack", None),
        ("POST", f"/v1/shipments/{shipment}/ship", None),
        ("GET", "/v1/purchase-orders/B-P", None),
        ("POST", "/v1/purchase-orders/B-P/status", {"status": "cancelled"}),
        ("POST", "/v1/purchase-orders/B-P/receipts", receipt),
        ("GET", "/v1/products/NUT", None),
    ]
    for method, path, body in tries:
        answer = acme.request(method, path, json=body)
        assert answer.status_code == 404, (method, path, answer.text)
    for path in ("/v1/orders", "/v1/shipments", "/v1/purchase-orders"):
        assert acme.get(path).json()["items"] == []
    assert "NUT" not in acme.get("/v1/products").text + acme.get("/v1/stock").text
    before = bolt.get("/v1/orders/B-1").json()
    assert acme.post("/v1/orders", json=order("B-1")).status_code == 202
    assert bolt.get("/v1/orders/B-1").json() == before


def test_key_is_refused_when_it_was_revoked_and_forgotten(world):
    now = [100.0]
    ring = Keyring(world.store, now=lambda: now[0])
    key = world.key(Role.INTAKE)
    caller = ring.caller(key)
    assert caller is not None
    assert caller.role is Role.INTAKE
    revoke_key(world.store, key)
    assert ring.caller(key) == caller
    now[0] += REMEMBERED_SECONDS + 1
    assert ring.caller(key) is None


def test_database_is_asked_once_when_a_key_comes_again(world):
    ring = Keyring(world.store)
    key = world.key(Role.INTAKE)
    ring.caller(key)
    ring.store = None  # type: ignore[assignment]
    began = time.monotonic()
    assert ring.caller(key)
    assert time.monotonic() - began < 0.1
