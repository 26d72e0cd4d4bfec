"""The workflows that serve queues, message by message."""

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.testing import TimeSkipper

from fulfillment.contracts import names
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from tests.workflows.desk import Desk, purchase_order
from tests.workflows.stage import Stage, staged

P = PurchaseOrderStatus
TODAY = datetime.now(UTC).date()


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


async def test_goods_are_declared_overdue_once_for_all_when_their_date_has_passed(
    stage: Stage, desk: Desk
) -> None:
    due = TODAY + timedelta(days=400)
    desk.overdue.append(purchase_order(2, P.IN_TRANSIT, overdue=10))
    handle = await stage.start_purchase_order(purchase_order(1, P.IN_TRANSIT, due_on=due))
    await stage.pass_days(handle, 400)
    assert desk.calls == []
    await stage.pass_days(handle, 2)
    await stage.until_called("declare_overdue")
    await stage.pass_days(handle, 400)
    assert desk.calls == ["declare_overdue"]


async def test_timer_is_set_anew_when_it_rings_on_a_date_that_has_moved_later(
    stage: Stage, desk: Desk
) -> None:
    soon, later = TODAY + timedelta(days=3), TODAY + timedelta(days=30)
    desk.overdue.append(purchase_order(3, P.APPROVED, overdue=10))
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED, due_on=soon))
    await stage.until_event(handle, EventType.EVENT_TYPE_TIMER_STARTED)
    await stage.tell(handle, purchase_order(2, P.APPROVED, due_on=later))
    await stage.pass_days(handle, 10)
    assert desk.calls == []
    await stage.pass_days(handle, 22)
    await stage.until_called("declare_overdue")
    events = await stage.events(handle)
    assert events.count(EventType.EVENT_TYPE_TIMER_STARTED) == 2
    assert EventType.EVENT_TYPE_TIMER_CANCELED not in events


async def test_timer_rings_earlier_when_the_date_moves_earlier(stage: Stage, desk: Desk) -> None:
    soon, later = TODAY + timedelta(days=3), TODAY + timedelta(days=300)
    desk.overdue.append(purchase_order(3, P.APPROVED, overdue=10))
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED, due_on=later))
    await stage.until_event(handle, EventType.EVENT_TYPE_TIMER_STARTED)
    await stage.tell(handle, purchase_order(2, P.APPROVED, due_on=soon))
    await stage.pass_days(handle, 5)
    await stage.until_called("declare_overdue")


async def test_nothing_is_overdue_when_the_date_was_taken_away(stage: Stage, desk: Desk) -> None:
    soon = TODAY + timedelta(days=3)
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED, due_on=soon))
    await stage.until_event(handle, EventType.EVENT_TYPE_TIMER_STARTED)
    await stage.tell(handle, purchase_order(2, P.APPROVED))
    await stage.pass_days(handle, 10)
    await stage.tell(handle, purchase_order(3, P.CANCELLED))
    await handle.result()
    assert desk.calls == []


async def test_queues_are_served_when_more_was_overdue_than_one_transaction_plans(
    stage: Stage, desk: Desk
) -> None:
    desk.overdue.append(purchase_order(2, P.APPROVED, overdue=10, due=True))
    desk.left_to_serve = deque([1, 0])
    yesterday = TODAY - timedelta(days=1)
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED, due_on=yesterday))
    await stage.pass_days(handle, 1)
    await stage.until_called("serve_receipts", times=2)
    assert desk.calls == ["declare_overdue", "serve_receipts", "serve_receipts"]


async def test_it_looks_again_when_the_date_has_not_passed_by_the_clock_of_the_database(
    stage: Stage, desk: Desk
) -> None:
    due = TODAY + timedelta(days=3)
    still = purchase_order(1, P.APPROVED, due_on=due)
    desk.overdue = deque([still, purchase_order(2, P.APPROVED, overdue=10)])
    handle = await stage.start_purchase_order(still)
    await stage.pass_days(handle, 5)
    await stage.until_called("declare_overdue", times=2)
    await stage.pass_days(handle, 5)
    assert desk.calls == ["declare_overdue"] * 2


async def test_goods_that_come_during_the_pause_are_served_at_once(
    stage: Stage, desk: Desk
) -> None:
    still = purchase_order(1, P.APPROVED, due_on=TODAY - timedelta(days=1))
    desk.overdue = deque([still])
    handle = await stage.start_purchase_order(still)
    await stage.until_event(handle, EventType.EVENT_TYPE_TIMER_STARTED)
    # Time stands still now: only news can end the pause.
    await stage.tell(handle, purchase_order(2, P.RECEIVED, received=10, due=True))
    assert (await handle.result()).status is P.RECEIVED
    assert desk.calls[-1] == "serve_receipts"


async def test_replan_goes_on_in_a_new_history_when_the_old_one_is_long(
    skipper: TimeSkipper, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = [False, True, False, False]
    monkeypatch.setattr(
        workflow.Info, "is_continue_as_new_suggested", lambda _: long.pop(0) if long else False
    )
    desk.left_to_serve = deque([2, 1, 0])
    async with staged(skipper, desk) as stage:
        handle = await stage.start_replan()
        await handle.result()
        assert (await handle.describe()).run_id != handle.first_execution_run_id
    assert desk.calls == ["serve_due_queues"] * 3
