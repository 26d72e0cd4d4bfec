"""Scenarios 29-31 on the floor, and what may meet there, over HTTP."""

import asyncio
from typing import Any

import pytest

from tests.scenarios.system import System

ALL_OR_NOTHING = {"max_shipments": 1}
UP_TO_TWO = {"max_shipments": 2}


async def furnished(system: System, *stock: tuple[str, int]) -> None:
    system.locations("A", "B")
    await system.products("K1", "K2", "K3")
    for sku, units in stock:
        await system.stock(sku, "A", units)


async def take(system: System, **body: Any) -> dict[str, Any]:
    return await system.ok("POST", "/v1/locations/A/pick-lists", body)


async def refusal(system: System, path: str, body: Any = None) -> tuple[int, str]:
    answer = await system.http.post(path, json=body)
    return answer.status_code, answer.json()["code"]


async def confirm(system: System, taken: dict[str, Any]) -> dict[str, Any]:
    return await system.ok("POST", f"/v1/pick-lists/{taken['id']}/confirm", {"all": True})


async def short(system: System, taken: dict[str, Any], found: int, **more: Any) -> dict[str, Any]:
    """Of the first line of a list so many were found."""
    sort = taken["walk"][0]["sort"][0]
    body = {"shipment": sort["shipment"], "order_line": sort["order_line"], "found": found,
            "reason": "not on the shelf"}  # fmt: skip
    return await system.ok("POST", f"/v1/pick-lists/{taken['id']}/short", body | more)


async def stage(system: System, number: str, **more: Any) -> dict[str, Any]:
    body = {"location": "A", "all": True, **more}
    return await system.ok("POST", f"/v1/orders/{number}/stage", body)


async def ship_picked(system: System, number: str) -> None:
    for shipment in (await system.read(number))["shipments"]:
        if shipment["status"] in ("picked", "packed"):
            await system.ok("POST", f"/v1/shipments/{shipment['id']}/ship", {})


async def kinds(system: System, number: str) -> list[str]:
    page = await system.ok("GET", f"/v1/orders/{number}/history?limit=200")
    return [event["kind"] for event in page["items"]]


async def staged(system: System) -> dict[str, list[tuple[str, int]]]:
    page = await system.ok("GET", "/v1/staging?location=A")
    return {
        one["label"]: [(line["sku"], line["units"]) for line in one["lines"]]
        for one in page["items"]
    }


async def tasks(system: System) -> list[tuple[str, str, int]]:
    page = await system.ok("GET", "/v1/tasks?location=A")
    return [(one["kind"], one["sku"], one["units"]) for one in page["items"]]


# --- holds ---------------------------------------------------------------------------------------


async def test_29_a_held_order_is_on_no_list_until_the_hold_is_released(system: System) -> None:
    await furnished(system, ("K1", 5))
    order = await system.order(("K1", 5))
    first = (await system.read(order))["ready_since"]
    await system.ok("POST", f"/v1/orders/{order}/hold", {"reason": "fraud"})
    assert (await system.levels("K1"))["A"] == (5, 5)
    assert (await system.read(order))["status"] == "on_hold"
    path = "/v1/locations/A/pick-lists"
    assert await refusal(system, path) == (409, "nothing_to_pick")
    assert await refusal(system, path, {"orders": [order]}) == (409, "order_on_hold")

    await system.ok("POST", f"/v1/orders/{order}/unhold")
    assert await system.status(order) == "awaiting_pick_and_pack"
    assert (await system.read(order))["ready_since"] > first
    assert (await confirm(system, await take(system)))["status"] == "done"
    await ship_picked(system, order)
    await system.until_ended(order)


async def test_29_nothing_is_confirmed_when_a_hold_comes_while_it_is_picked(
    system: System,
) -> None:
    await furnished(system, ("K1", 5))
    order = await system.order(("K1", 5))
    taken = await take(system)
    await system.ok("POST", f"/v1/orders/{order}/hold", {"reason": "fraud"})
    path = f"/v1/pick-lists/{taken['id']}/confirm"
    assert await refusal(system, path, {"all": True}) == (409, "order_on_hold")
    await system.ok("POST", f"/v1/pick-lists/{taken['id']}/give-up")
    assert await system.shipments(order) == [("ready", "A", 5)]
    await system.ok("POST", f"/v1/orders/{order}/unhold")
    assert (await confirm(system, await take(system)))["status"] == "done"


