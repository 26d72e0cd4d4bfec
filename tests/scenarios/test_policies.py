"""Scenarios 10, 15, 16, 18-20 and 23-26: what a policy makes of an order, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.scenarios.system import System

ALL_OR_NOTHING = {"max_shipments": 1}
KIBO = {"preset": "kibo.both", "future_limit_days": 30}


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


async def purchase(system: System, number: str, *lines: tuple[str, int, str, int | None]) -> str:
    """A purchase order with a place and a day for each line."""
    body = {
        "number": number,
        "lines": [
            {"line": n, "sku": sku, "units": units, "location": at,
             "expected_on": None if due is None else day(due)}
            for n, (sku, units, at, due) in enumerate(lines, start=1)
        ],
    }  # fmt: skip
    await system.ok("POST", "/v1/purchase-orders", body)
    return number


async def dated(system: System, number: str) -> list[tuple[str, str | None, str | None]]:
    """Status, location and date of every live shipment."""
    shipments = (await system.read(number))["shipments"]
    return [
        (s["status"], s["location"], s["expected_on"])
        for s in shipments
        if s["status"] not in ("reassigned", "cancelled")
    ]


async def line(system: System, number: str, at: int = 0) -> dict[str, Any]:
    lines: list[dict[str, Any]] = (await system.read(number))["lines"]
    return lines[at]


async def kinds(system: System, number: str) -> list[str]:
    history = await system.ok("GET", f"/v1/orders/{number}/history?limit=100")
    return [event["kind"] for event in history["items"]]


async def test_10_stock_goes_past_an_order_that_takes_it_only_when_complete(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    conditional = await system.order(
        ("K1", 7), policy=ALL_OR_NOTHING | {"auto_allocate": "complete_only"}
    )
    other = await system.order(("K1", 5), policy=ALL_OR_NOTHING)
    po = await system.purchase_order(("K1", 5), location="A")
    assert (await system.receive(po, [5], "A")).status_code == 201
    await system.until_status(other, "awaiting_pick_and_pack")
    assert (await line(system, conditional))["allocated"] == 0
    why = await system.ok("GET", f"/v1/orders/{conditional}/explanation")
    assert why["waiting"][0]["wanted"] == 7


async def test_15_future_shipments_are_dated_inside_the_limit(system: System) -> None:
    system.locations("A", "B")
    await system.products("K1", "K2")
    await purchase(system, "PO-1", ("K1", 2, "A", 1), ("K1", 3, "A", 10), ("K2", 5, "B", 15))
    wants = (("K1", 5), ("K2", 5))
    both = await system.order(*wants, policy=KIBO)
    assert await dated(system, both) == [("future", "A", day(10)), ("future", "B", day(15))]
    await system.ok("POST", f"/v1/orders/{both}/cancel", {})

    short = await system.order(*wants, policy=KIBO | {"future_limit_days": 12})
    assert await dated(system, short) == [("backorder", None, None)]
    await system.ok("POST", f"/v1/orders/{short}/cancel", {})

    part = await system.order(
        *wants, policy=KIBO | {"future_limit_days": 12, "release_when": "any_part"}
    )
    assert await dated(system, part) == [("future", "A", day(10)), ("backorder", None, None)]


async def test_16_all_is_released_once_the_last_line_has_a_date(system: System) -> None:
    system.locations("A", "B")
    await system.products("K1", "K2", "K3")
    await system.stock("K2", "B", 5)
    await purchase(system, "PO-1", ("K1", 5, "A", 4), ("K3", 5, "B", None))
    order = await system.order(("K1", 5), ("K2", 5), ("K3", 5), policy=KIBO)
    assert [s["status"] for s in (await system.read(order))["shipments"]] == ["backorder"]

    dates = {"lines": [{"line": 2, "expected_on": day(9)}]}
    await system.ok("PATCH", "/v1/purchase-orders/PO-1", dates)
    await system.until_order(order, lambda o: len(o["shipments"]) > 1)
    assert await dated(system, order) == [
        ("ready", "B", None), ("future", "A", day(4)), ("future", "B", day(9)),
    ]  # fmt: skip
    parent = (await system.read(order))["shipments"][0]
    assert parent["status"] == "reassigned"


async def test_18_units_of_an_arrived_order_are_as_good_as_there_but_not_picked(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.settings(min_po_status="arrived")
    await purchase(system, "PO-1", ("K1", 5, "A", 2))
    order = await system.order(("K1", 5))
    assert await system.status(order) == "awaiting_stock"
    await system.ok("POST", "/v1/purchase-orders/PO-1/status", {"status": "arrived"})
    await system.until_status(order, "awaiting_pick_and_pack")
    mine = await line(system, order)
    assert (mine["allocated"], mine["not_yet_received"], mine["backordered"]) == (0, 5, 0)
    (shipment,) = (await system.read(order))["shipments"]
    refused = await system.http.post(f"/v1/shipments/{shipment['id']}/pick")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_yet_received")

    assert (await system.receive("PO-1", [5], "A")).status_code == 201
    await system.until_order(order, lambda o: o["lines"][0]["allocated"] == 5)
    await system.ship_all(order)
    await system.until_ended(order)


async def test_19_only_a_change_of_status_starts_allocation(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.settings(auto_allocate_on="po_status")
    await purchase(system, "PO-1", ("K1", 5, "A", 9))
    order = await system.order(("K1", 4))
    await system.stock("K1", "A", 10)
    assert (await line(system, order))["allocated"] == 0
    why = await system.ok("GET", f"/v1/orders/{order}/explanation")
    assert why["waiting"][0]["reasons"][0]["code"] == "only_on_po_status"
    await system.ok("POST", "/v1/purchase-orders/PO-1/status", {"status": "in_transit"})
    await system.until_order(order, lambda o: o["lines"][0]["allocated"] == 4)


@pytest.mark.parametrize(("days", "taken"), [(5, 6), (2, 0)])
async def test_20_stock_is_taken_when_the_rest_is_due_soon_enough(
    system: System, days: int, taken: int
) -> None:
    system.locations("A")
    await system.products("K1")
    policy = {"auto_allocate": "due_within", "auto_allocate_within_days": days}
    order = await system.order(("K1", 10), policy=ALL_OR_NOTHING | policy)
    await purchase(system, "PO-1", ("K1", 4, "A", 3))
    await system.stock("K1", "A", 6)
    assert (await line(system, order))["allocated"] == taken
    assert await system.status(order) == "awaiting_stock"
    if not taken:
        a_day_passes(system)
        await system.until_order(order, lambda o: o["lines"][0]["allocated"] == 6)


def a_day_passes(system: System) -> None:
    """Every date that is waited for is one day nearer; nothing else happens."""
    for sql in (
        "UPDATE supply SET expected_on = expected_on - 1",
        "UPDATE orders SET recheck_on = recheck_on - 1",
    ):
        system.store.transact(system.merchant, lambda tx, sql=sql: tx.run(sql))  # type: ignore[misc]


async def test_23_the_last_shipment_goes_complete(system: System) -> None:
    system.locations("L")
    await system.products("A", "B", "C")
    await system.stock("A", "L", 1)
    order = await system.order(("A", 1), ("B", 1), ("C", 1), policy={"max_shipments": 2})
    await system.ship_all(order)
    await system.until_status(order, "partially_shipped")
    await system.stock("B", "L", 1)
    assert await dated(system, order) == [("shipped", "L", None), ("backorder", None, None)]
    why = await system.ok("GET", f"/v1/orders/{order}/explanation")
    codes = [r["code"] for waiting in why["waiting"] for r in waiting["reasons"]]
    assert "last_shipment_must_be_complete" in codes
    await system.stock("C", "L", 1)
    known = await system.until_order(
        order, lambda o: any(s["status"] == "ready" for s in o["shipments"])
    )
    (ready,) = [s for s in known["shipments"] if s["status"] == "ready"]
    assert sorted(row["sku"] for row in ready["lines"]) == ["B", "C"]
    await system.ship_all(order)
    await system.until_ended(order)


@pytest.mark.parametrize(("hold", "splits"), [(7, False), (3, True)])
async def test_24_nothing_is_split_while_the_rest_is_due_soon(
    system: System, hold: int, splits: bool
) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 5)
    await purchase(system, "PO-1", ("K2", 5, "A", 5))
    order = await system.order(("K1", 5), ("K2", 5), policy={"hold_if_due_within_days": hold})
    statuses = [status for status, _, _ in await dated(system, order)]
    assert statuses == (["ready", "backorder"] if splits else ["backorder"])


async def test_24_the_order_is_split_when_nothing_is_due(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 5)
    order = await system.order(("K1", 5), ("K2", 5), policy={"hold_if_due_within_days": 7})
    assert [status for status, _, _ in await dated(system, order)] == ["ready", "backorder"]


async def test_25_what_is_here_goes_when_the_policy_is_changed(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 5)
    order = await system.order(("K1", 5), ("K2", 5), policy=ALL_OR_NOTHING)
    assert await system.status(order) == "awaiting_stock"
    await system.ok("PATCH", f"/v1/orders/{order}/policy", {"set": {"max_shipments": None}})
    assert await system.status(order) == "partially_backordered"
    assert "policy_changed" in await kinds(system, order)


async def test_25_what_is_here_goes_when_the_merchants_settings_change(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.settings(max_shipments=1)
    await system.stock("K1", "A", 5)
    order = await system.order(("K1", 5), ("K2", 5))
    assert await system.status(order) == "awaiting_stock"
    await system.settings(max_shipments=None)
    await system.until_status(order, "partially_backordered")


@pytest.mark.parametrize(
    ("there", "status", "shipped"), [(2, "awaiting_pick_and_pack", 2), (0, "cancelled", 0)]
)
async def test_26_what_is_missing_at_import_is_removed(
    system: System, there: int, status: str, shipped: int
) -> None:
    system.locations("A")
    await system.products("K1")
    if there:
        await system.stock("K1", "A", there)
    order = await system.order(("K1", 5), policy={"preset": "cartoncloud.import.remove"})
    known = await system.until_status(order, status)
    assert known["lines"][0]["cancelled"] == 5 - there
    assert "shortage_removed" in await kinds(system, order)
    if shipped:
        await system.ship_all(order)
    await system.until_ended(order)
