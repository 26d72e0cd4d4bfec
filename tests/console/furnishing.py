"""What the pages show in tests: acme's orders for little tea, and one of bolt's."""

from typing import Any

from tests.api.world import ACME, BOLT, World, order

ALL_OR_NOTHING = {"max_shipments": 1}


def send(world: World, number: str, *lines: tuple[str, int], merchant: str = ACME, **more: Any):
    sent = world.client(merchant=merchant).post("/v1/orders", json=order(number, *lines, **more))
    assert sent.status_code == 202, sent.text
    world.prepare(number, merchant)


def ask(world: World, method: str, path: str, **body: Any) -> Any:
    answer = world.client().request(method, path, json=body or None)
    assert answer.is_success, answer.text
    return answer.json()


def furnish(world: World) -> None:
    """Ten of TEA at vienna for SO-1, which goes, SO-2, which waits for two, and SO-3 behind it."""
    world.stock("TEA", 10)
    ask(
        world, "POST", "/v1/purchase-orders", number="PO-1", supplier="Leaf",
        expected_on="2031-03-10",
        lines=[{"line": 1, "sku": "TEA", "units": 5, "location": "vienna"}],
    )  # fmt: skip
    send(world, "SO-1", ("TEA", 4))
    send(world, "SO-2", ("TEA", 8), policy=ALL_OR_NOTHING)
    send(world, "SO-3", ("TEA", 3), ("CUP", 2))
    world.stock("TEA", 5, merchant=BOLT)
    send(world, "SO-1", ("TEA", 1), merchant=BOLT)
