"""Scenarios 8, 11, 13 and 33: strictly from the head of the queue."""

import asyncio

from tests.scenarios.system import System

ALL_OR_NOTHING = {"max_shipments": 1}


async def test_8_first_order_keeps_all_when_it_is_still_short(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    first = await system.order(("K1", 7), policy=ALL_OR_NOTHING)
    second = await system.order(("K1", 5), policy=ALL_OR_NOTHING)
    po = await system.purchase_order(("K1", 5), location="A")
    assert (await system.receive(po, [5], "A")).status_code == 201
    known = await system.until_order(first, lambda o: o["lines"][0]["allocated"] == 5)
    assert known["lines"][0]["backordered"] == 2
    assert (await system.read(second))["lines"][0]["allocated"] == 0


async def test_11_exactly_one_is_released_when_fifty_want_one_unit(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 1)
    bodies = [system.order_body(("K1", 1)) for _ in range(50)]
    await asyncio.gather(*(system.ok("POST", "/v1/orders", body) for body in bodies))
    orders = [
        await system.until_order(body["number"], lambda o: o["status"] != "received")
        for body in bodies
    ]
    statuses = sorted(order["status"] for order in orders)
    assert statuses == ["awaiting_pick_and_pack"] + ["awaiting_stock"] * 49
    assert await system.levels("K1") == {"A": (1, 1)}
    listed = (await system.ok("GET", "/v1/orders?sort=rank&limit=100"))["items"]
    # By rank, the one that was released is the first of all, and nobody behind it was.
    assert [order["status"] for order in listed] == statuses


async def test_13_units_go_to_those_who_wait_when_an_order_is_cancelled(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 2)
    first = await system.order(("K1", 3), policy=ALL_OR_NOTHING)
    second = await system.order(("K1", 1), policy=ALL_OR_NOTHING)
    third = await system.order(("K1", 1), policy=ALL_OR_NOTHING)
    assert await system.status(second) == "awaiting_stock"
    await system.ok("POST", f"/v1/orders/{first}/cancel", {})
    assert await system.status(first) == "cancelled"
    assert await system.status(second) == "awaiting_pick_and_pack"
    assert await system.status(third) == "awaiting_pick_and_pack"
    await system.until_ended(first)
    for order in (second, third):
        await system.ship_all(order)
        await system.until_ended(order)


async def test_new_order_takes_from_later_waiting_ones_when_it_ranks_before_them(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 1)
    waiting = await system.order(("K1", 1), ("K2", 1), policy=ALL_OR_NOTHING)
    urgent = await system.order(("K1", 1), priority=10)
    assert await system.status(urgent) == "awaiting_pick_and_pack"
    assert (await system.read(waiting))["lines"][0]["allocated"] == 0


async def test_33_shipped_units_stay_shipped_when_the_rest_is_cancelled(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 3)
    order = await system.order(("K1", 5))
    behind = await system.order(("K1", 2))
    await system.ship_all(order)
    await system.until_status(order, "partially_shipped")
    await system.stock("K1", "A", 1)
    assert (await system.read(behind))["lines"][0]["allocated"] == 0
    await system.ok("POST", f"/v1/orders/{order}/cancel", {})
    known = await system.read(order)
    assert known["status"] == "shipped"
    assert (known["lines"][0]["shipped"], known["lines"][0]["cancelled"]) == (3, 2)
    # The unit it had claimed goes to the next.
    assert (await system.read(behind))["lines"][0]["allocated"] == 1
    await system.until_ended(order)
