"""Scenarios 9, 12, 27-29, 32, 33b and 33c: what people do, over HTTP."""

from typing import Any

import pytest

from tests.scenarios.system import System
from tests.scenarios.test_policies import kinds, line

ALL_OR_NOTHING = {"max_shipments": 1}


async def act(system: System, number: str, action: str, body: Any = None) -> dict[str, Any]:
    return await system.ok("POST", f"/v1/orders/{number}/{action}", body)


async def refused(system: System, number: str, action: str) -> tuple[int, str]:
    answer = await system.http.post(f"/v1/orders/{number}/{action}")
    return answer.status_code, answer.json()["code"]


async def test_9_the_explanation_names_the_holder_and_priority_moves_the_unit(
    system: System,
) -> None:
    system.locations("A")
    await system.products("S1", "S2")
    await system.stock("S1", "A", 1)
    first = await system.order(("S1", 1), ("S2", 1), policy=ALL_OR_NOTHING)
    second = await system.order(("S1", 1))
    why = await system.ok("GET", f"/v1/orders/{second}/explanation")
    assert any(first in reason["sentence"] for reason in why["waiting"][0]["reasons"])

    body = {"priority": 40}
    said = await system.ok("POST", f"/v1/orders/{second}/priority?preview=true", body)
    assert await system.status(second) == "awaiting_stock"
    await act(system, second, "priority", body)
    assert await system.status(second) == "awaiting_pick_and_pack"
    assert {each["order"]: each["after"]["status"] for each in said["outcomes"]} == {
        first: "awaiting_stock", second: "awaiting_pick_and_pack",
    }  # fmt: skip
    assert [row["backordered"] for row in (await system.read(first))["lines"]] == [1, 1]


@pytest.mark.parametrize("rebalance", ["waiting", "unpicked"])
async def test_12_released_units_move_only_when_the_policy_says_so(
    system: System, rebalance: str
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.settings(rebalance=rebalance)
    await system.stock("K1", "A", 5)
    holder = await system.order(("K1", 5))
    waiting = await system.order(("K1", 5))
    await act(system, waiting, "priority", {"priority": 10})
    moved = rebalance == "unpicked"
    statuses = [await system.status(each) for each in (waiting, holder)]
    assert statuses == (
        ["awaiting_pick_and_pack", "awaiting_stock"]
        if moved
        else ["awaiting_stock", "awaiting_pick_and_pack"]
    )


async def test_12_picked_units_never_move(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.settings(rebalance="unpicked")
    await system.stock("K1", "A", 5)
    holder = await system.order(("K1", 5))
    (shipment,) = (await system.read(holder))["shipments"]
    await system.ok("POST", f"/v1/shipments/{shipment['id']}/start-picking")
    waiting = await system.order(("K1", 5), priority=10)
    assert await system.status(waiting) == "awaiting_stock"
    assert await system.status(holder) == "picking"


async def test_27_back_to_ship_takes_what_is_there_and_says_what_is_short(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 5), policy={"auto_allocate": "never"})
    await system.stock("K1", "A", 3)
    assert (await line(system, order))["allocated"] == 0
    answer = await act(system, order, "back-to-ship")
    assert [row["units"] for row in answer["taken"]] == [3]
    assert [row["units"] for row in answer["short"]] == [2]
    assert (answer["released"], answer["why_not_released"]) == (3, None)

    whole = await system.order(("K1", 5), policy=ALL_OR_NOTHING | {"auto_allocate": "never"})
    await system.stock("K1", "A", 4)
    answer = await act(system, whole, "back-to-ship")
    assert answer["released"] == 0
    assert answer["why_not_released"]["code"] == "all_or_nothing"


async def test_28_there_is_nothing_to_split_when_nothing_is_allocated(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 5))
    for action in ("split", "remove-unavailable"):
        assert await refused(system, order, action) == (409, "nothing_allocated")


async def test_28_a_split_by_hand_goes_beyond_the_policy_and_is_noted(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 5)
    order = await system.order(("K1", 5), ("K2", 5), policy=ALL_OR_NOTHING)
    await act(system, order, "split")
    assert await system.shipments(order) == [("ready", "A", 5), ("backorder", None, 5)]
    assert "beyond_max_shipments" in await kinds(system, order)
    await system.stock("K2", "A", 5)
    await system.ship_all(order)
    await system.until_ended(order)


