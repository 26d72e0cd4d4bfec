"""Picking, packing and shipping, and which steps are allowed in each state of a shipment."""

import httpx
import pytest

from fulfillment.domain.actions.allowed import ShipmentAction
from fulfillment.store.commands.administration.keys import Role
from tests.api.world import World, order

pytestmark = pytest.mark.slow

PATHS = {action: action.replace("_", "-") for action in ShipmentAction}


def ready_order(world: World, number: str = "SO-1") -> int:
    world.stock("TEA", 2)
    client = world.client()
    client.post("/v1/orders", json=order(number))
    world.prepare(number)
    return int(client.get(f"/v1/orders/{number}").json()["shipments"][-1]["id"])


def test_goods_leave_once_when_the_warehouse_confirms_each_step(world):
    shipment = ready_order(world)
    warehouse = world.client(Role.WAREHOUSE)
    for step, status in (("start-picking", "picking"), ("pick", "picked"), ("pack", "packed")):
        answer = warehouse.post(f"/v1/shipments/{shipment}/{step}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        assert answer.json() == warehouse.get(f"/v1/shipments/{shipment}").json()
    label = {"carrier": "Example Post", "tracking": "EP1"}
    headers = {"Idempotency-Key": "ship-1"}
    path = f"/v1/shipments/{shipment}/ship"
    first = warehouse.post(path, json=label, headers=headers)
    again = warehouse.post(path, json=label, headers=headers)
    assert first.json()["status"] == "shipped"
    assert again.json() == first.json()
    without = warehouse.post(path, json=label)
    assert (without.status_code, without.json()["code"]) == (409, "step_not_allowed")
    found = warehouse.get(f"/v1/shipments/{shipment}").json()
    assert (found["status"], found["carrier"], found["tracking"]) == (
        "shipped",
        "Example Post",
        "EP1",
    )
    (tea,) = warehouse.get("/v1/stock?sku=TEA").json()["items"]
    assert (tea["on_hand"], tea["allocated"]) == (0, 0)
    (line,) = warehouse.get("/v1/orders/SO-1").json()["lines"]
    assert (line["shipped"], line["promise"]) == (2, [])


def test_shipping_without_a_label_is_done_when_no_body_is_sent(world):
    shipment = ready_order(world)
    client = world.client()
    client.post(f"/v1/shipments/{shipment}/pick")
    assert client.post(f"/v1/shipments/{shipment}/ship").json()["status"] == "shipped"


SHIPMENT_STATES: dict[str, list[str]] = {
    "backorder": [],
    "ready": [],
    "held": ["hold"],
    "picking": ["start-picking"],
    "picked": ["pick"],
    "picked and held": ["pick", "hold"],
    "packed": ["pick", "pack"],
    "shipped": ["pick", "ship"],
    "cancelled": ["cancel"],
}


def brought_to(world: World, state: str, number: str) -> int:
    """A shipment in a state, as the API brings it there."""
    client = world.client()
    if state == "backorder":
        client.post("/v1/orders", json=order(number, ("CUP", 1)))
        world.prepare(number)
    else:
        ready_order(world, number)
    shipment = client.get(f"/v1/orders/{number}").json()["shipments"][-1]["id"]
    for step in SHIPMENT_STATES[state]:
        if step in ("hold", "cancel"):
            body = {"reason": "fraud"} if step == "hold" else None
            answer = client.post(f"/v1/orders/{number}/{step}", json=body)
        else:
            answer = client.post(f"/v1/shipments/{shipment}/{step}")
        assert answer.status_code == 200, answer.text
    return int(shipment)


WHY = {"reason": "It was told wrong."}
STEP_BODIES: dict[ShipmentAction, object] = {
    ShipmentAction.CORRECT_TRACKING: WHY | {"tracking": "EP2"},
    ShipmentAction.VOID_DISPATCH: WHY,
    ShipmentAction.REPLACE: WHY,
}


@pytest.mark.parametrize("state", SHIPMENT_STATES)
def test_allowed_steps_are_those_that_are_done_when_each_is_tried(world, state):
    client = world.client()

    def step(shipment: int, action: ShipmentAction) -> httpx.Response:
        path = f"/v1/shipments/{shipment}/{PATHS[action]}"
        answer: httpx.Response = client.post(path, json=STEP_BODIES.get(action))
        return answer

    first = brought_to(world, state, "SO-refusing")
    before = client.get(f"/v1/shipments/{first}").json()
    refused = {one["action"]: (one["code"], one["why"]) for one in before["actions"]["refused"]}
    allowed = before["actions"]["allowed"]
    assert set(allowed) | set(refused) == set(ShipmentAction)
    for action, told in refused.items():
        problem = step(first, ShipmentAction(action)).json()
        assert (problem["status"], problem["code"], problem["detail"]) == (409, *told), action
    assert client.get(f"/v1/shipments/{first}").json() == before, "a refusal changes nothing"
    for action in allowed:
        answer = step(brought_to(world, state, f"SO-{action}"), ShipmentAction(action))
        assert answer.status_code == 200, (action, answer.text)
