"""Scenarios 17 and 22, and what else is asked of supply, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta

from fulfillment.contracts import names
from fulfillment.store.transactions.session import Tx
from tests.scenarios.system import Answer, System

ALL_OR_NOTHING = {"max_shipments": 1}


def in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


async def pegged(system: System, order: str) -> tuple[int, int]:
    (line,) = (await system.read(order))["lines"]
    return line["allocated"], line["pegged"]


async def test_17_rest_is_taken_out_of_inbound_when_a_purchase_order_is_closed_short(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    first = await system.order(("K1", 50), policy=ALL_OR_NOTHING)
    second = await system.order(("K1", 50), policy=ALL_OR_NOTHING)
    po = await system.purchase_order(("K1", 100), location="A", expected_on=in_days(5))
    assert await pegged(system, second) == (0, 50)
    await system.receive(po, [40], "A")
    await system.until_order(first, lambda o: o["lines"][0]["allocated"] == 40)
    (stock,) = (await system.ok("GET", "/v1/stock?sku=K1"))["items"]
    assert (stock["inbound"], stock["pegged"]) == (60, 60)
    await system.ok("POST", f"/v1/purchase-orders/{po}/status", {"status": "closed"})
    (stock,) = (await system.ok("GET", "/v1/stock?sku=K1"))["items"]
    assert (stock["inbound"], stock["pegged"]) == (0, 0)
    for order in (first, second):
        known = await system.read(order)
        assert known["lines"][0]["promise"][-1]["on"] == in_days(30)
        history = await system.ok("GET", f"/v1/orders/{order}/history")
        assert "promise_moved" in [event["kind"] for event in history["items"]]


async def test_22_only_those_who_are_served_are_woken_when_many_wait(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    bodies = [system.order_body(("K1", 1), number=f"W-{n:03}") for n in range(120)]
    await system.ok("POST", "/v1/orders/batch", {"orders": bodies})
    await until_all_are_claimed(system)
    before = await woken(system, bodies)
    po = await system.purchase_order(("K1", 20), location="A", expected_on=in_days(5))
    answer = await system.http.post(
        f"/v1/purchase-orders/{po}/receipts",
        json={"number": "GR", "location": "A", "lines": [{"line": 1, "units": 20}]},
        headers={"Prefer": "wait=10"},
    )
    (goods,) = answer.json()["goods"]
    assert (goods["to_shipments"], goods["to_shelf"], goods["undistributed"]) == (20, 0, 0)
    served = {one["order"] for one in goods["shipments"]}
    ready = await system.ok("GET", "/v1/orders?ready=true&limit=200")
    waiting = await system.ok("GET", "/v1/orders?backordered=true&limit=200")
    assert [item["number"] for item in ready["items"]] == [b["number"] for b in bodies[:20]]
    assert served == {b["number"] for b in bodies[:20]}
    assert waiting["items"][0]["number"] == bodies[20]["number"]
    await system.ship_all(bodies[0]["number"])
    await system.until_ended(bodies[0]["number"])
    after = await woken(system, bodies)
    assert {number for number in after if after[number] > before[number]} == served


async def until_all_are_claimed(system: System) -> None:
    for _ in range(600):
        if not (await system.ok("GET", "/v1/orders?status=received&limit=1"))["items"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("some orders were never claimed for")


async def woken(system: System, bodies: list[Answer]) -> dict[str, int]:
    """How often each order's workflow was given something new."""

    def read(tx: Tx) -> dict[str, int]:
        rows = tx.rows("SELECT number, wake_seq FROM orders WHERE merchant = :m", m=system.merchant)
        return {row.number: row.wake_seq for row in rows}

    known = system.store.read(system.merchant, read)
    return {body["number"]: known[body["number"]] for body in bodies}


async def test_purchase_order_releases_these_orders(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    whole = await system.order(("K1", 3))
    part = await system.order(("K1", 3), ("K2", 1), policy=ALL_OR_NOTHING)
    behind = await system.order(("K1", 3))
    po = await system.purchase_order(("K1", 8), location="A", expected_on=in_days(5))
    page = await system.ok("GET", f"/v1/purchase-orders/{po}/orders")
    assert [(o["order"], o["units"], o["completes"]) for o in page["items"]] == [
        (whole, 3, True),
        (part, 3, False),
        (behind, 2, False),
    ]
    tagged = await system.ok("GET", f"/v1/orders?purchase_order={po}")
    assert [o["number"] for o in tagged["items"]] == [whole, part, behind]


async def test_pinned_order_is_served_first_by_its_purchase_order(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    first = await system.order(("K1", 4))
    second = await system.order(("K1", 4))
    po = await system.purchase_order(("K1", 4), location="A", expected_on=in_days(5))
    sent: Answer = {"line": 1, "pins": [{"document": po}], "note": "promised by phone"}
    looked = await system.ok("POST", f"/v1/orders/{second}/pins?preview=true", sent)
    assert {o["order"] for o in looked["outcomes"]} == {first, second}
    assert await pegged(system, first) == (0, 4)
    await system.ok("POST", f"/v1/orders/{second}/pins", sent)
    assert (await pegged(system, first), await pegged(system, second)) == ((0, 0), (0, 4))
    await system.receive(po, [4], "A")
    await system.until_status(second, "awaiting_pick_and_pack")
    assert await system.status(first) == "awaiting_stock"
    await system.ship_all(second)
    await system.until_ended(second)


async def test_receipt_is_taken_back_over_http(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 4))
    po = await system.purchase_order(("K1", 4), location="A", expected_on=in_days(5))
    await system.receive(po, [4], "A", number="GR-1")
    await system.until_status(order, "awaiting_pick_and_pack")
    told = await system.ok("POST", "/v1/receipts/GR-1/reverse", {"reason": "not ours"})
    assert told["reversed_at"] is not None
    await system.until_status(order, "awaiting_stock")
    assert (await system.ok("GET", f"/v1/purchase-orders/{po}"))["status"] == "approved"
    await system.receive(po, [4], "A", number="GR-2")
    await system.until_status(order, "awaiting_pick_and_pack")
    await system.ship_all(order)
    await system.until_ended(order)


async def test_a_closed_purchase_order_goes_on_when_its_receipt_is_taken_back(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 4))
    po = await system.purchase_order(("K1", 6), location="A", expected_on=in_days(5))
    await system.receive(po, [4], "A", number="GR-1")
    await system.until_status(order, "awaiting_pick_and_pack")
    await system.ok("POST", f"/v1/purchase-orders/{po}/status", {"status": "closed"})
    run = names.purchase_order_workflow_id(system.merchant, po)
    await asyncio.wait_for(system.temporal.get_workflow_handle(run).result(), 20)

    await system.ok("POST", "/v1/receipts/GR-1/reverse", {"reason": "not ours"})

    await system.until_status(order, "awaiting_stock")
    known = await system.ok("GET", f"/v1/purchase-orders/{po}")
    assert (known["status"], known["lines"][0]["outstanding"]) == ("approved", 4)
    await system.receive(po, [4], "A", number="GR-2")
    await system.until_status(order, "awaiting_pick_and_pack")
    assert (await system.ok("GET", f"/v1/purchase-orders/{po}"))["status"] == "received"
    await asyncio.wait_for(system.temporal.get_workflow_handle(run).result(), 20)
    await system.ship_all(order)
    await system.until_ended(order)
