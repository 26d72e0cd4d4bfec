"""The audit reads the histories of those alone of whom the list does not tell all."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

import worker
from fulfillment.contracts import names
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.relay.audit import audit_both_sides
from fulfillment.relay.remembering import order_memory
from tests.faults.test_at_odds import aged, known, losing_wakes
from tests.scenarios.system import System

pytestmark = pytest.mark.slow


@pytest.fixture
async def shop(front: System, database_url: str) -> Any:
    front.locations("A")
    await front.products("K1", "K2")
    await front.stock("K1", "A", 9)
    async with worker.running(front.temporal, database_url, front.task_queue):
        yield front


@contextmanager
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The workflows whose histories are read, once each."""
    found: list[str] = []

    async def noting(client: Any, workflow_id: str, run_id: str | None) -> Any:
        found.append(workflow_id)
        return await order_memory(client, workflow_id, run_id)

    with monkeypatch.context() as patched:
        patched.setattr("fulfillment.relay.comparing.order_memory", noting)
        yield found


async def broken(shop: System) -> dict[str, list[str]]:
    """Which orders break which rule."""
    _, findings = await audit_both_sides(aged(shop), shop.temporal)
    return {each.number: [row["order"] for row in each.rows] for each in findings}


async def test_histories_are_read_of_orders_at_the_warehouse_alone(
    shop: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_warehouse = await shop.order(("K1", 1))
    waiting = [await shop.order(("K2", 1)) for _ in range(3)]
    await shop.ok("POST", f"/v1/orders/{waiting[0]}/hold", {"reason": "fraud"})
    await shop.until_status(waiting[0], "on_hold")
    wanted = [names.order_workflow_id(shop.merchant, at_the_warehouse)]
    read = await histories_read(shop, monkeypatch)
    for _ in range(100):
        if read == wanted:
            return
        await asyncio.sleep(0.1)  # The engine's list follows its workflows a moment later.
        read = await histories_read(shop, monkeypatch)
    assert read == wanted


async def histories_read(shop: System, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of whom, in an audit that finds nothing."""
    with asked(monkeypatch) as read:
        assert await audit_both_sides(shop.store, shop.temporal) == ([], [])
    return read


async def test_who_waits_and_was_not_told_is_found(shop: System) -> None:
    _, order = [await shop.order(("K2", 1)) for _ in range(2)]
    with losing_wakes(shop):
        await shop.ok("POST", f"/v1/orders/{order}/priority", {"priority": 7})
    assert await broken(shop) == {"7j": [order]}


@pytest.mark.parametrize(
    ("sku", "status"), [("K2", OrderStatus.AWAITING_STOCK), ("K1", OrderStatus.PICKING)]
)
async def test_who_was_told_more_than_the_database_knows_is_found(
    shop: System, sku: str, status: OrderStatus
) -> None:
    """As after a database was put back: what the list shows may be the same before and after."""
    order = await shop.order((sku, 1))
    before = await known(shop, order)
    lie = replace(before, seq=before.seq + 1, status=status)
    await shop.workflow(order).signal(names.PROGRESS, lie)
    assert (await known(shop, order)).seq == lie.seq
    assert await broken(shop) == {"7c": [order]}
