"""What an order says is allowed is done, and what it says is not is refused in the same words."""

from collections.abc import Iterator, Sequence

import httpx
import pytest

from fulfillment.store.commands.catalogue import NewProduct, put_products
from tests.api.asking import NOT_LOOKED_AT, OF_A_LINE, Json, Try, compared, requests
from tests.api.world import ACME, World, order

pytestmark = pytest.mark.slow

STATES: dict[str, list[str]] = {
    "received": [],
    "waiting": ["prepare"],
    "held": ["prepare", "hold"],
    "not verified": ["by hand", "prepare"],
    "not verified and held": ["by hand", "prepare", "hold"],
    "picking": ["stock", "prepare", "start-picking"],
    "packed": ["stock", "prepare", "pick", "pack"],
    "shipped": ["stock", "prepare", "pick", "ship"],
    "partly shipped": ["stock one", "prepare", "pick", "ship"],
    "cancelled": ["prepare", "cancel"],
    "cancelled after a part": ["stock one", "prepare", "pick", "ship", "cancel"],
}


def bring_order(world: World, client: httpx.Client, state: str, number: str) -> None:
    for step in STATES[state]:
        if step == "by hand":
            client.patch("/v1/settings", json={"verify": "manual"})
    client.post("/v1/orders", json=order(number))
    for step in STATES[state]:
        if step.startswith("stock"):
            world.stock("TEA", 1 if step == "stock one" else 2)
        elif step == "prepare":
            world.prepare(number)
        elif step in ("hold", "cancel"):
            body = {"reason": "fraud"} if step == "hold" else None
            assert client.post(f"/v1/orders/{number}/{step}", json=body).status_code == 200
        elif step != "by hand":
            group = client.get(f"/v1/orders/{number}").json()["shipments"]
            live = [s for s in group if s["status"] in ("ready", "picking", "picked", "packed")]
            path = f"/v1/shipments/{live[0]['id']}/{step}"
            assert client.post(path).status_code == 200


@pytest.mark.parametrize("state", STATES)
def test_allowed_actions_are_those_that_are_done_when_each_is_tried(world, admin, state):
    first = "SO-refusing"
    bring_order(world, admin, state, first)
    before = admin.get(f"/v1/orders/{first}").json()
    asked = requests(before, more=1)
    compared(before, asked)
    for refusal in before["actions"]["refused"]:
        assert_refused(admin, first, refusal, asked[refusal["action"]])
    assert admin.get(f"/v1/orders/{first}").json() == before, "a refusal changes nothing"
    admin.post(f"/v1/orders/{first}/cancel")
    for action in before["actions"]["allowed"]:
        number = f"SO-{action}"
        bring_order(world, admin, state, number)
        answers = [ask(admin, number, one) for one in asked[action]]
        assert 200 in {one.status_code for one in answers}, (action, answers[0].text)
        # The next order of this SKU must not stand behind this one.
        admin.post(f"/v1/orders/{number}/cancel")


def situations(world: World, client: httpx.Client) -> Iterator[str]:
    """The numbers of orders in many states; behind all of them nobody holds anything."""
    put_products(world.store, ACME, [NewProduct("POT", "Pot")])
    world.stock("CUP", 9)
    cup, both, pot = (("CUP", 1),), (("CUP", 1), ("TEA", 1)), (("POT", 1),)
    made: dict[str, Json] = {
        "short": order("short", ("TEA", 1)),
        "complete": order("complete", *cup),
        "in part": order("in part", *both),
        "all or nothing": order("all or nothing", *both, policy={"max_shipments": 1}),
        "to be verified": order("to be verified", *both, policy={"verify": "manual"}),
        "to be prepared": order("to be prepared", *both, policy={"prepare": "manual"}),
        "picked up": order("picked up", *pot, pickup_location="graz"),
        "never given": order("never given", *pot, policy={"auto_allocate": "never"}),
        "unclaimed": order("unclaimed", *cup),
        **{name: order(name, *both) for name in ("held", "by hand", "cancelled")},
    }
    for number, body in made.items():
        assert client.post("/v1/orders", json=body).is_success
        if number != "unclaimed":
            world.prepare(number)
    for path in ("held/hold", "by hand/unallocate", "cancelled/cancel"):
        why = {"reason": "fraud"} if path.endswith("/hold") else None
        assert client.post(f"/v1/orders/{path}", json=why).is_success
    first = client.get("/v1/shipments?status=ready").json()["items"][0]["id"]
    assert client.post(f"/v1/shipments/{first}/pick").is_success
    world.stock("POT", 1)
    yield from made


def test_a_look_refuses_exactly_what_an_order_does_not_allow(world, admin):
    for number in situations(world, admin):
        shown = admin.get(f"/v1/orders/{number}").json()
        asked = requests(shown, more=1)
        compared(shown, asked)
        for refusal in shown["actions"]["refused"]:
            if refusal["action"] not in NOT_LOOKED_AT:
                assert_refused(admin, number, refusal, looks(asked[refusal["action"]]))
        for action in set(shown["actions"]["allowed"]) - NOT_LOOKED_AT:
            answers = [ask(admin, number, one) for one in looks(asked[action])]
            assert 200 in {one.status_code for one in answers}, (number, action, answers[0].text)


def looks(asked: Sequence[Try]) -> list[Try]:
    return [(method, f"{path}?preview=true", body) for method, path, body in asked]


def assert_refused(client: httpx.Client, number: str, told: Json, asked: Sequence[Try]) -> None:
    """Refused as the order says; what names a line is refused in the words of that line."""
    problems = []
    for one in asked:
        answer = ask(client, number, one)
        assert answer.status_code == 409, (number, told, one, answer.text)
        problems.append((answer.json()["code"], answer.json()["detail"]))
    if told["action"] in OF_A_LINE:
        assert told["code"] in {code for code, _ in problems}, (number, told, problems)
    else:
        told_so = [(told["code"], told["why"])]
        assert problems == told_so, f"{told['action']}: TRIES refuses in other words than the rule"


def ask(client: httpx.Client, number: str, asked: Try) -> httpx.Response:
    method, path, body = asked
    return client.request(method, f"/v1/orders/{number}{path}", json=body)
