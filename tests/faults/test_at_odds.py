"""Workflows that were told what is not so, or live on: found, told again, and healed."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

import worker
from fulfillment.contracts import names
from fulfillment.contracts.messages import OrderStart, OrderState, Progress
from fulfillment.domain.insight.restored import PARCEL_LEFT
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.relay.healing import Healing
from fulfillment.relay.sweep import Sweep
from tests.faults.test_restore import heal
from tests.scenarios.system import System


@pytest.fixture
async def shop(front: System, database_url: str) -> Any:
    front.locations("A")
    await front.products("K1")
    await front.stock("K1", "A", 9)
    async with worker.running(front.temporal, database_url, front.task_queue):
        yield front


async def known(shop: System, number: str) -> Progress:
    state: OrderState = await shop.workflow(number).query(names.STATE, result_type=OrderState)
    assert state.progress is not None
    return state.progress


async def test_order_is_not_deaf_when_a_signal_claims_to_be_far_ahead(shop: System) -> None:
    order = await shop.order(("K1", 1))
    bogus = replace(await known(shop, order), seq=10**9, status=OrderStatus.AWAITING_STOCK)
    await shop.workflow(order).signal(names.PROGRESS, bogus)
    await shop.ship_all(order)
    await shop.until_ended(order)


async def test_order_that_a_false_signal_ended_is_held_and_started_again(shop: System) -> None:
    order = await shop.order(("K1", 1))
    told = await known(shop, order)
    false = replace(told, seq=told.seq + 1, status=OrderStatus.SHIPPED)
    await shop.workflow(order).signal(names.PROGRESS, false)
    await shop.until_ended(order)
    await heal(shop.store, shop.temporal)
    assert (await shop.until_status(order, "on_hold"))["holds"] == [PARCEL_LEFT]
    await shop.until_running(order)
    await shop.ok("POST", f"/v1/orders/{order}/unhold", {})
    await shop.ship_all(order)
    await shop.until_ended(order)


async def test_workflow_that_lives_on_after_its_order_ends_when_it_is_told_again(
    shop: System,
) -> None:
    order = await shop.order(("K1", 1))
    with shop.store.engine.begin() as connection:
        # As if the last wake had been lost.
        connection.execute(
            text(
                "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN RETURN NULL; END';"
                "CREATE TRIGGER lost BEFORE INSERT ON outbox FOR EACH ROW"
                " WHEN (NEW.kind = 'wake_order') EXECUTE FUNCTION lose()"
            )
        )
    await shop.ship_all(order)
    with shop.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER lost ON outbox"))
        connection.execute(text("UPDATE orders SET finished_at = now() - interval '1 hour'"))
    await heal(shop.store, shop.temporal)
    await shop.until_ended(order)


async def test_workflow_that_shows_another_status_twice_is_told_again(shop: System) -> None:
    order = await shop.order(("K1", 1))
    before = await known(shop, order)
    lie = replace(before, seq=before.seq + 5, status=OrderStatus.AWAITING_STOCK, waiting_units=1)
    await shop.workflow(order).signal(names.PROGRESS, lie)
    healing = Healing(every_seconds=0)

    async def connected() -> Any:
        return shop.temporal

    for _ in range(100):
        await healing.next(shop.store, connected)
        healing._next = 0.0
        if (await known(shop, order)).status is before.status:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it still believes what it was told")


async def test_foreign_workflow_does_not_stop_the_sweep(shop: System) -> None:
    junk = await shop.temporal.start_workflow(
        names.ORDER_WORKFLOW,
        OrderStart(shop.merchant, 1, "junk"),
        id="junk",
        task_queue="nobody-works-here",
    )
    await junk.terminate()
    order = await shop.order(("K1", 1))
    run = (await shop.workflow(order).describe()).run_id
    await shop.workflow(order).terminate("by mistake")

    async def connected() -> Any:
        return shop.temporal

    sweep = Sweep(shop.store, connected)
    for _ in range(100):
        await sweep.look()
        if (await shop.workflow(order).describe()).run_id != run:
            break
        await asyncio.sleep(0.1)
    await shop.ship_all(order)
    await shop.until_ended(order)
