"""Scenarios 34 and 35: what dies loses nothing and does nothing twice."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

import worker
from embedded.temporal import EmbeddedTemporal
from tests.scenarios.system import System

pytestmark = pytest.mark.slow


def process(
    arguments: list[str], database_url: str, engine: EmbeddedTemporal
) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "PEGBOARD_DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": engine.address,
    }
    return subprocess.Popen([sys.executable, "-m", *arguments], env=environment)


async def until_another_run(front: System, order: str, run: str) -> None:
    """Until the order's workflow runs again after that run was ended."""
    for _ in range(600):
        if (await front.workflow(order).describe()).run_id != run:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"order {order} was not started again")


async def test_34_order_is_claimed_once_when_the_worker_dies_before_it_reports(
    front: System, database_url: str, engine: EmbeddedTemporal
) -> None:
    front.locations("A")
    await front.products("K1")
    await front.stock("K1", "A", 5)
    crashing = process(["tests.faults.crashing_worker", front.task_queue], database_url, engine)
    body = front.order_body(("K1", 3))
    await front.ok("POST", "/v1/orders", body)
    assert await asyncio.to_thread(crashing.wait, 60) == -signal.SIGKILL
    # The claim was committed, and the workflow does not know.
    assert await front.levels("K1") == {"A": (5, 3)}
    async with worker.running(front.temporal, database_url, front.task_queue):
        known = await front.until_status(body["number"], "awaiting_pick_and_pack")
        assert known["lines"][0]["allocated"] == 3
        await front.ship_all(body["number"])
        # The dead worker's activity is given to another when its time is over.
        await asyncio.wait_for(front.workflow(body["number"]).result(), 90)
    assert await front.levels("K1") == {"A": (2, 0)}


async def test_34_orders_go_on_when_a_worker_is_killed_in_the_midst_of_them(
    front: System, database_url: str, engine: EmbeddedTemporal
) -> None:
    front.locations("A")
    await front.products("K1")
    await front.stock("K1", "A", 30)
    first = process(["tests.faults.plain_worker", front.task_queue], database_url, engine)
    bodies = [front.order_body(("K1", 1)) for _ in range(30)]
    await asyncio.gather(*(front.ok("POST", "/v1/orders", body) for body in bodies))
    while (await front.levels("K1"))["A"][1] < 5:  # noqa: ASYNC110 -- it is in the database
        await asyncio.sleep(0.02)
    first.kill()
    await asyncio.to_thread(first.wait)
    async with worker.running(front.temporal, database_url, front.task_queue):
        for body in bodies:
            await front.until_status(body["number"], "awaiting_pick_and_pack", seconds=90)
    assert await front.levels("K1") == {"A": (30, 30)}


async def test_35_everything_is_taken_and_ends_when_the_engine_was_away(
    front: System, database_url: str, engine: EmbeddedTemporal
) -> None:
    front.locations("A")
    await front.products("K1", "K2")
    await front.stock("K1", "A", 10)
    async with worker.running(front.temporal, database_url, front.task_queue):
        ready = await front.order(("K1", 2))
        waiting = await front.order(("K2", 2))
        po = await front.purchase_order(("K2", 5), location="A")
        await asyncio.to_thread(engine.stop)
        # Intake, receipts, picks and dispatches go on.
        answer = await front.http.post("/v1/orders", json=front.order_body(("K1", 1), number="NEW"))
        assert answer.status_code == 202
        assert (await front.receive(po, [2], "A")).status_code == 201
        await front.ship_all(ready)
        assert await front.status(ready) == "shipped"
        await asyncio.to_thread(engine.start)
        await front.until_status("NEW", "awaiting_pick_and_pack", seconds=60)
        await front.until_status(waiting, "awaiting_pick_and_pack", seconds=60)
        for number in ("NEW", waiting):
            await front.ship_all(number)
        for number in (ready, waiting, "NEW"):
            await asyncio.wait_for(front.workflow(number).result(), 60)


async def test_35_order_is_started_again_when_an_operator_terminates_its_workflow(
    front: System, database_url: str
) -> None:
    front.locations("A")
    await front.products("K1")
    async with worker.running(front.temporal, database_url, front.task_queue):
        order = await front.order(("K1", 2))
        run = (await front.workflow(order).describe()).run_id
        await front.workflow(order).terminate("by mistake")
        await until_another_run(front, order, run)
        await front.stock("K1", "A", 2)
        await front.ship_all(order)
        await asyncio.wait_for(front.workflow(order).result(), 30)


async def test_35_order_is_started_again_by_its_next_wake_when_its_workflow_was_terminated(
    front: System, database_url: str
) -> None:
    front.locations("A")
    await front.products("K1")
    async with worker.running(front.temporal, database_url, front.task_queue):
        order = await front.order(("K1", 2))
        run = (await front.workflow(order).describe()).run_id
        await front.workflow(order).terminate("by mistake")
        await front.stock("K1", "A", 2)
        await until_another_run(front, order, run)
        await front.ship_all(order)
        await asyncio.wait_for(front.workflow(order).result(), 30)
