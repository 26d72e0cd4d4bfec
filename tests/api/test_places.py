"""Keys that are bound to locations: they see and work what is there."""

import httpx
import pytest

from fulfillment.store.commands.administration.keys import Role, create_key
from tests.api.world import ACME, BOLT, World, order


def bound(world: World, *locations: str, merchant: str | None = ACME) -> httpx.Client:
    key = create_key(world.store, "floor", Role.WAREHOUSE, merchant, locations)
    client = httpx.Client(
        base_url=world.url, headers={"Authorization": f"Bearer {key}"}, timeout=20
    )
    world.clients.append(client)
    return client


def released(world: World, number: str, sku: str, at: str, merchant: str = ACME) -> int:
    world.stock(sku, 2, at, merchant)
    client = world.client(Role.ADMIN, merchant)
    answer = client.post("/v1/orders", json=order(number, (sku, 2)))
    assert answer.status_code == 202, answer.text
    world.prepare(number, merchant)
    return int(client.get(f"/v1/orders/{number}").json()["shipments"][-1]["id"])


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json().get("code")) == (403, "other_location")


def test_shipments_elsewhere_are_neither_seen_nor_worked_when_the_key_is_bound(world):
    here, there = released(world, "H", "TEA", "vienna"), released(world, "T", "CUP", "graz")
    client = bound(world, "vienna")

    assert [one["id"] for one in client.get("/v1/shipments").json()["items"]] == [here]
    assert client.get("/v1/shipments?location=graz").json()["items"] == []
    assert client.get(f"/v1/shipments/{here}").status_code == 200
    assert refused(client.get(f"/v1/shipments/{there}"))
    for step in ("start-picking", "pick", "pack", "ship", "send-back"):
        assert refused(client.post(f"/v1/shipments/{there}/{step}")), step
    assert client.post(f"/v1/shipments/{here}/pick").status_code == 200
    assert client.post("/v1/shipments/999999/pick").status_code == 404


def test_a_key_works_at_each_of_its_locations_when_it_is_bound_to_two(world):
    shipments = [released(world, "H", "TEA", "vienna"), released(world, "T", "CUP", "graz")]
    client = bound(world, "vienna", "graz")

    assert [client.post(f"/v1/shipments/{one}/pick").status_code for one in shipments] == [200] * 2


def test_what_waits_nowhere_is_not_shown_when_the_key_is_bound(world):
    world.client().post("/v1/orders", json=order("W"))
    world.prepare("W")

    assert bound(world, "vienna").get("/v1/shipments").json()["items"] == []


def test_stock_of_its_locations_alone_is_counted_when_the_key_is_bound(world):
    world.stock("TEA", 5, "vienna")
    world.stock("TEA", 7, "graz")
    client = bound(world, "graz")
    (tea,) = client.get("/v1/stock?sku=TEA").json()["items"]

    assert (tea["on_hand"], tea["atp"]) == (7, None)
    assert [place["location"] for place in tea["locations"]] == ["graz"]
    assert refused(client.get("/v1/stock?location=vienna"))
    everywhere = world.client(Role.WAREHOUSE).get("/v1/stock?sku=TEA").json()["items"][0]
    assert (everywhere["on_hand"], everywhere["atp"]) == (12, 12)


def transfer(number: str, source: str, destination: str) -> dict[str, object]:
    lines = [{"line": 1, "sku": "TEA", "units": 1}]
    return {"number": number, "source": source, "destination": destination, "lines": lines}


def test_each_end_of_a_transfer_does_its_own_when_keys_are_bound(world):
    world.stock("TEA", 5, "vienna")
    vienna, graz = bound(world, "vienna"), bound(world, "graz")
    receipt = {"number": "R-1", "lines": [{"line": 1, "units": 1}]}
    assert graz.post("/v1/transfers", json=transfer("T-1", "vienna", "graz")).status_code == 201
    assert refused(graz.post("/v1/transfers/T-1/ship"))
    assert refused(
        graz.post("/v1/transfers", json=transfer("T-2", "vienna", "graz") | {"ship": True})
    )
    assert vienna.post("/v1/transfers/T-1/ship").status_code == 200
    assert refused(vienna.post("/v1/transfers/T-1/receipts", json=receipt))
    assert graz.post("/v1/transfers/T-1/receipts", json=receipt).status_code == 201
    assert [one["number"] for one in vienna.get("/v1/transfers").json()["items"]] == ["T-1"]
    assert refused(vienna.get("/v1/receipts/R-1"))
    assert vienna.get("/v1/receipts").json()["items"] == []
    assert [one["number"] for one in graz.get("/v1/receipts").json()["items"]] == ["R-1"]


