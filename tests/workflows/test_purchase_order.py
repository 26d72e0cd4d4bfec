"""The workflows that serve queues, message by message."""

from collections import deque

from fulfillment.contracts import names
from fulfillment.domain.statuses import PurchaseOrderStatus
from tests.workflows.desk import Desk, purchase_order
from tests.workflows.stage import Stage

P = PurchaseOrderStatus


async def test_queues_are_served_until_nothing_is_left_when_goods_come(
    stage: Stage, desk: Desk
) -> None:
    desk.left_to_serve = deque([2, 1, 0])
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED))
    await stage.tell(handle, purchase_order(2, P.APPROVED, received=4, due=True))
    await stage.until_called("serve_receipts", times=3)
    await stage.tell(handle, purchase_order(3, P.RECEIVED, received=10, due=True))
    result = await handle.result()
    assert result.status is P.RECEIVED
    assert desk.calls == ["serve_receipts"] * 4


async def test_goods_are_served_when_the_message_of_them_comes_late(
    stage: Stage, desk: Desk
) -> None:
    handle = await stage.start_purchase_order(purchase_order(5, P.APPROVED))
    await stage.tell(handle, purchase_order(4, P.APPROVED, received=4, due=True))
    await stage.until_called("serve_receipts")
    await stage.tell(handle, purchase_order(6, P.CANCELLED))
    assert (await handle.result()).seq == 6


async def test_draft_waits_until_it_becomes_something(stage: Stage, desk: Desk) -> None:
    handle = await stage.start_purchase_order(purchase_order(1, P.DRAFT))
    await stage.tell(handle, purchase_order(2, P.APPROVED))
    await stage.tell(handle, purchase_order(3, P.CLOSED))
    assert (await handle.result()).status is P.CLOSED
    assert desk.calls == []


async def test_replan_ends_when_a_whole_round_found_nothing_left(stage: Stage, desk: Desk) -> None:
    desk.left_to_serve = deque([3, 1, 0])
    handle = await stage.start_replan()
    await handle.result()
    assert desk.calls == ["serve_due_queues"] * 3


async def test_replan_looks_once_more_when_asked_again(stage: Stage, desk: Desk) -> None:
    handle = await stage.client.start_workflow(
        names.REPLAN_WORKFLOW,
        {"merchant": "again"},
        id=names.replan_workflow_id("again"),
        task_queue=stage.task_queue,
        start_signal=names.AGAIN,
    )
    await handle.result()
    assert 1 <= len(desk.calls) <= 2
