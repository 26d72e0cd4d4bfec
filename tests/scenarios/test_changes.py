"""Scenarios 13, 32 and 33 in other combinations: what people change on an order, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.scenarios.system import System
from tests.scenarios.test_hands import ALL_OR_NOTHING, act
from tests.scenarios.test_policies import kinds


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def confirm(system: System, number: str, *steps: str) -> None:
    """What the warehouse confirms of the order's one released shipment."""
    for shipment in (await system.read(number))["shipments"]:
        if shipment["status"] == "ready":
            for step in steps:
                await system.ok("POST", f"/v1/shipments/{shipment['id']}/{step}")


async def refusal(system: System, path: str, body: Any) -> tuple[int, str]:
    answer = await system.http.post(path, json=body)
    return answer.status_code, answer.json()["code"]


async def test_13_the_other_line_wins_when_one_line_of_the_head_is_cancelled(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 2)
    head = await system.order(("K1", 2), ("K1", 1), policy=ALL_OR_NOTHING)
    behind = [await system.order(("K1", 1)) for _ in range(2)]
    await act(system, head, "cancel", {"lines": [{"line": 1}]})

    assert await system.shipments(head) == [("ready", "A", 1)]
    assert [await system.status(each) for each in behind] == [
        "awaiting_pick_and_pack", "awaiting_stock",
    ]  # fmt: skip


async def test_32_a_pegged_line_is_exchanged_and_its_supply_promised_to_others(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K2", "A", 3)
    await system.purchase_order(("K1", 3), location="A", expected_on=in_days(9))
    order = await system.order(("K1", 3))
    behind = await system.order(("K1", 2))
    await act(system, order, "lines/1/exchange", {"sku": "K2", "units": 2})

    assert await system.shipments(order) == [("backorder", None, 1), ("ready", "A", 2)]
    (line,) = (await system.read(behind))["lines"]
    assert line["promise"] == [{"units": 2, "on": in_days(9)}]


async def test_32_what_is_ready_is_called_back_and_what_is_packed_is_not(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2", "K3")
    await system.stock("K1", "A", 4)
    await system.stock("K2", "A", 1)
    order = await system.order(("K1", 4), policy=ALL_OR_NOTHING)
    await act(system, order, "lines/1/exchange", {"sku": "K2", "units": 1})
    known = await system.read(order)
    assert {s["wave"] for s in known["shipments"] if s["status"] == "ready"} == {1}
    assert (await system.levels("K1"))["A"] == (4, 3)
    await confirm(system, order, "pick", "pack")
    path = f"/v1/orders/{order}/lines/1/exchange"
    assert await refusal(system, path, {"sku": "K3"}) == (409, "too_late")


async def test_more_of_a_partly_shipped_order_goes_in_a_shipment_beyond_its_limit(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 2)
    order = await system.order(("K1", 2), ("K2", 1))
    await system.ship_all(order)
    policy = {"set": {"max_shipments": 1}}
    await system.ok("PATCH", f"/v1/orders/{order}/policy", policy)
    await act(system, order, "lines/1/quantity", {"units": 4})
    await system.stock("K1", "A", 2)
    assert await system.status(order) == "partially_shipped"
    assert (await system.read(order))["waves"] == {"spent": 1, "left": 1}
    assert "beyond_max_shipments" in await kinds(system, order)
    await system.stock("K2", "A", 1)
    await system.ship_all(order)
    await system.until_ended(order)
    assert [line["shipped"] for line in (await system.read(order))["lines"]] == [4, 1]


async def test_a_ready_all_or_nothing_order_waits_again_for_a_line_that_is_added(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 2)
    order = await system.order(("K1", 2), policy=ALL_OR_NOTHING)
    await act(system, order, "lines", {"sku": "K2", "quantity": 1})
    assert {part[0] for part in await system.shipments(order)} == {"backorder"}
    await system.stock("K2", "A", 1)
    await system.ship_all(order)
    await system.until_ended(order)
    assert (await system.read(order))["waves"]["spent"] == 1


async def test_a_line_that_is_added_while_it_is_picked_goes_afterwards(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 2)
    await system.stock("K2", "A", 1)
    order = await system.order(("K1", 2), policy=ALL_OR_NOTHING)
    await confirm(system, order, "start-picking")
    await act(system, order, "lines", {"sku": "K2", "quantity": 1})
    assert await system.shipments(order) == [("picking", "A", 2), ("ready", "A", 1)]


async def test_33_a_packed_order_is_cancelled_before_it_leaves(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 2)
    order = await system.order(("K1", 2))
    await confirm(system, order, "pick", "pack")
    assert await refusal(system, f"/v1/orders/{order}/cancel", {"lines": [{"line": 1}]}) == (
        409, "too_late",
    )  # fmt: skip
    await act(system, order, "cancel", {"note": "The customer called."})
    await system.until_ended(order)
    assert await system.status(order) == "cancelled"
    assert (await system.levels("K1"))["A"] == (2, 0)


async def test_an_order_held_for_its_address_goes_on_when_it_has_one(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 1)
    order = await system.order(("K1", 1), address={})
    assert (await system.read(order))["holds"] == ["address_missing"]
    body = {"address": {"name": "Customer 0012", "line1": "2 Example Street", "country": "AT"}}
    await system.ok("PUT", f"/v1/orders/{order}/address", body)
    assert await system.status(order) == "awaiting_pick_and_pack"
    await system.ship_all(order)
    await system.until_ended(order)


async def test_an_order_ends_when_its_cancel_date_is_today(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 1))
    await act(system, order, "cancel-date", {"on": in_days(5)})
    assert (await system.read(order))["cancels_on"] == in_days(5)
    await act(system, order, "cancel-date", {"on": in_days(0), "note": "Not wanted any more."})
    await system.until_ended(order)
    assert await system.status(order) == "cancelled"
