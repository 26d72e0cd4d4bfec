"""Scenarios 3 to 7: what is there now."""

import asyncio

import pytest

from tests.scenarios.system import System


async def test_1_two_locations_ship_one_wave_when_each_has_one_of_the_skus(system: System) -> None:
    system.locations("A", "B")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 5)
    await system.stock("K2", "B", 5)
    order = await system.order(("K1", 5), ("K2", 5))
    assert sorted(await system.shipments(order)) == [("ready", "A", 5), ("ready", "B", 5)]
    waves = {s["wave"] for s in (await system.read(order))["shipments"] if s["status"] == "ready"}
    assert waves == {1}


async def test_2_order_keeps_what_it_has_when_all_or_nothing_is_short(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 5)
    order = await system.order(("K1", 5), ("K2", 5), policy={"max_shipments": 1})
    assert await system.status(order) == "awaiting_stock"
    assert await system.levels("K1") == {"A": (5, 5)}


async def test_3_order_is_split_when_it_may_go_in_two_shipments(system: System) -> None:
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 5)
    order = await system.order(("K1", 5), ("K2", 5), policy={"max_shipments": 2})
    known = await system.read(order)
    assert [s["status"] for s in known["shipments"]] == ["reassigned", "ready", "backorder"]
    history = await system.ok("GET", f"/v1/orders/{order}/history")
    assert "split" in {event["kind"] for event in history["items"]}


async def test_4_order_is_refused_when_nothing_is_there_and_it_may_not_wait(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.products("K2", allow_backorder=False)
    await system.stock("K1", "A", 5)
    body = system.order_body(("K1", 5), ("K2", 5))
    answer = await system.http.post("/v1/orders", json=body)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "not_available"
    assert [(e["sku"], e["available"]) for e in problem["errors"]] == [("K2", 0)]
    assert await system.levels("K1") == {"A": (5, 0)}
    assert (await system.http.get(f"/v1/orders/{body['number']}")).status_code == 404
    # Its number stays free.
    await system.stock("K2", "A", 5)
    assert await system.order(("K1", 5), ("K2", 5), number=body["number"]) == body["number"]


async def test_5_two_lines_of_one_sku_share_what_there_is(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 5)
    order = await system.order(("K1", 3), ("K1", 3))
    lines = (await system.read(order))["lines"]
    assert sum(line["allocated"] for line in lines) == 5
    assert sum(line["backordered"] for line in lines) == 1


async def test_6_one_location_is_chosen_when_it_covers_the_order(system: System) -> None:
    system.locations("A", "B")
    await system.products("K1")
    await system.stock("K1", "A", 10)
    await system.stock("K1", "B", 15)
    first = await system.order(("K1", 13))
    assert await system.shipments(first) == [("ready", "B", 13)]
    second = await system.order(("K1", 11))
    assert sorted(await system.shipments(second)) == [("ready", "A", 10), ("ready", "B", 1)]


@pytest.mark.parametrize("units", [1, 10_000])
async def test_7_order_is_ready_at_once_when_stock_is_not_managed(
    system: System, units: int
) -> None:
    system.locations("A")
    await system.products("K1", manage_stock=False)
    order = await system.order(("K1", units))
    assert await system.shipments(order) == [("ready", "A", units)]
    await system.ship_all(order)
    await system.until_ended(order)


async def test_one_order_and_one_workflow_are_made_when_twenty_clients_send_it_at_once(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 50)
    body = system.order_body(("K1", 1), number="SAME")
    answers = await asyncio.gather(*(system.http.post("/v1/orders", json=body) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [202]
    await system.until_status("SAME", "awaiting_pick_and_pack")
    assert await system.levels("K1") == {"A": (50, 1)}
    workflow_id = system.workflow("SAME").id
    runs = [run async for run in system.temporal.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert len({run.run_id for run in runs}) <= 1
    await system.until_known("SAME", lambda known: known.claimed)
    events = [e async for e in system.workflow("SAME").fetch_history_events()]
    claims = [e for e in events if e.HasField("marker_recorded_event_attributes")]
    assert len(claims) == 2, "verify and prepare_fulfillment, each once"
