"""Scenario 21, and orders that wait for a purchase order."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.scenarios.system import System

NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()


async def test_21_receipt_is_counted_once_when_it_comes_twice_at_the_same_moment(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    po = await system.purchase_order(("K1", 10), location="A")
    answers = await asyncio.gather(*(system.receive(po, [4], "A", number="GR-1") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert await system.levels("K1") == {"A": (4, 0)}
    other = await system.receive(po, [5], "A", number="GR-1")
    assert other.status_code == 409


async def test_order_becomes_future_then_ready_when_its_purchase_order_comes(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.settings(future_inventory=True)
    order = await system.order(("K1", 4))
    po = await system.purchase_order(("K1", 4), location="A", expected_on=NEXT_WEEK)
    known = await system.read(order)
    assert await system.shipments(order) == [("future", "A", 4)]
    assert known["lines"][0]["promise"] == [{"units": 4, "on": NEXT_WEEK}]
    await system.receive(po, [4], "A")
    await system.until_order(order, lambda o: o["status"] == "awaiting_pick_and_pack")
    assert await system.shipments(order) == [("ready", "A", 4)]
    await system.ship_all(order)
    await system.until_ended(order)


async def test_orders_are_replanned_when_a_purchase_order_is_closed_short(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 6))
    po = await system.purchase_order(("K1", 6), location="A", expected_on=NEXT_WEEK)
    await system.receive(po, [2], "A")
    await system.until_order(order, lambda o: o["lines"][0]["allocated"] == 2)
    assert (await system.read(order))["lines"][0]["pegged"] == 4
    await system.ok("POST", f"/v1/purchase-orders/{po}/status", {"status": "closed"})
    assert (await system.read(order))["lines"][0]["not_yet_received"] == 0


async def test_what_is_found_after_closing_serves_those_who_wait_when_it_is_counted(
    system: System,
) -> None:
    """The purchase order's life has ended then; it begins again to serve the queue."""
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 6))
    po = await system.purchase_order(("K1", 6), location="A", expected_on=NEXT_WEEK)
    await system.receive(po, [2], "A")
    await system.until_order(order, lambda o: o["lines"][0]["allocated"] == 2)
    await system.ok("POST", f"/v1/purchase-orders/{po}/status", {"status": "closed"})
    came = {
        "number": "FOUND",
        "location": "A",
        "reason": "behind the shelf",
        "lines": [
            {"line": 1, "units": 3},
            {"line": 1, "units": 1, "disposition": "damaged"},
        ],
    }
    await system.ok("POST", f"/v1/purchase-orders/{po}/receipts", came)
    await system.until_order(order, lambda o: o["lines"][0]["allocated"] == 5)
    assert (await system.ok("GET", "/v1/receipts/FOUND"))["reason"] == "behind the shelf"
