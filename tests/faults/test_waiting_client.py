"""A client that waits for its order is answered by whoever is there."""

import asyncio

from tests.scenarios.system import System


async def test_order_is_claimed_for_when_its_client_waits_and_no_worker_runs(front: System) -> None:
    front.locations("A")
    await front.products("K1")
    await front.stock("K1", "A", 2)
    wait = {"Prefer": "wait=10"}
    body = front.order_body(("K1", 2), number="AT-ONCE")
    answer = await front.http.post("/v1/orders", json=body, headers=wait)
    assert (answer.status_code, answer.json()["status"]) == (201, "awaiting_pick_and_pack")
    assert await front.levels("K1") == {"A": (2, 2)}


async def test_orders_whose_clients_wait_are_claimed_once_when_they_come_together(
    front: System,
) -> None:
    front.locations("A")
    await front.products("K1")
    await front.stock("K1", "A", 5)
    bodies = [front.order_body(("K1", 1)) for _ in range(8)]
    wait = {"Prefer": "wait=1"}
    await asyncio.gather(
        *(front.http.post("/v1/orders", json=body, headers=wait) for body in bodies)
    )
    ((on_hand, allocated),) = (await front.levels("K1")).values()
    assert on_hand == 5
    assert allocated <= 5