# --- short picks ---------------------------------------------------------------------------------


async def test_30_what_was_found_goes_and_the_rest_waits_at_its_rank(system: System) -> None:
    await furnished(system, ("K1", 5))
    order = await system.order(("K1", 5))
    later = await system.order(("K1", 1))
    answer = await short(system, await take(system), 3)
    assert (answer["short"], answer["went_on"]) == (2, True)
    assert (await system.levels("K1"))["A"] == (3, 3)
    assert await tasks(system) == [("count", "K1", 2)]
    assert await system.shipments(order) == [("picked", "A", 3), ("backorder", None, 2)]
    assert "short_picked" in await kinds(system, order)

    await ship_picked(system, order)
    assert await system.status(order) == "partially_shipped"
    await system.stock("K1", "A", 2)
    assert (await system.shipments(order))[-1] == ("ready", "A", 2)
    assert await system.status(later) == "awaiting_stock"
    await system.ship_all(order)
    await system.until_ended(order)


async def test_30_what_was_found_is_staged_when_all_of_it_must_go_as_one(system: System) -> None:
    await furnished(system, ("K1", 5))
    order = await system.order(("K1", 5), policy=ALL_OR_NOTHING)
    answer = await short(system, await take(system), 3, container="BIN-7")
    assert (answer["short"], answer["went_on"]) == (2, False)
    assert await system.shipments(order) == [("backorder", None, 5)]
    assert await staged(system) == {"BIN-7": [("K1", 3)]}

    await system.stock("K1", "A", 2)
    await confirm(system, await take(system))
    await ship_picked(system, order)
    await system.until_ended(order)
    assert (await system.levels("K1"))["A"] == (0, 0)
    assert await staged(system) == {}


@pytest.mark.parametrize(("policy", "staging"), [({}, {}), (ALL_OR_NOTHING, {})])
async def test_30_all_of_it_waits_when_nothing_was_found(
    system: System, policy: dict[str, Any], staging: dict[str, Any]
) -> None:
    await furnished(system, ("K1", 5))
    order = await system.order(("K1", 5), policy=policy)
    await short(system, await take(system), 0)
    assert await system.shipments(order) == [("backorder", None, 5)]
    assert await staged(system) == staging
    assert (await system.levels("K1"))["A"] == (0, 0)


async def test_the_rest_joins_the_last_wave_when_the_first_of_two_is_short(
    system: System,
) -> None:
    await furnished(system, ("K1", 5))
    order = await system.order(("K1", 5), ("K2", 1), policy=UP_TO_TWO)
    await short(system, await take(system), 3)
    await ship_picked(system, order)
    await system.stock("K1", "A", 2)
    assert await system.shipments(order) == [
        ("shipped", "A", 3), ("backorder", None, 1), ("backorder", None, 2),
    ]  # fmt: skip

    await system.stock("K2", "A", 1)
    taken = await take(system)
    assert [(walk["sku"], walk["units"]) for walk in taken["walk"]] == [("K1", 2), ("K2", 1)]
    await confirm(system, taken)
    await ship_picked(system, order)
    await system.until_ended(order)
    waves = {s["wave"] for s in (await system.read(order))["shipments"] if s["wave"]}
    assert waves == {1, 2}


# --- pick and stage ------------------------------------------------------------------------------


async def test_31_only_the_rest_is_picked_and_all_leaves_in_one_dispatch(system: System) -> None:
    await furnished(system, ("K1", 3))
    order = await system.order(("K1", 5), policy=ALL_OR_NOTHING)
    answer = await stage(system, order)
    assert answer["container"] == order
    assert await system.shipments(order) == [("backorder", None, 5)]
    assert (await system.levels("K1"))["A"] == (3, 3)

    await system.stock("K1", "A", 2)
    taken = await take(system)
    assert [(walk["sku"], walk["units"]) for walk in taken["walk"]] == [("K1", 2)]
    await confirm(system, taken)
    assert (await system.levels("K1"))["A"] == (5, 5)
    await ship_picked(system, order)
    assert (await system.levels("K1"))["A"] == (0, 0)
    assert await staged(system) == {}
    shipped = [s for s in await system.shipments(order) if s[0] == "shipped"]
    assert shipped == [("shipped", "A", 5)]
    await system.until_ended(order)


