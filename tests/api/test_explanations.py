"""Why units wait, what helps, and when a basket could ship: over HTTP."""

import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import World, order

ALL_OR_NOTHING = {"max_shipments": 1}


def block(world: World) -> None:
    """One tea: the first order holds it and waits for a cup, the second wants it."""
    world.stock("TEA", 1)
    client = world.client()
    lines = (("TEA", 1), ("CUP", 1))
    client.post("/v1/orders", json=order("FIRST", *lines, policy=ALL_OR_NOTHING))
    world.prepare("FIRST")
    client.post("/v1/orders", json=order("SECOND", ("TEA", 1)))
    world.prepare("SECOND")


def test_an_explanation_names_the_holder_and_what_would_help(world):
    block(world)
    client = world.client(Role.INTAKE)
    found = client.get("/v1/orders/SECOND/explanation").json()

    (line,) = found["waiting"]
    assert [reason["code"] for reason in line["reasons"]] == ["others_first", "waits_for_stock"]
    assert "FIRST" in line["reasons"][0]["sentence"]
    raised = next(each for each in found["remedies"] if each["code"] == "raise_priority")
    assert raised["request"] == {
        "method": "POST",
        "path": "/v1/orders/SECOND/priority",
        "body": {"priority": 49},
    }
    assert {each["order"]: each["after"]["status"] for each in raised["changes"]} == {
        "SECOND": "awaiting_pick_and_pack",
        "FIRST": "awaiting_stock",
    }


@pytest.mark.parametrize("code", ["buy_more", "raise_priority", "cancel_short"])
def test_a_remedy_can_be_sent_as_it_is_told(world, code):
    block(world)
    client = world.client()
    found = client.get("/v1/orders/SECOND/explanation").json()
    (remedy,) = [each for each in found["remedies"] if each["code"] == code]
    request = remedy["request"]
    sent = client.request(request["method"], request["path"], json=request["body"])

    assert sent.status_code == (201 if code == "buy_more" else 200), sent.text
    said = {each["order"]: each["after"]["status"] for each in remedy["changes"]}
    assert client.get("/v1/orders/SECOND").json()["status"] == said["SECOND"]


def test_a_products_explanation_tells_who_holds_and_who_waits(world):
    block(world)
    found = world.client(Role.WAREHOUSE).get("/v1/products/TEA/explanation").json()

    assert (found["on_hand"], found["available"]) == (1, 0)
    assert found["idle"] == {"free": 0, "out_of_use": 0, "held_by_waiting_orders": 1}
    (holder,) = found["holders"]
    assert (holder["order"], holder["why_they_wait"]["code"]) == ("FIRST", "all_or_nothing")
    (waiter,) = found["waiting"]
    assert (waiter["order"], waiter["wanted"]) == ("SECOND", 1)


def test_a_basket_is_promised_without_being_stored(world):
    world.stock("TEA", 3)
    client = world.client(Role.INTAKE)
    basket = {"lines": [{"line": 1, "sku": "TEA", "quantity": 4}]}
    found = client.post("/v1/promise", json=basket).json()

    assert [each["units"] for each in found["lines"][0]["promise"]] == [3, 1]
    assert [each["what"] for each in found["lines"][0]["met_by"]] == ["stock", "nothing"]
    assert found["status"] == "partially_backordered"
    assert world.count("orders") == 0


def test_the_field_is_named_when_a_basket_is_wrong(world):
    client = world.client(Role.INTAKE)
    unknown = client.post("/v1/promise", json={"lines": [{"line": 1, "sku": "NO", "quantity": 1}]})
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["field"] == "lines[0].sku"
    bad = {"lines": [{"line": 1, "sku": "TEA", "quantity": 1}], "policy": {"max_shipments": 0}}
    refused = client.post("/v1/promise", json=bad)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (
        422,
        "policy.max_shipments",
    )
    assert client.get("/v1/orders/NONE/explanation").status_code == 404
    assert world.client().get("/v1/products/NONE/explanation").status_code == 404