def test_a_transfer_between_others_is_hidden_when_the_key_is_bound(world):
    world.client().post("/v1/transfers", json=transfer("T-1", "vienna", "graz"))
    client = bound(world, "linz")

    assert client.get("/v1/transfers").json()["items"] == []
    assert refused(client.get("/v1/transfers/T-1"))
    for step in ("ship", "close", "cancel"):
        assert refused(client.post(f"/v1/transfers/T-1/{step}")), step
    assert refused(client.patch("/v1/transfers/T-1", json={"expected_on": "2027-01-01"}))


def test_counts_and_returns_elsewhere_are_refused_when_the_key_is_bound(world):
    shipment = released(world, "H", "TEA", "graz")
    for step in ("pick", "ship"):
        assert world.client().post(f"/v1/shipments/{shipment}/{step}", json={}).status_code == 200
    vienna, graz = bound(world, "vienna"), bound(world, "graz")
    count = {"number": "C-1", "location": "graz", "lines": [{"sku": "TEA", "counted": 3}]}
    back = {"number": "B-1", "location": "graz", "lines": [{"line": 1, "sku": "TEA", "units": 1}]}
    receipt = {"number": "R-9", "lines": [{"line": 1, "units": 1, "disposition": "sellable"}]}
    for path, body in (("counts", count), ("returns", back)):
        assert refused(vienna.post(f"/v1/{path}", json=body))
        assert graz.post(f"/v1/{path}", json=body).status_code == 201
        assert refused(vienna.get(f"/v1/{path}/{body['number']}"))
        assert vienna.get(f"/v1/{path}").json()["items"] == []
        assert len(graz.get(f"/v1/{path}").json()["items"]) == 1
    assert refused(vienna.post("/v1/returns/B-1/receipts", json=receipt))
    assert refused(vienna.post("/v1/returns/B-1/close"))
    assert graz.post("/v1/returns/B-1/receipts", json=receipt).status_code == 201


# --- orders and what will come -------------------------------------------------------------------


def numbers(answer: httpx.Response) -> set[str]:
    return {one["number"] for one in answer.json()["items"]}


def test_orders_are_read_where_they_have_to_do_with_a_place_alone_when_the_key_is_bound(world):
    """With a shipment, units or staged ones there, or bound to it; all else is refused."""
    admin = world.client()
    released(world, "READY", "TEA", "vienna")
    released(world, "ELSEWHERE", "CUP", "graz")
    world.stock("STRICT", 1, "vienna")
    orders = {
        "HOLDS": order("HOLDS", ("STRICT", 1), ("TEA", 3), policy={"max_shipments": 1}),
        "LOCKED": order("LOCKED", lock_location="vienna"),
        "PICKUP": order("PICKUP", pickup_location="vienna"),
        "LOCKED_THERE": order("LOCKED_THERE", lock_location="graz"),
        "NOWHERE": order("NOWHERE"),
    }
    for number, body in orders.items():
        assert admin.post("/v1/orders", json=body).status_code == 202
        world.prepare(number)
    client = bound(world, "vienna")
    seen = {"READY", "HOLDS", "LOCKED", "PICKUP"}

    assert numbers(client.get("/v1/orders")) == seen
    assert numbers(client.get("/v1/orders?location=graz")) == set()
    for number in (*orders, "READY", "ELSEWHERE"):
        for more in ("", "/history", "/explanation"):
            answer = client.get(f"/v1/orders/{number}{more}")
            assert answer.status_code == 200 if number in seen else refused(answer), number + more
    assert client.get("/v1/orders/NO-SUCH").status_code == 404
    assert numbers(world.client(Role.WAREHOUSE).get("/v1/orders")) == {
        *orders,
        "READY",
        "ELSEWHERE",
    }


def test_an_order_is_read_for_as_long_as_its_history_is_there_when_the_key_is_bound(world):
    shipment = released(world, "LEFT", "TEA", "vienna")
    released(world, "CANCELLED", "CUP", "vienna")
    admin, client = world.client(), bound(world, "vienna")
    for step in ("pick", "ship"):
        assert client.post(f"/v1/shipments/{shipment}/{step}").status_code == 200
    assert admin.post("/v1/orders/CANCELLED/cancel").status_code == 200

    assert numbers(client.get("/v1/orders")) == {"LEFT", "CANCELLED"}
    assert numbers(bound(world, "graz").get("/v1/orders")) == set()


def test_lines_of_orders_elsewhere_are_not_marked_when_the_key_is_bound(world):
    released(world, "MINE", "TEA", "vienna")
    released(world, "ELSEWHERE", "CUP", "graz")
    client = bound(world, "vienna")
    answers = {
        number: client.post(f"/v1/orders/{number}/mark-backordered", json={"line": 1})
        for number in ("MINE", "ELSEWHERE")
    }

    assert answers["MINE"].status_code == 200
    assert refused(answers["ELSEWHERE"])


