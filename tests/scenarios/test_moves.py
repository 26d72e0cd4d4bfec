"""Scenario 33a, and goods that come back, over HTTP."""

from datetime import UTC, datetime, timedelta

from tests.scenarios.system import System

NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()


async def test_33a_a_pickup_waits_for_its_store_until_a_transfer_arrives(system: System) -> None:
    system.locations("S", "W")
    await system.products("K1")
    await system.stock("K1", "W", 9)
    order = await system.order(("K1", 2), pickup_location="S")
    assert await system.status(order) == "awaiting_stock"
    why = await system.ok("GET", f"/v1/orders/{order}/explanation")
    reason = next(r for r in why["waiting"][0]["reasons"] if r["code"] == "pickup_only")
    assert reason["facts"]["free"] == {"W": 9}

    body = {
        "number": "TR-1", "source": "W", "destination": "S", "expected_on": NEXT_WEEK,
        "lines": [{"line": 1, "sku": "K1", "units": 3}],
    }  # fmt: skip
    await system.ok("POST", "/v1/transfers", body)
    assert (await system.read(order))["lines"][0]["pegged"] == 0
    sent = await system.ok("POST", "/v1/transfers/TR-1/ship")
    assert sent["lines"][0]["pegged"] == 2
    known = await system.read(order)
    assert known["lines"][0]["promise"] == [{"units": 2, "on": NEXT_WEEK}]
    assert known["status"] == "awaiting_stock"
    assert (await system.levels("K1"))["W"] == (6, 0)

    receipt = {"number": "GR-1", "lines": [{"line": 1, "units": 3}]}
    came = await system.ok("POST", "/v1/transfers/TR-1/receipts", receipt)
    assert came["status"] == "received"
    assert await system.shipments(order) == [("ready", "S", 2)]
    await system.until_status(order, "awaiting_pick_and_pack")
    await system.ship_all(order)
    await system.until_ended(order)
    assert await system.levels("K1") == {"S": (1, 0), "W": (6, 0)}


async def test_what_comes_back_from_one_order_serves_the_next(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 2)
    first = await system.order(("K1", 2))
    await system.ship_all(first)
    await system.until_ended(first)
    second = await system.order(("K1", 2))

    lines = [{"line": 1, "sku": "K1", "units": 2, "order_line": 1}]
    announced = {"number": "RMA-1", "location": "A", "order": first, "expected_on": NEXT_WEEK}
    made = await system.ok("POST", "/v1/returns", announced | {"lines": lines})
    assert made["lines"][0]["pegged"] == 2
    came = [
        {"line": 1, "units": 1, "disposition": "sellable"},
        {"line": 1, "units": 1, "disposition": "damaged"},
    ]
    await system.ok("POST", "/v1/returns/RMA-1/receipts", {"number": "GR-1", "lines": came})
    assert await system.shipments(second) == [("ready", "A", 1), ("backorder", None, 1)]
    count = {"number": "CC-1", "location": "A", "lines": [{"sku": "K1", "counted": 2}]}
    await system.ok("POST", "/v1/counts", count)
    await system.until_status(second, "awaiting_pick_and_pack")
