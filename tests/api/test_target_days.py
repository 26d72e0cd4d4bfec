"""Target days as a client meets them: the calendar of a location, lists by day, what is late."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import ACME, World, order

VIENNA = {"name": "Vienna", "time_zone": "UTC"}
EVERY_DAY = {**VIENNA, "working_days": [1, 2, 3, 4, 5, 6, 7], "cutoff": "23:59"}


def operator(world: World) -> httpx.Client:
    return world.client(Role.ADMIN, None)


def released(world: World, number: str) -> int:
    world.stock("TEA", 2)
    client = world.client()
    client.post("/v1/orders", json=order(number))
    world.prepare(number)
    return int(client.get(f"/v1/orders/{number}").json()["shipments"][-1]["id"])


def test_a_calendar_comes_back_as_it_was_put(world):
    client = operator(world)
    wanted = {
        **VIENNA,
        "cutoff": "11:30",
        "working_days": [1, 2, 3, 4, 5, 6],
        "holidays": "AT",
        "handling_days": 1,
    }
    put = client.put("/v1/locations/vienna", json=wanted)
    assert put.status_code == 200, put.text
    closed = client.put("/v1/locations/vienna/closures/2026-12-24", json={"reason": "Counting"})

    assert closed.json()["closures"] == [{"day": "2026-12-24", "reason": "Counting"}]
    found = client.get("/v1/locations/vienna").json()
    assert {name: found[name] for name in wanted} == wanted
    opened = client.delete("/v1/locations/vienna/closures/2026-12-24")
    assert opened.json()["closures"] == []
    again = client.delete("/v1/locations/vienna/closures/2026-12-24")
    assert (again.status_code, again.json()["code"]) == (404, "unknown_closure")
    nowhere = client.put("/v1/locations/nowhere/closures/2026-12-24")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_location")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cutoff", "25:00"),
        ("cutoff", "3pm"),
        ("working_days", []),
        ("working_days", [8]),
        ("handling_days", -1),
        ("handling_days", 61),
        ("holidays", "Austria"),
        ("holidays", "XX"),
        ("holidays", "US-QQ"),
    ],
)
def test_a_calendar_is_refused_when_a_value_makes_no_sense(shared, field, value):
    client = shared.client(Role.ADMIN, None)
    answer = client.put("/v1/locations/vienna", json=VIENNA | {field: value})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


def test_what_is_late_is_listed_and_sorted_by_its_day(world):
    client, lead = world.client(), operator(world)
    lead.put("/v1/locations/vienna", json=EVERY_DAY)
    first = released(world, "SO-1")
    client.post(f"/v1/shipments/{first}/pick")
    lead.put("/v1/locations/vienna", json=EVERY_DAY | {"handling_days": 2})
    second = released(world, "SO-2")
    world.client().post("/v1/orders/SO-2/priority", json={"priority": 1})
    day = datetime.now(UTC).date()
    shown = client.get(f"/v1/shipments/{second}").json()

    assert shown["target_ship_on"] == str(day + timedelta(days=2))
    assert client.get("/v1/orders/SO-2").json()["target_ship_on"] == shown["target_ship_on"]
    assert client.get("/v1/shipments?late=true").json()["items"] == []

    def ids(query: str) -> list[int]:
        return [one["id"] for one in client.get(f"/v1/shipments?{query}").json()["items"]]

    assert ids("sort=target_ship_on") == [first, second]
    assert ids("") == [second, first]
    orders = client.get("/v1/orders?sort=target_ship_on").json()["items"]
    assert sorted(one["target_ship_on"] for one in orders) == [
        one["target_ship_on"] for one in orders
    ]
    world.store.transact(
        ACME, lambda tx: tx.run("UPDATE shipment SET target_ship_on = '2026-01-01' WHERE id = :id",
                                id=first)
    )  # fmt: skip
    assert ids("late=true") == [first]
    assert ids("late=false") == [second]
    client.post(f"/v1/shipments/{first}/ship")
    assert ids("late=true") == []