async def test_29_a_held_order_keeps_its_units_and_is_ready_again_later(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 5)
    order = await system.order(("K1", 5))
    before = (await system.read(order))["ready_since"]
    await act(system, order, "hold", {"reason": "fraud"})
    assert await system.status(order) == "on_hold"
    assert (await line(system, order))["allocated"] == 5
    (shipment,) = (await system.read(order))["shipments"]
    picked = await system.http.post(f"/v1/shipments/{shipment['id']}/pick")
    assert (picked.status_code, picked.json()["code"]) == (409, "order_on_hold")
    await act(system, order, "unhold", {})
    after = await system.read(order)
    assert after["status"] == "awaiting_pick_and_pack"
    assert after["ready_since"] > before


async def test_32_units_that_wait_are_exchanged_for_what_is_in_stock(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K2", "A", 2)
    await system.stock("K1", "A", 1)
    order = await system.order(("K1", 2), policy=ALL_OR_NOTHING)
    behind = await system.order(("K1", 1))
    assert await system.status(behind) == "awaiting_stock"
    body = {"sku": "K2", "units": 2, "note": "Agreed by phone."}
    looked = await system.ok("POST", f"/v1/orders/{order}/lines/1/exchange?preview=true", body)
    assert [each["after"]["ready"] for each in looked["outcomes"]] == [2, 1]
    await act(system, order, "lines/1/exchange", body)
    assert await system.shipments(order) == [("ready", "A", 2)]
    assert await system.status(behind) == "awaiting_pick_and_pack"
    for each in (order, behind):
        await system.ship_all(each)
        await system.until_ended(each)


async def test_a_pickup_is_ready_when_the_transfer_of_its_explanation_is_booked(
    system: System,
) -> None:
    system.locations("S", "W")
    await system.products("K1")
    await system.stock("K1", "W", 9)
    order = await system.order(("K1", 2), pickup_location="S")
    assert await system.status(order) == "awaiting_stock"
    why = await system.ok("GET", f"/v1/orders/{order}/explanation")
    reason = next(r for r in why["waiting"][0]["reasons"] if r["code"] == "pickup_only")
    assert reason["facts"]["free"] == {"W": 9}
    transfer = next(r for r in why["remedies"] if r["code"] == "transfer")["request"]
    sent = await system.ok(transfer["method"], transfer["path"], transfer["body"])
    came = {"number": f"R-{sent['number']}", "lines": [{"line": 1, "units": 2}]}
    await system.ok("POST", f"/v1/transfers/{sent['number']}/receipts", came)
    assert await system.shipments(order) == [("ready", "S", 2)]


async def test_33b_a_wave_that_comes_back_is_given_back(system: System) -> None:
    system.locations("L")
    await system.products("A", "B", "C")
    await system.stock("A", "L", 1)
    order = await system.order(("A", 1), ("B", 1), ("C", 1), policy={"max_shipments": 2})
    await system.stock("B", "L", 1)
    assert await system.shipments(order) == [("ready", "L", 1), ("backorder", None, 2)]
    (ready,) = [s for s in (await system.read(order))["shipments"] if s["status"] == "ready"]
    await system.ok("POST", f"/v1/shipments/{ready['id']}/send-back")
    known = await system.read(order)
    going = [s for s in known["shipments"] if s["status"] == "ready"]
    assert sorted(row["sku"] for s in going for row in s["lines"]) == ["A", "B"]
    assert {s["wave"] for s in going} == {1}
    await system.ship_all(order)
    await system.stock("C", "L", 1)
    await system.until_order(order, lambda o: any(s["status"] == "ready" for s in o["shipments"]))
    await system.ship_all(order)
    await system.until_ended(order)


async def test_33c_a_line_by_hand_takes_nothing_until_a_person_allows_it(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 2)
    order = await system.order(("K1", 2))
    behind = await system.order(("K1", 2))
    await act(system, order, "unallocate")
    assert await system.status(behind) == "awaiting_pick_and_pack"
    last = await system.order(("K1", 3))
    po = await system.purchase_order(("K1", 3), location="A")
    assert (await system.receive(po, [3], "A")).status_code == 201
    await system.until_status(last, "awaiting_pick_and_pack")
    assert (await line(system, order))["allocated"] == 0
    await system.stock("K1", "A", 2)
    assert (await line(system, order))["by_hand"] is True
    await act(system, order, "allocate")
    assert await system.status(order) == "awaiting_pick_and_pack"
