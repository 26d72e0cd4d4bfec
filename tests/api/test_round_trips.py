"""What a request costs at the database: all its transactions, with the reading of its answer."""

import httpx
import pytest

from fulfillment.store.transactions import idle
from starter.auth import keyring
from tests.api.world import World, order
from tests.builders.conversation import conversation

COSTS = {"take in": (7, 3), "pick": (15, 7), "ship": (21, 10)}
"""Statements, and waits, of each request with an Idempotency-Key."""


def life(world: World, client: httpx.Client, number: str) -> dict[str, tuple[int, int]]:
    costs: dict[str, tuple[int, int]] = {}

    def send(step: str, path: str, body: object = None) -> None:
        with conversation(world.store.engine) as said:
            sent = client.post(path, json=body, headers={"Idempotency-Key": f"{step}-{number}"})
        assert sent.is_success, sent.text
        costs[step] = (len(said.statements), said.waits)

    send("take in", "/v1/orders", order(number, ("TEA", 2), ("CUP", 1)))
    world.prepare(number)
    (shipment,) = client.get(f"/v1/orders/{number}").json()["shipments"]
    for step in ("pick", "ship"):
        send(step, f"/v1/shipments/{shipment['id']}/{step}", {} if step == "ship" else None)
    return costs


def test_each_request_costs_what_the_table_says(
    world: World, admin: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow this machine is: keys are known, and nothing is idle.
    monkeypatch.setattr(keyring, "REMEMBERED_SECONDS", 3600.0)
    monkeypatch.setattr(idle, "TRUSTED_SECONDS", 3600.0)
    for sku in ("TEA", "CUP"):
        world.stock(sku, 100)
    life(world, admin, "SO-1")  # It reads what a connection keeps.

    assert life(world, admin, "SO-2") == COSTS
    picked, shipped = COSTS["pick"], COSTS["ship"]
    assert picked[1] + shipped[1] <= 20
