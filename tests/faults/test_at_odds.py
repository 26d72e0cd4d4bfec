"""Workflows that were told what is not so, or live on: found, told again, and healed."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.common import WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

import worker
from fulfillment.contracts import names, search_attributes
from fulfillment.contracts.messages import OrderStart, OrderState, Progress
from fulfillment.domain.insight.progress import progress_of
from fulfillment.domain.insight.restored import PARCEL_LEFT, AtOdds
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.relay.audit import audit_memories, orders_without_workflow, start_again
from fulfillment.relay.healing import Healing
from fulfillment.relay.reconciling import compare_all
from fulfillment.relay.sweep import Sweep
from fulfillment.store.commands.administration import restoring
from fulfillment.store.reading.unfinished import OrderName
from fulfillment.store.transactions.session import Store, system_clock
from tests.faults.test_restore import heal
from tests.scenarios.system import System

pytestmark = pytest.mark.slow


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
    with losing_wakes(shop):
        await shop.ship_all(order)
    with shop.store.engine.begin() as connection:
        connection.execute(text("UPDATE orders SET finished_at = now() - interval '1 hour'"))
    await heal(shop.store, shop.temporal)
    await shop.until_ended(order)


async def test_workflow_that_shows_another_status_twice_is_told_again(shop: System) -> None:
    order = await shop.order(("K1", 1))
    before = await known(shop, order)
    lie = replace(before, seq=before.seq + 5, status=OrderStatus.AWAITING_STOCK, waiting_units=1)
    await shop.workflow(order).signal(names.PROGRESS, lie)
    await healed_until(shop, lambda: stands_at(shop, order, before.status))


async def stands_at(shop: System, order: str, status: OrderStatus) -> bool:
    return (await known(shop, order)).status is status


async def answers(shop: System, order: str) -> bool:
    """Whether the workflow in its name is its own, and knows it."""
    described = await shop.workflow(order).describe()
    if described.typed_search_attributes.get(search_attributes.STATUS) is None:
        return False
    return (await known(shop, order)).claimed


async def healed_until(shop: System, is_so: Callable[[], Awaitable[bool]]) -> None:
    """Let the sweep compare, as it does each minute, until it is so."""
    healing = Healing(every_seconds=0)

    async def connected() -> Any:
        return shop.temporal

    for _ in range(100):
        await healing.next(shop.store, connected)
        healing._next = 0.0
        if await is_so():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it is not healed")


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


async def test_an_order_is_started_again_once_for_one_termination(shop: System) -> None:
    order = await shop.order(("K1", 1))

    async def connected() -> Any:
        return shop.temporal

    sweep = Sweep(shop.store, connected)
    for _ in range(2):
        run = (await shop.workflow(order).describe()).run_id
        await shop.workflow(order).terminate("by mistake")
        started: list[int] = []
        for _ in range(100):
            started.append(await sweep.look())
            if sum(started) and (await shop.workflow(order).describe()).run_id != run:
                break
            await asyncio.sleep(0.1)
        started += [await sweep.look() for _ in range(3)]
        assert sum(started) == 1
    assert await Sweep(shop.store, connected).look() == 0, "another worker, later"
    await shop.ship_all(order)
    await shop.until_ended(order)


async def test_order_whose_workflow_was_deleted_is_started_again(shop: System) -> None:
    order = await shop.order(("K1", 1))
    await delete(shop, order)
    assert await orders_without_workflow(aged(shop), shop.temporal)
    await heal(shop.store, shop.temporal)
    await shop.until_running(order)
    await shop.ship_all(order)
    await shop.until_ended(order)


async def test_workflow_in_an_orders_name_that_was_started_by_hand_is_replaced(
    front: System, database_url: str
) -> None:
    front.locations("A")
    await front.products("K1")
    await front.stock("K1", "A", 9)
    for number, argument in (("JUNK", {"order": "eaten"}), ("OTHER", None)):
        await front.temporal.start_workflow(
            names.ORDER_WORKFLOW,
            argument or OrderStart("somebody", 1, "OTHER"),
            id=names.order_workflow_id(front.merchant, number),
            task_queue=front.task_queue,
        )
    await front.temporal.start_workflow(
        "SomethingElse",
        id=names.order_workflow_id(front.merchant, "ANOTHER"),
        task_queue="nobody-works-here",
    )
    async with worker.running(front.temporal, database_url, front.task_queue):
        for number in ("JUNK", "OTHER", "ANOTHER"):
            await front.order(("K1", 1), number=number)
            await front.ship_all(number)
            await front.until_ended(number)


async def test_workflow_that_was_started_by_hand_later_is_found_and_replaced(
    shop: System,
) -> None:
    order = await shop.order(("K1", 1))
    await delete(shop, order)
    await shop.temporal.start_workflow(
        names.ORDER_WORKFLOW,
        {"order": "eaten"},
        id=names.order_workflow_id(shop.merchant, order),
        task_queue=shop.task_queue,
    )
    await told_by_audit(shop, "7j", order)
    await healed_until(shop, lambda: answers(shop, order))
    await shop.ship_all(order)
    await shop.until_ended(order)


async def test_audit_tells_of_a_workflow_that_stands_behind(shop: System) -> None:
    order = await shop.order(("K1", 1))
    with losing_wakes(shop):
        await shop.ok("POST", f"/v1/orders/{order}/priority", {"priority": 7})
    assert "7j" not in {f.number for f in await audit_memories(shop.store, shop.temporal)}
    await told_by_audit(shop, "7j", order)
    start_again(shop.store, [OrderName(shop.merchant, order)])
    for _ in range(100):
        if (await known(shop, order)).priority == 7:
            break
        await asyncio.sleep(0.1)
    assert await audit_memories(aged(shop), shop.temporal) == []
    await shop.ship_all(order)
    await shop.until_ended(order)


async def test_workflow_that_stands_behind_with_the_right_status_is_found_and_told(
    shop: System,
) -> None:
    order = await shop.order(("K1", 1))
    with losing_wakes(shop):
        await shop.ok("POST", f"/v1/orders/{order}/priority", {"priority": 7})
    with shop.store.engine.begin() as connection:
        connection.execute(text("UPDATE order_event SET at = at - interval '1 hour'"))
    await healed_until(shop, lambda: has_priority(shop, order, 7))
    await shop.ship_all(order)
    await shop.until_ended(order)


async def has_priority(shop: System, order: str, priority: int) -> bool:
    return (await known(shop, order)).priority == priority


async def test_order_that_the_database_does_not_know_waits_and_is_told_of(shop: System) -> None:
    await shop.temporal.start_workflow(
        names.ORDER_WORKFLOW,
        OrderStart(shop.merchant, 10**9, "NOBODY"),
        id=names.order_workflow_id(shop.merchant, "NOBODY"),
        task_queue=shop.task_queue,
    )
    for _ in range(100):
        state = await shop.workflow("NOBODY").query(names.STATE, result_type=OrderState)
        if state.at_odds is AtOdds.UNKNOWN_ORDER:
            break
        await asyncio.sleep(0.1)
    history = await shop.workflow("NOBODY").fetch_history()
    assert len(history.events) < 20
    (found,) = await audit_memories(shop.store, shop.temporal)
    assert (found.number, found.rows[0]["number"]) == ("7d", "NOBODY")
    await shop.workflow("NOBODY").terminate()


@pytest.mark.parametrize("merchant", ["", "nobody", "zero\0", "\u2028", "x" * 300])
async def test_no_foreign_name_stops_the_sweep(shop: System, merchant: str) -> None:
    """Neither its look at closed runs nor its comparison of those that run."""
    for name in (f"order:{merchant}:SO-1", f"order:{shop.merchant}:zero\0", "order", "order::"):
        for is_closed in (True, False):
            started = await shop.temporal.start_workflow(
                names.ORDER_WORKFLOW,
                OrderStart(shop.merchant, 1, "junk"),
                id=name,
                task_queue="nobody-works-here",
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
            if is_closed:
                await started.terminate()
    order = await shop.order(("K1", 1))
    await shop.workflow(order).terminate("by mistake")

    async def connected() -> Any:
        return shop.temporal

    sweep = Sweep(shop.store, connected)
    for _ in range(100):
        if await sweep.look():
            break
        await asyncio.sleep(0.1)
    await heal(shop.store, shop.temporal)
    await shop.until_running(order)
    await compare_all(shop.store, shop.temporal)
    await shop.ship_all(order)
    await shop.until_ended(order)


async def test_order_that_can_not_be_read_keeps_no_other_from_being_healed(
    shop: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = [await shop.order(("K1", 1)) for _ in range(4)]
    for order in (bad, *good):
        await delete(shop, order)

    def unreadable(order: Order) -> Progress:
        if order.number == bad:
            raise ValueError(bad)
        return progress_of(order)

    monkeypatch.setattr(restoring, "progress_of", unreadable)
    with capture_logs() as lines:
        await heal(shop.store, shop.temporal)
    await shop.until_running(*good)
    (told,) = [line for line in lines if line["event"] == "step_failed_for_one"]
    assert told["step"] == "restart_orders"
    monkeypatch.undo()
    await heal(shop.store, shop.temporal)
    await shop.until_running(bad)


async def delete(shop: System, order: str) -> None:
    """As somebody deletes it in the UI."""
    id_ = names.order_workflow_id(shop.merchant, order)
    await shop.temporal.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(
            namespace=shop.temporal.namespace,
            workflow_execution=WorkflowExecution(workflow_id=id_),
        )
    )
    for _ in range(200):
        if not await is_there(shop, id_):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{id_} is still there")


async def is_there(shop: System, id_: str) -> bool:
    """In the list, or by its id: the engine deletes one after the other."""
    if [run async for run in shop.temporal.list_workflows(f"WorkflowId = '{id_}'")]:
        return True
    try:
        await shop.temporal.get_workflow_handle(id_).describe()
    except RPCError as error:
        return error.status is not RPCStatusCode.NOT_FOUND
    return True


def aged(shop: System) -> Store:
    """The store an hour later."""
    return Store(shop.store.engine, lambda: system_clock() + timedelta(hours=1))


async def told_by_audit(shop: System, number: str, order: str) -> None:
    """The engine lists a run a moment after it began: the audit may have to look once more."""
    told: list[object] = []
    for _ in range(40):
        found = {f.number: f.rows for f in await audit_memories(aged(shop), shop.temporal)}
        told = [row["order"] for row in found.get(number, ())]
        if told:
            break
        await asyncio.sleep(0.25)
    assert told == [order]


@contextlib.contextmanager
def losing_wakes(shop: System) -> Iterator[None]:
    with shop.store.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN RETURN NULL; END';"
                "CREATE TRIGGER lost BEFORE INSERT ON outbox FOR EACH ROW"
                " WHEN (NEW.kind = 'wake_order') EXECUTE FUNCTION lose()"
            )
        )
    yield
    with shop.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER lost ON outbox"))


async def test_workflow_in_a_purchase_orders_name_that_was_started_by_hand_is_replaced(
    front: System, database_url: str
) -> None:
    front.locations("A")
    await front.products("K1")
    id_ = names.purchase_order_workflow_id(front.merchant, "PO-1")
    await front.temporal.start_workflow(
        names.PURCHASE_ORDER_WORKFLOW, {"eaten": 1}, id=id_, task_queue=front.task_queue
    )
    async with worker.running(front.temporal, database_url, front.task_queue):
        number = await front.purchase_order(("K1", 3), location="A")
        order = await front.order(("K1", 3))
        assert (number, (await front.receive(number, [3], "A")).status_code) == ("PO-1", 201)
        await asyncio.wait_for(front.temporal.get_workflow_handle(id_).result(), 30)
        await front.ship_all(order)
        await front.until_ended(order)
