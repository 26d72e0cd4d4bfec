"""What an operator sees of an order in Temporal, and what it costs."""

import json
from collections import Counter
from functools import partial
from typing import Any

from temporalio.api.enums.v1 import EventType

from fulfillment.contracts.messages import Progress
from tests.scenarios.system import System

E = EventType
BILLABLE = (
    E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    E.EVENT_TYPE_TIMER_STARTED,
)


async def history(system: System, order: str) -> list[Any]:
    return [event async for event in system.workflow(order).fetch_history_events()]


def signals(events: list[Any]) -> list[str]:
    told = (e.workflow_execution_signaled_event_attributes for e in events)
    return [each.signal_name for each in told if each.signal_name]


async def until_told(system: System, order: str, status: str) -> None:
    """Until the workflow knows too: else one message takes the other's place."""
    await system.until_status(order, status)
    await system.until_known(order, lambda known: str(known.status) == status)


async def test_signals_of_an_order_in_stock_say_what_happened_and_cost_little(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 2)
    order = await system.order(("K1", 2))
    await system.until_status(order, "awaiting_pick_and_pack")
    (shipment,) = (await system.read(order))["shipments"]
    for verb, status in (("pick", "picked"), ("pack", "packed"), ("ship", "shipped")):
        await system.ok("POST", f"/v1/shipments/{shipment['id']}/{verb}")
        await system.until_known(order, partial(_stands, status))
    await system.until_ended(order)
    events = await history(system, order)
    counts = Counter(event.event_type for event in events)
    assert signals(events) == ["picked", "packed", "shipped"]
    assert len(events) <= 24
    assert sum(counts[kind] for kind in BILLABLE) <= 6


async def test_worker_that_starts_an_order_gets_its_first_task_with_the_answer(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 2))
    started = (await history(system, order))[0].workflow_execution_started_event_attributes
    assert started.eager_execution_accepted


async def test_history_names_verification_and_preparation(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 2))
    await until_told(system, order, "awaiting_stock")
    told = [
        json.loads(event.marker_recorded_event_attributes.details["data"].payloads[0].data)
        for event in await history(system, order)
        if event.event_type == E.EVENT_TYPE_MARKER_RECORDED
    ]
    assert [each["activity_type"] for each in told] == ["verify", "prepare_fulfillment"]


def _stands(status: str, known: Progress) -> bool:
    if status == "shipped":
        return known.finished
    return bool(known.shipments) and known.shipments[0].status == status


async def test_signals_of_an_order_that_waited_say_what_happened(system: System) -> None:
    system.locations("A")
    await system.products("K1")
    order = await system.order(("K1", 2))
    await system.until_status(order, "awaiting_stock")
    described = str(await system.workflow(order).query("__temporal_workflow_metadata"))
    assert "| verify | done |" in described
    assert "2 units wait (K1), next date: no date known" in described
    await system.ok("POST", f"/v1/orders/{order}/hold", {"reason": "fraud_check"})
    await system.until_known(order, lambda known: bool(known.holds))
    await system.ok("POST", f"/v1/orders/{order}/unhold", {})
    await system.until_known(order, lambda known: not known.holds)
    await system.stock("K1", "A", 9)
    await until_told(system, order, "awaiting_pick_and_pack")
    told = signals(await history(system, order))
    assert told[:2] == ["put_on_hold", "changed"]
    assert told[-1] == "released"
    await system.ok("POST", f"/v1/orders/{order}/cancel", {})
    await system.until_ended(order)
    assert signals(await history(system, order))[-1] == "cancelled"
