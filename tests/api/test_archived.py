"""An archived order over HTTP: every way to it leads there, and answers as before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fulfillment.store.archive.archiving import archive_next
from fulfillment.store.archive.months import make_months
from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.integrity.proving import prove_past
from tests.api.test_places import bound
from tests.api.world import ACME, BOLT, World, made, order
from tests.builders.feed import tell

NUMBER = "OLD/1"


@pytest.fixture(scope="module")
def past(new_database) -> Iterator[World]:
    """With one order that was picked, packed, shipped and paid long ago."""
    with made(new_database()) as world:
        admin = world.client()
        world.stock("TEA", 2)
        more: dict[str, Any] = {"customer_reference": "Ref 7"}
        assert admin.post("/v1/orders", json=order(NUMBER, **more)).status_code == 202
        world.prepare(NUMBER)
        (shipment,) = admin.get("/v1/orders/OLD%2F1").json()["shipments"]
        at = f"/v1/shipments/{shipment['id']}"
        done(admin.post("/v1/locations/vienna/pick-lists", json={"picker": "Pia"}))
        for step in ("pick", "pack"):
            done(admin.post(f"{at}/{step}"))
        done(admin.post(f"{at}/ship", json={"carrier": "post", "tracking": "1Z9"}))
        done(admin.patch("/v1/settings", json={"archive_after_days": 90}))
        yield world


def done(answer: httpx.Response) -> None:
    assert answer.status_code < 300, answer.text


def archive(world: World) -> None:
    """What the sweep does half a year later."""
    tell(world.store)
    world.store.transact(ACME, lambda tx: tx.run("DELETE FROM outbox"))
    prove_past(world.store)
    later = replace(world.store, clock=lambda: datetime.now(UTC) + timedelta(days=180))
    make_months(later)
    archive_next(later)
    assert world.count("archived_order") == 1


def ways(world: World) -> list[str]:
    """The paths of all that is read of an order, a shipment or a list, filled in."""
    row = world.store.read(
        ACME, lambda tx: tx.rows("SELECT id, order_id FROM shipment ORDER BY id")[0]
    )
    (listed,) = world.store.read(ACME, lambda tx: tx.rows("SELECT id FROM pick_list"))
    values = {"number": "OLD%2F1", "shipment": row.id, "pick_list": listed.id}
    wanted = ("/v1/orders/{number}", "/v1/shipments/{shipment}", "/v1/pick-lists/{pick_list}")
    paths = [
        path for path, operations in world.paths().items()
        if path.startswith(wanted) and "get" in operations and path.count("{") == 1
    ]  # fmt: skip
    assert len(paths) > 8
    return [path.format(**values) for path in paths]


def told(answer: httpx.Response) -> tuple[int, object]:
    is_json = "json" in answer.headers["content-type"]
    return answer.status_code, answer.json() if is_json else len(answer.content) > 100


def test_every_way_to_an_archived_order_answers_as_before(past):
    admin = past.client()
    paths = ways(past)
    before = {path: told(admin.get(path)) for path in paths}
    assert {status for status, _ in before.values()} == {200}

    after = {}
    for path in paths:
        archive(past)
        after[path] = told(admin.get(path))
        assert past.count("archived_order") == 0, path

    assert after == before


def test_archived_orders_are_listed_and_found_by_their_names(past):
    admin = past.client()
    archive(past)

    def found(**asked: str) -> list[str]:
        answer = admin.get("/v1/archived-orders", params=asked)
        assert answer.status_code == 200, answer.text
        return [one["number"] for one in answer.json()["items"]]

    month = f"{datetime.now(UTC) + timedelta(days=180):%Y-%m}"
    assert found() == found(month=month) == [NUMBER]
    assert [found(q=q) for q in (NUMBER, "1z9", "ref 7")] == [[NUMBER]] * 3
    assert found(q="OLD") == found(month="2020-01") == []
    assert admin.get("/v1/orders").json()["items"] == []
    assert admin.get("/v1/archived-orders?month=2026-13").status_code == 422
    assert past.count("archived_order") == 1, "a list brings nothing back"


def test_nobody_sees_an_archived_order_who_did_not_see_it_before(past):
    archive(past)
    bolt = past.client(Role.ADMIN, BOLT)
    graz, vienna = bound(past, "graz"), bound(past, "vienna")
    numbers = {
        name: [one["number"] for one in client.get("/v1/archived-orders").json()["items"]]
        for name, client in {"bolt": bolt, "graz": graz, "vienna": vienna}.items()
    }
    assert numbers == {"bolt": [], "graz": [], "vienna": [NUMBER]}
    assert bolt.get("/v1/orders/OLD%2F1").status_code == 404
    assert past.count("archived_order") == 1
    assert graz.get("/v1/orders/OLD%2F1").status_code == 403


def test_the_number_of_an_archived_order_is_answered_as_before(past):
    admin = past.client()
    sent = order(NUMBER, customer_reference="Ref 7")
    before = admin.post("/v1/orders", json=sent)
    archive(past)
    again = admin.post("/v1/orders", json=sent)
    assert (again.status_code, again.json()) == (before.status_code, before.json())
    archive(past)
    other = admin.post("/v1/orders", json=order(NUMBER, ("TEA", 7)))
    assert (other.status_code, other.json()["code"]) == (409, "number_in_use")


def test_an_order_whose_month_was_taken_away_is_gone(past):
    admin = past.client()
    archive(past)
    part = "SELECT tableoid::regclass::text AS name, month FROM archived_rows"
    (row,) = past.store.read(ACME, lambda tx: tx.rows(part))
    detach = f"ALTER TABLE archived_rows DETACH PARTITION {row.name}"
    past.store.transact(ACME, lambda tx: tx.run(detach))

    answer = admin.get("/v1/orders/OLD%2F1")
    assert (answer.status_code, answer.json()["code"]) == (404, "archive_taken_away")
    (one,) = admin.get("/v1/archived-orders").json()["items"]
    assert one["taken_away"]

    until = (row.month.replace(day=28) + timedelta(days=4)).replace(day=1)
    attach = (
        f"ALTER TABLE archived_rows ATTACH PARTITION {row.name}"
        f" FOR VALUES FROM ('{row.month}') TO ('{until}')"
    )
    past.store.transact(ACME, lambda tx: tx.run(attach))
    assert admin.get("/v1/orders/OLD%2F1").status_code == 200