def coming(world: World, number: str, *places: str) -> None:
    lines = [
        {"line": n, "sku": "TEA", "units": 2, "location": at} for n, at in enumerate(places, 1)
    ]
    body = {"number": number, "status": "approved", "expected_on": "2190-01-01", "lines": lines}
    assert world.client().post("/v1/purchase-orders", json=body).status_code == 201


def test_what_comes_elsewhere_is_hidden_when_the_key_is_bound(world):
    coming(world, "P-HERE", "vienna", "graz")
    coming(world, "P-THERE", "graz")
    restock = {"sku": "CUP", "units": 2, "expected_on": "2190-01-01"}
    for number, at in (("R-HERE", "vienna"), ("R-THERE", "graz")):
        path = f"/v1/restocks/{number}"
        assert world.client().put(path, json=restock | {"location": at}).status_code == 200
    client = bound(world, "vienna")

    assert numbers(client.get("/v1/purchase-orders")) == {"P-HERE"}
    assert numbers(client.get("/v1/restocks")) == {"R-HERE"}
    for path in ("purchase-orders/P-HERE", "purchase-orders/P-HERE/orders", "restocks/R-HERE"):
        assert client.get(f"/v1/{path}").status_code == 200, path
        assert refused(client.get(f"/v1/{path.replace('HERE', 'THERE')}")), path
    assert client.get("/v1/purchase-orders/NO-SUCH").status_code == 404


def test_who_waits_for_it_is_told_of_orders_there_alone_when_the_key_is_bound(world):
    coming(world, "P-1", "vienna")
    for number, more in (("MINE", {"lock_location": "vienna"}), ("ANYWHERE", {})):
        world.client().post("/v1/orders", json=order(number, ("TEA", 1), **more))
        world.prepare(number)
    found = bound(world, "vienna").get("/v1/purchase-orders/P-1/orders").json()["items"]

    assert [one["order"] for one in found] == ["MINE"]


def test_what_counts_all_locations_is_refused_when_the_key_is_bound(world):
    client = bound(world, "vienna")
    lines = [{"line": 1, "sku": "TEA", "quantity": 1}]

    assert refused(client.get("/v1/products/TEA/explanation"))
    assert refused(client.post("/v1/promise", json={"lines": lines}))
    assert refused(client.post("/v1/promise", json={"lines": lines, "lock_location": "graz"}))
    here = {"lines": lines, "lock_location": "vienna"}
    assert client.post("/v1/promise", json=here).status_code == 200


# --- work of several merchants at one location ---------------------------------------------------


def test_all_merchants_work_at_a_location_is_listed_by_rank(world):
    released(world, "A-1", "TEA", "vienna")
    released(world, "B-1", "NUT", "vienna", BOLT)
    released(world, "A-2", "CUP", "vienna")
    released(world, "A-3", "STRICT", "graz")
    world.client().post("/v1/orders/A-2/priority", json={"priority": 10})
    client = bound(world, "vienna", merchant=None)
    found = client.get("/v1/locations/vienna/shipments?status=ready&limit=2").json()

    assert [(one["merchant"], one["order"]) for one in found["items"]] == [
        (ACME, "A-2"),
        (ACME, "A-1"),
    ]
    rest = client.get(
        f"/v1/locations/vienna/shipments?status=ready&limit=2&cursor={found['next']}"
    ).json()
    assert [(one["merchant"], one["order"]) for one in rest["items"]] == [(BOLT, "B-1")]
    assert refused(client.get("/v1/locations/graz/shipments"))


def test_its_own_merchants_work_alone_is_listed_when_the_key_is_one_merchants(world):
    released(world, "A-1", "TEA", "vienna")
    released(world, "B-1", "NUT", "vienna", BOLT)
    client = world.client(Role.WAREHOUSE, BOLT)

    found = client.get("/v1/locations/vienna/shipments").json()["items"]
    assert [one["order"] for one in found] == ["B-1"]
    assert client.get("/v1/locations/graz/shipments").status_code == 404
    assert client.get("/v1/locations/nowhere/shipments").status_code == 404
    assert world.client(Role.INTAKE).get("/v1/locations/vienna/shipments").status_code == 403


@pytest.mark.parametrize("merchant", [ACME, None])
def test_a_key_that_is_not_bound_works_everywhere(world, merchant):
    released(world, "A-1", "CUP", "graz")
    found = world.client(Role.WAREHOUSE, merchant).get("/v1/locations/graz/shipments")

    assert [one["order"] for one in found.json()["items"]] == ["A-1"]
