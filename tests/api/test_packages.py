"""Packing, repacking and dispatches of some packages, as a client meets them."""

from typing import Any

import httpx
import pytest

from carriers.port import Booking, Parcel
from fulfillment.store.commands.administration.keys import Role, create_key
from starter import booking
from tests.api.world import ACME, ADDRESS, BOLT, World, order

PACKAGES = [
    {"lines": [{"order_line": 1, "units": 3}], "weight_g": 900, "length_mm": 300},
    {"lines": [{"order_line": 1, "units": 2}, {"order_line": 2, "units": 1}]},
]


def picked(world: World, number: str = "SO-1") -> str:
    """The path of a picked shipment with five teas and a cup."""
    world.stock("TEA", 5)
    world.stock("CUP", 1)
    client = world.client()
    assert client.post("/v1/orders", json=order(number, ("TEA", 5), ("CUP", 1))).is_success
    world.prepare(number)
    (shipment,) = client.get(f"/v1/orders/{number}").json()["shipments"]
    path = f"/v1/shipments/{shipment['id']}"
    assert client.post(f"{path}/pick").is_success
    return path


def status(client: httpx.Client, path: str) -> str:
    return str(client.get(path).json()["status"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_order_is_partially_shipped_when_one_of_two_packages_leaves(world):
    path = picked(world)
    client = world.client(Role.WAREHOUSE)
    packed = client.post(f"{path}/pack", json={"packages": PACKAGES})
    assert packed.status_code == 200, packed.text
    shown = client.get(path).json()
    assert (shown["status"], [one["status"] for one in shown["packages"]]) == (
        "packed", ["packed", "packed"],
    )  # fmt: skip
    assert shown["packages"][0] == {
        "number": 1, "shipment": shown["id"], "status": "packed", "weight_g": 900,
        "length_mm": 300, "width_mm": None, "height_mm": None, "carrier": None, "service": None,
        "tracking": None, "shipped_at": None, "lines": [{"line": 1, "sku": "TEA", "units": 3}],
    }  # fmt: skip
    body = {"carrier": "Example Post", "packages": [{"number": 1, "tracking": "EP1"}]}
    first = client.post(f"{path}/ship", json=body, headers={"Idempotency-Key": "s-1"})
    again = client.post(f"{path}/ship", json=body, headers={"Idempotency-Key": "s-1"})
    assert first.json()["status"] == "packed", "the rest of it"
    assert client.get(f"/v1/orders/{shown['order']}").json()["status"] == "partially_shipped"
    assert again.json() == first.json()
    assert refusal(client.post(f"{path}/ship", json=body)) == (409, "package_shipped")
    one, two = client.get(f"{path}/packages").json()["packages"]
    assert (one["status"], one["carrier"], one["tracking"]) == ("shipped", "Example Post", "EP1")
    assert one["shipment"] != two["shipment"]
    assert client.get(f"/v1/shipments/{one['shipment']}").json()["parent"] == 1

    last = client.post(f"{path}/ship", json={"carrier": "Other", "service": "Express"})
    assert last.json()["status"] == "shipped"
    assert client.get(path).json()["packages"][0]["service"] == "Express"
    history = client.get("/v1/orders/SO-1/history").json()["items"]
    told = [e["facts"]["packages"] for e in history if e["kind"] == "packages_shipped"]
    assert told == [[1], [2]]


def test_a_package_is_changed_and_taken_apart_while_it_is_here(world):
    path = picked(world)
    client = world.client(Role.WAREHOUSE)
    client.post(f"{path}/pack", json={"packages": PACKAGES})
    less = {"lines": [{"order_line": 1, "units": 1}], "note": "Too heavy."}
    assert client.put(f"{path}/packages/1", json=less).status_code == 200
    assert status(client, path) == "picked"
    assert client.request("DELETE", f"{path}/packages/2", json={"note": "Torn."}).is_success
    assert [one["number"] for one in client.get(path).json()["packages"]] == [1]
    client.post(f"{path}/pack")
    assert status(client, path) == "packed"
    assert refusal(client.put(f"{path}/packages/7", json=less)) == (404, "unknown_package")
    history = client.get("/v1/orders/SO-1/history").json()["items"]
    reasons = {e["kind"]: e["reason"] for e in history if e["kind"].startswith("package_")}
    assert reasons == {
        "package_packed": None, "package_changed": "Too heavy.", "package_opened": "Torn.",
    }  # fmt: skip


def test_a_dispatch_is_corrected_and_voided_with_its_reason(world):
    path = picked(world)
    client = world.client(Role.WAREHOUSE)
    reason = {"reason": "Mistaken."}
    assert refusal(client.post(f"{path}/void-dispatch", json=reason)) == (409, "not_shipped")
    client.post(f"{path}/ship", json={"carrier": "Example Post", "tracking": "EP1"})
    assert refusal(client.post(f"{path}/void-dispatch", json={})) == (422, "invalid_request")
    fixed = client.post(f"{path}/correct-tracking", json=reason | {"tracking": "EP2"})
    assert (fixed.status_code, client.get(path).json()["tracking"]) == (200, "EP2")

    looked = client.post(f"{path}/void-dispatch?preview=true", json=reason).json()
    assert [one["after"]["status"] for one in looked["outcomes"]] == ["picking"]
    key = {"Idempotency-Key": "void-1"}
    first = client.post(f"{path}/void-dispatch", json=reason, headers=key)
    assert first.json() == client.post(f"{path}/void-dispatch", json=reason, headers=key).json()
    assert (first.json()["status"], status(client, path)) == ("packed", "packed")
    history = client.get("/v1/orders/SO-1/history").json()["items"]
    told = {e["kind"]: e["reason"] for e in history}
    assert (told["tracking_corrected"], told["dispatch_voided"]) == ("Mistaken.", "Mistaken.")


def test_what_was_lost_is_sent_again_and_what_comes_back_exchanged(world):
    path = picked(world)
    client = world.client()
    client.post(f"{path}/ship", json={})
    lost = {"lines": [{"line": 1, "units": 1}], "reason": "Lost."}
    assert refusal(client.post(f"{path}/replace", json={"lines": []})) == (422, "invalid_request")
    looked = client.post(f"{path}/replace?preview=true", json=lost).json()
    assert [one["order"] for one in looked["outcomes"]] == ["SO-1"]
    told = client.post(f"{path}/replace", json=lost).json()
    new = told["lines"][0]["line"]
    assert told["lines"] == [{"line": new, "sku": "TEA", "units": 1}]

    back = {"lines": [{"line": 1, "sku": "TEA", "units": 1}], "location": "vienna"}
    swap = {"sku": "CUP", "reason": "Too strong."}
    exchange = "/v1/orders/SO-1/lines/1/exchange-returned"
    assert refusal(client.post(exchange, json=swap)) == (409, "nothing_returned")
    client.post("/v1/returns", json=back | {"number": "RMA-1", "order": "SO-1"})
    swapped = client.post(exchange, json=swap)
    assert (swapped.status_code, swapped.json()["units"]) == (200, 1)
    shown = client.get("/v1/orders/SO-1").json()
    tied = [(one["sku"], one["replaces_line"], one["replaces_shipment"]) for one in shown["lines"]]
    assert tied[-2:] == [("TEA", 1, 1), ("CUP", 1, None)]
    bolt = world.client(Role.ADMIN, BOLT)
    assert refusal(bolt.post(f"{path}/replace", json=lost)) == (404, "unknown_shipment")
    assert refusal(bolt.post(exchange, json=swap)) == (404, "unknown_order")


def test_each_of_many_is_picked_packed_and_shipped_by_itself(world):
    path = picked(world)
    client, admin = world.client(Role.WAREHOUSE), world.client()
    world.stock("TEA", 2)
    for number in ("SO-2", "SO-3"):
        admin.post("/v1/orders", json=order(number, ("TEA", 1)))
        world.prepare(number)
    first, second, third = (row["id"] for row in client.get("/v1/shipments").json()["items"])
    admin.post("/v1/orders/SO-3/hold", json={"reason": "fraud"})

    told = client.post("/v1/shipments/pick", json=many(first, second, third, second, 999)).json()

    assert (path, told["done"], told["refused"]) == (f"/v1/shipments/{first}", 1, 4)
    assert [one["problem"] and one["problem"]["code"] for one in told["results"]] == [
        "step_not_allowed", None, "order_on_hold", "shipment_twice", "unknown_shipment",
    ]  # fmt: skip
    assert told["results"][1]["now"]["status"] == "picked"

    key = {"Idempotency-Key": "many-1"}
    packed, again = (
        client.post("/v1/shipments/pack", json=many(first, second), headers=key).json()
        for _ in range(2)
    )
    assert (packed["done"], again) == (2, packed)
    assert client.post(f"{path}/pack", headers=key).json() == packed["results"][0]["now"]

    leaves = {
        "carrier": "Example Post",
        "shipments": [{"shipment": first, "tracking": "EP1"}, {"shipment": second}],
    }
    assert client.post("/v1/shipments/ship", json=leaves).json()["done"] == 2
    shown = [client.get(f"/v1/shipments/{id_}").json() for id_ in (first, second)]
    assert [(one["status"], one["carrier"], one["tracking"]) for one in shown] == [
        ("shipped", "Example Post", "EP1"), ("shipped", "Example Post", None),
    ]  # fmt: skip


def many(*shipments: int) -> dict[str, Any]:
    return {"shipments": [{"shipment": id_} for id_ in shipments]}


def test_many_are_bounded_and_nobody_elses(world):
    path = picked(world)
    shipment = int(path.rpartition("/")[2])
    for bad in (many(), many(*range(1, 202))):
        answer = world.client().post("/v1/shipments/pack", json=bad)
        assert refusal(answer) == (422, "invalid_request")
    headers = {
        "Authorization": f"Bearer {create_key(world.store, 'graz', Role.WAREHOUSE, ACME, ['graz'])}"
    }
    with httpx.Client(base_url=world.url, headers=headers) as elsewhere:
        for client, code in (
            (world.client(Role.WAREHOUSE, BOLT), "unknown_shipment"),
            (elsewhere, "other_location"),
        ):
            told = client.post("/v1/shipments/pack", json=many(shipment)).json()
            assert told["results"][0]["problem"]["code"] == code
    assert status(world.client(), path) == "picked"


BAD: list[tuple[str, str, Any, int, str, str | None]] = [
    ("POST", "/pack", {"packages": []}, 422, "invalid_request", "packages"),
    ("POST", "/pack", {"packages": [{"lines": []}]}, 422, "invalid_request", "packages[0].lines"),
    ("POST", "/pack", {"parcels": []}, 422, "invalid_request", "parcels"),
    ("POST", "/pack", {"packages": [{"lines": [{"order_line": 9, "units": 1}]}]}, 422,
     "not_in_shipment", "packages[0].lines[0].order_line"),
    ("POST", "/pack", {"packages": [{"lines": [{"order_line": 1, "units": 6}]}]}, 409,
     "more_than_picked", "packages[0].lines[0].units"),
    ("POST", "/pack", {"packages": [{"lines": [{"order_line": 1, "units": 1}], "weight_g": 0}]},
     422, "invalid_request", "packages[0].weight_g"),
    ("POST", "/pack", {"packages": [{"lines": [{"order_line": 1, "units": 1}] * 2}]}, 422,
     "line_twice", "packages[0].lines[1].order_line"),
    ("POST", "/ship", {"packages": []}, 422, "invalid_request", "packages"),
    ("POST", "/ship", {"packages": [{"number": 5}]}, 422, "unknown_package", "packages[0].number"),
    ("POST", "/ship", {"carrier": "x" * 101}, 422, "invalid_request", "carrier"),
    ("PUT", "/packages/0", {"lines": [{"order_line": 1, "units": 1}]}, 422, "invalid_request",
     "number"),
    ("DELETE", "/packages/1", None, 404, "unknown_package", None),
    ("POST", "/correct-tracking", {"tracking": "EP1"}, 422, "invalid_request", "reason"),
]  # fmt: skip


def test_a_bad_request_is_told_by_its_field(world):
    path = picked(world)
    client = world.client()
    for method, part, body, code, name, field in BAD:
        answer = client.request(method, f"{path}{part}", json=body)
        assert refusal(answer) == (code, name), (part, body, answer.text)
        fields = [error.get("field") for error in answer.json()["errors"]]
        assert fields == ([field] if field else []), (part, body)
    assert status(client, path) == "picked"


def test_packages_are_nobody_elses(world):
    path = picked(world)
    key = create_key(world.store, "graz", Role.WAREHOUSE, ACME, ["graz"])
    bolt = world.client(Role.WAREHOUSE, BOLT)
    requests = [
        ("GET", "/packages", None),
        ("POST", "/pack", None),
        ("POST", "/ship", None),
        ("PUT", "/packages/1", {"lines": [{"order_line": 1, "units": 1}]}),
        ("DELETE", "/packages/1", None),
        ("POST", "/correct-tracking", {"tracking": "EP1", "reason": "Wrong."}),
        ("POST", "/void-dispatch", {"reason": "Wrong."}),
    ]
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=world.url, headers=headers) as elsewhere:
        for method, part, body in requests:
            answer = bolt.request(method, f"{path}{part}", json=body)
            assert refusal(answer) == (404, "unknown_shipment"), part
            answer = elsewhere.request(method, f"{path}{part}", json=body)
            assert refusal(answer) == (403, "other_location"), part


def test_packages_are_void_when_their_order_is_cancelled(world):
    path = picked(world)
    client = world.client()
    client.post(f"{path}/pack")
    assert client.post("/v1/orders/SO-1/cancel").json()["status"] == "cancelled"

    shown = client.get(path).json()
    assert (shown["status"], [one["status"] for one in shown["packages"]]) == (
        "cancelled", ["void"],
    )  # fmt: skip
    (tea,) = client.get("/v1/stock?sku=TEA").json()["items"]
    assert (tea["on_hand"], tea["allocated"]) == (5, 0)
    assert refusal(client.post(f"{path}/ship")) == (409, "step_not_allowed")


class Courier:
    """A carrier that is asked by program: it wants to know what it carries, and to where."""

    needs_facts = True

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []

    def book(self, parcel: Parcel) -> Booking:
        self.parcels.append(parcel)
        return Booking("Courier", "Overnight", f"C-{parcel.reference}")


def test_a_carrier_is_told_of_each_package_and_names_its_number(
    world, monkeypatch: pytest.MonkeyPatch
):
    courier = Courier()
    monkeypatch.setattr(booking, "carrier_named", lambda _: courier)
    path = picked(world)
    client = world.client()
    client.post(f"{path}/pack", json={"packages": PACKAGES})
    body = {"carrier": "courier", "packages": [{"number": 1}, {"number": 2}]}
    assert client.post(f"{path}/ship", json=body).json()["status"] == "shipped"

    shipment = path.rsplit("/", 1)[1]
    assert [one.reference for one in courier.parcels] == [f"{shipment}-1", f"{shipment}-2"]
    assert [one.weight_g for one in courier.parcels] == [900, None]
    assert {k: courier.parcels[0].address[k] for k in ADDRESS} == ADDRESS
    packages = client.get(path).json()["packages"]
    assert [one["tracking"] for one in packages] == [f"C-{shipment}-1", f"C-{shipment}-2"]
    assert "Quux" not in client.get("/v1/orders/SO-1/history").text
