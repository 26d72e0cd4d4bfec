"""What-ifs over HTTP: looked at, applied once, and refused with what moved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.keys import NewKey, Role, make_key
from fulfillment.store.transactions.session import Command
from tests.api.world import ACME, World, order

PATH, APPLY = "/v1/what-if", "/v1/what-if/apply"
FIRST, MOVED, SECOND, LAST = (
    (datetime.now(UTC).date() + timedelta(days)).isoformat() for days in (8, 13, 10, 18)
)
"""Sooner than what no supply brings is promised: thirty days from now."""

PURCHASE = {
    "number": "PO-1", "status": "approved", "expected_on": FIRST,
    "lines": [{"line": 1, "sku": "TEA", "units": 8, "location": "vienna"}],
}  # fmt: skip
STACK = ["PO-1:+5d", "order:SO-2:priority=10"]


@pytest.fixture
def waiting(world: World, admin: httpx.Client) -> World:
    """Two orders wait for eight units of TEA; the second gets three of them."""
    admin.post("/v1/purchase-orders", json=PURCHASE).raise_for_status()
    for number in ("SO-1", "SO-2"):
        admin.post("/v1/orders", json=order(number, ("TEA", 5))).raise_for_status()
        world.prepare(number)
    return world


def look(client: httpx.Client, *parts: str, **more: object) -> dict[str, Any]:
    found: dict[str, Any] = client.post(PATH, json={"parts": parts, **more}).json()
    return found


def apply(client: httpx.Client, *parts: str, key: str = "", **more: object) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(APPLY, json={"parts": parts, **more}, headers=headers)


def expected(client: httpx.Client) -> str:
    return str(client.get("/v1/purchase-orders/PO-1").json()["expected_on"])


def test_a_look_tells_who_gains_and_who_loses_and_changes_nothing(waiting, admin):
    found = look(admin, *STACK)
    assert found["parts"] == STACK
    told = {(one["what"], one["before"], one["after"]) for one in found["facts"]}
    assert told == {("expected on", FIRST, MOVED), ("priority", "50", "10")}
    fates = {one["order"]: one["fate"] for one in found["orders"]}
    assert fates == {"SO-2": "both", "SO-1": "loses"}
    totals = found["totals"]
    assert (totals["only_earlier"], totals["only_later"], totals["both"]) == (0, 1, 1)
    assert totals["earlier"]["units"] == 2
    assert totals["later"]["units"] == 3 + 5
    assert (found["stops"], found["elsewhere"], found["applied"]) == ([], 0, [])
    assert len(look(admin, *STACK, most=1)["orders"]) == 1
    assert expected(admin) == FIRST


def test_it_is_applied_once_and_told_of_when_it_is_looked_at_again(waiting, admin):
    seen = look(admin, *STACK, "buy:TEA:4@2190-01-05:vienna")
    parts = seen["parts"]
    first = apply(admin, *parts, key="k", fingerprint=seen["fingerprint"], note="Leaf wrote.")
    assert first.status_code == 200, first.text
    assert first.json()["made"] == ["purchase order PO-2"]
    again = apply(admin, *parts, key="k", fingerprint=seen["fingerprint"], note="Leaf wrote.")
    assert again.json() == first.json()
    assert expected(admin) == MOVED

    later = look(admin, *parts)
    assert later["applied"] == [first.json()]
    refused = apply(admin, *parts, fingerprint=later["fingerprint"])
    assert (refused.status_code, refused.json()["code"]) == (409, "applied_already")
    assert refused.json()["errors"][0]["times"] == 1
    once_more = apply(admin, *parts, fingerprint=later["fingerprint"], applied_before=1)
    assert once_more.status_code == 200, once_more.text
    assert expected(admin) == LAST


def test_it_is_refused_with_what_moved_when_the_world_has_moved(waiting, admin):
    seen = look(admin, *STACK)
    changed = {"expected_on": SECOND}
    admin.patch("/v1/purchase-orders/PO-1", json=changed).raise_for_status()
    refused = apply(admin, *STACK, fingerprint=seen["fingerprint"])
    assert (refused.status_code, refused.json()["code"]) == (409, "world_moved")
    (told,) = refused.json()["errors"]
    assert set(told["moved"]) == {"values", "orders_now", "orders_then"}
    assert expected(admin) == SECOND
    assert apply(admin, *STACK, fingerprint=told["fingerprint"]).status_code == 200


BAD = {
    "a day that is over": ("PO-1:2020-01-01", 422, "date_is_over"),
    "a purchase for a day that is over": ("buy:TEA:4@2020-01-01:vienna", 422, "date_is_over"),
    "nothing that can be read": ("PO-1:soon", 422, "bad_what_if"),
    "no such line": ("PO-1/7:+1d", 422, "unknown_line"),
    "no such purchase order": ("PO-9:+1d", 404, "unknown_purchase_order"),
    "more than there is": ("stock:TEA:-9:vienna", 409, "below_zero"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_part_that_can_not_be_is_refused_and_named(waiting, admin, name):
    part, status, code = BAD[name]
    for answer in (
        admin.post(PATH, json={"parts": ["order:SO-1:priority=1", part]}),
        apply(admin, "order:SO-1:priority=1", part, fingerprint="seen"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        if status == 422:
            assert answer.json()["errors"][0]["field"] == "parts[1]"
            assert "part 2 of the what-if" in answer.json()["detail"]


def test_each_part_needs_what_its_own_action_needs(waiting, admin):
    seen = look(admin, *STACK)["fingerprint"]
    for role in (Role.INTAKE, Role.PURCHASING, Role.WAREHOUSE):
        client = waiting.client(role)
        assert client.post(PATH, json={"parts": STACK}).status_code == 200
        refused = apply(client, *STACK, fingerprint=seen)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


def test_a_key_that_is_bound_elsewhere_looks_at_nothing_there(waiting):
    command = Command("*", "make_key", "make_key:graz", "test")
    scope = Scope(frozenset({ACME}), frozenset({"graz"}))
    secret = str(make_key(waiting.store, command, NewKey("graz", Role.WAREHOUSE, scope)).secret)
    with httpx.Client(base_url=waiting.url, headers={"Authorization": f"Bearer {secret}"}) as graz:
        refused = graz.post(PATH, json={"parts": ["PO-1:+5d"]})
        assert (refused.status_code, refused.json()["code"]) == (403, "other_location")
        here = graz.post(PATH, json={"parts": ["stock:TEA:+9:graz"]}).json()
        assert (here["orders"], here["elsewhere"]) == ([], 2)