async def test_31_by_a_list_for_staging(system: System) -> None:
    await furnished(system, ("K1", 3), ("K2", 1))
    first = await system.order(("K1", 2), ("K3", 1), policy=ALL_OR_NOTHING)
    second = await system.order(("K1", 1), ("K2", 1), ("K3", 1), policy=ALL_OR_NOTHING)
    suggested = await system.ok("GET", "/v1/staging/suggestions?location=A")
    (group,) = suggested["items"]
    assert (group["waits_for"], [one["order"] for one in group["orders"]]) == (
        "K3", [first, second],
    )  # fmt: skip
    await confirm(system, await take(system, kind="stage"))
    assert await staged(system) == {first: [("K1", 2)], second: [("K1", 1), ("K2", 1)]}

    await system.stock("K3", "A", 2)
    taken = await take(system)
    assert [(walk["sku"], walk["units"]) for walk in taken["walk"]] == [("K3", 2)]
    await confirm(system, taken)
    for order in (first, second):
        await ship_picked(system, order)
        await system.until_ended(order)
    assert await staged(system) == {}


async def test_staged_units_stay_and_nothing_is_picked_when_the_order_is_held(
    system: System,
) -> None:
    await furnished(system, ("K1", 3))
    order = await system.order(("K1", 5), policy=ALL_OR_NOTHING)
    await stage(system, order)
    await system.ok("POST", f"/v1/orders/{order}/hold", {"reason": "fraud"})
    body = {"location": "A", "all": True}
    assert await refusal(system, f"/v1/orders/{order}/stage", body) == (409, "order_on_hold")
    await system.stock("K1", "A", 2)
    assert await system.shipments(order) == [("backorder", None, 5)]
    urgent = await system.order(("K1", 5), priority=1)
    assert (await system.levels("K1"))["A"] == (5, 5)
    assert await staged(system) == {order: [("K1", 3)]}

    await system.ok("POST", f"/v1/orders/{order}/unhold")
    await system.stock("K1", "A", 5)
    assert await system.shipments(order) == [("ready", "A", 5)]
    await system.ok("POST", f"/v1/orders/{urgent}/cancel")


async def test_staged_units_are_free_when_their_order_is_cancelled(system: System) -> None:
    await furnished(system, ("K1", 3))
    order = await system.order(("K1", 5), policy=ALL_OR_NOTHING)
    await stage(system, order)
    other = await system.order(("K1", 3))
    await system.ok("POST", f"/v1/orders/{order}/cancel")
    assert await system.shipments(other) == [("ready", "A", 3)]
    assert await tasks(system) == [("put_back", "K1", 3)]
    (task,) = (await system.ok("GET", "/v1/tasks"))["items"]
    await system.ok("POST", f"/v1/tasks/{task['id']}/done")
    assert await tasks(system) == []


# --- at once -------------------------------------------------------------------------------------


async def test_two_pickers_never_get_the_same_work(system: System) -> None:
    await furnished(system, ("K1", 12))
    orders = [await system.order(("K1", 1)) for _ in range(12)]
    path, body = "/v1/locations/A/pick-lists", {"most_shipments": 3}
    answers = await asyncio.gather(*[system.http.post(path, json=body) for _ in range(6)])
    while (answer := await system.http.post(path, json=body)).status_code == 201:
        answers.append(answer)

    taken = [
        one["order"]
        for answer in answers
        if answer.status_code == 201
        for one in answer.json()["walk"][0]["sort"]
    ]
    assert sorted(taken) == sorted(orders)


async def test_one_wins_when_a_confirmation_meets_a_cancel(system: System) -> None:
    await furnished(system, ("K1", 4))
    for _ in range(3):
        order = await system.order(("K1", 4))
        taken = await take(system)
        confirmed, cancelled = await asyncio.gather(
            system.http.post(f"/v1/pick-lists/{taken['id']}/confirm", json={"all": True}),
            system.http.post(f"/v1/orders/{order}/cancel"),
        )
        assert cancelled.status_code == 200
        assert (confirmed.status_code, confirmed.json().get("code")) in (
            (200, None), (409, "nothing_left"),
        )  # fmt: skip
        await system.until_status(order, "cancelled")
        assert (await system.levels("K1"))["A"] == (4, 0)
