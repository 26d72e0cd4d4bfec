"""Waits of weeks and years: the engine's clock is moved on, and the stored dates come nearer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

import worker
from fulfillment.contracts import names
from fulfillment.store.transactions.session import Tx
from tests.scenarios.system import System, api
from tests.workflows.skipping import fast_forward


@pytest.fixture
def skipper(temporal_client: Client) -> TimeSkipper:
    return TimeSkipper(temporal_client, config=TimeSkippingConfig(enabled=False))


@pytest.fixture
async def system(database_url: str, skipper: TimeSkipper) -> AsyncIterator[System]:
    async with api(database_url, skipper.client) as built:
        yield built
        built.check()


def in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


NEARER = """
UPDATE supply SET expected_on = expected_on - :days;
UPDATE purchase_order SET expected_on = expected_on - :days;
UPDATE orders SET recheck_on = recheck_on - :days,
       placed_at = placed_at - make_interval(days => :days), placed_on = placed_on - :days;
UPDATE open_demand SET placed_at = placed_at - make_interval(days => :days);
UPDATE peg SET placed_at = placed_at - make_interval(days => :days);
UPDATE shipment SET expected_on = expected_on - :days;
UPDATE order_line SET promise = (
       SELECT jsonb_agg(jsonb_build_array(p->0, ((p->>1)::date - :days)::text))
         FROM jsonb_array_elements(promise) p)
 WHERE jsonb_array_length(promise) > 0
"""


async def pass_days(
    system: System, skipper: TimeSkipper, days: int, *workflows: Any, early: bool = False
) -> None:
    """So many days pass: everything dated is nearer, and these workflows' clocks move on.

    They come to the same hour of that day, or to an hour so `early` that the last day before is
    not over everywhere.
    """
    passed = timedelta(days=days)
    if early:
        now = datetime.now(UTC)
        passed += timedelta(hours=1) - (now - now.replace(hour=0, minute=0, second=0))

    def shift(tx: Tx) -> None:
        for sql in NEARER.split(";"):
            tx.run(sql, days=days)

    system.store.transact(system.merchant, shift)
    await asyncio.gather(*(fast_forward(skipper, w, passed) for w in workflows))


def purchase_workflow(system: System, number: str) -> Any:
    return system.temporal.get_workflow_handle(
        names.purchase_order_workflow_id(system.merchant, number)
    )


async def activities(handle: Any) -> list[str]:
    """The activities that the engine gave to workers; an order's first ones are local."""
    return [
        event.activity_task_scheduled_event_attributes.activity_type.name
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]


async def promise(system: System, order: str) -> list[tuple[int, str]]:
    (line,) = (await system.read(order))["lines"]
    return [(piece["units"], piece["on"]) for piece in line["promise"]]


async def test_14_promise_moves_once_when_the_purchase_order_is_late(
    system: System, skipper: TimeSkipper, database_url: str
) -> None:
    async with worker.running(skipper.client, database_url, system.task_queue):
        system.locations("A")
        await system.products("K1")
        po = await system.purchase_order(("K1", 100), location="A", expected_on=in_days(10))
        order = await system.order(("K1", 120))
        others = [await system.order(("K1", 1)) for _ in range(3)]
        assert await promise(system, order) == [(100, in_days(10)), (20, in_days(30))]
        workflows = [system.workflow(number) for number in (order, *others)]
        await pass_days(system, skipper, 11, purchase_workflow(system, po), *workflows, early=True)
        await system.until_order(order, lambda o: o["lines"][0]["pegged"] == 0)
        assert await promise(system, order) == [(120, in_days(19))]
        history = await system.ok("GET", f"/v1/orders/{order}/history")
        assert [e["kind"] for e in history["items"]].count("promise_moved") == 1
        assert await activities(purchase_workflow(system, po)) == ["declare_overdue"]
        for waiting in workflows:
            assert await activities(waiting) == []
        late = await system.ok("GET", f"/v1/purchase-orders/{po}")
        assert late["lines"][0]["overdue"] is True
        await system.receive(po, [100], "A")
        await system.until_order(order, lambda o: o["lines"][0]["allocated"] == 100)


async def test_order_waits_for_years_through_a_restart_and_a_date_that_moves(
    system: System, skipper: TimeSkipper, database_url: str
) -> None:
    async with worker.running(skipper.client, database_url, system.task_queue):
        system.locations("A")
        await system.products("K1")
        po = await system.purchase_order(("K1", 5), location="A", expected_on=in_days(400))
        order = await system.order(("K1", 5))
        goods, waiting = purchase_workflow(system, po), system.workflow(order)
        await pass_days(system, skipper, 300, goods, waiting)
        later = {"expected_on": in_days(900)}
        await system.ok("PATCH", f"/v1/purchase-orders/{po}", later)
        await pass_days(system, skipper, 200, goods)
    async with worker.running(skipper.client, database_url, system.task_queue):
        await pass_days(system, skipper, 600, goods)
        await system.ok("PATCH", f"/v1/purchase-orders/{po}", {"expected_on": in_days(101)})
        assert await promise(system, order) == [(5, in_days(101))]
        await system.receive(po, [5], "A")
        await system.until_status(order, "awaiting_pick_and_pack")
        await system.ship_all(order)
        await system.until_ended(order)
        assert await activities(waiting) == []
