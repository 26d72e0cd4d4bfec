"""The order's workflow, message by message, on a real server with virtual time."""

import asyncio
from collections import Counter, deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import TimeSkipper

from fulfillment.contracts import names, search_attributes
from fulfillment.contracts.messages import OrderRef, Progress, Verification
from fulfillment.domain.model.statuses import OrderStatus
from tests.workflows.desk import (
    Desk,
    awaiting,
    cancelled,
    packed,
    picked,
    postponed,
    progress,
    ready,
    refusal,
    shipped,
)
from tests.workflows.stage import Stage, staged
from workflows.attempts import OF_A_LOCAL_ACTIVITY

TODAY = datetime.now(UTC).date()
E = EventType


async def test_order_ends_when_it_is_shipped(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(ready(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    for told in (picked(2), packed(3), shipped(4)):
        await stage.tell(handle, told)
    assert (await handle.result()).status is OrderStatus.SHIPPED
    assert desk.calls == ["prepare_fulfillment"]


async def test_order_in_stock_costs_few_events_and_actions(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(ready(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await stage.tell(handle, picked(2))
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()
    events = Counter(await stage.events(handle))
    billable = (
        events[E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED]
        + events[E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED]
        + events[E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]
        + events[E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]
        + events[E.EVENT_TYPE_TIMER_STARTED]
    )
    assert events.total() <= 24
    assert billable <= 6
    assert desk.verified == 1


async def test_first_answer_is_waited_for_by_the_engine_when_it_can_not_be_had_at_once(
    stage: Stage, desk: Desk
) -> None:
    desk.refusals.append(postponed())
    desk.prepare.append(ready(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    assert E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED in await stage.events(handle)
    await stage.tell(handle, shipped(2))
    await handle.result()


async def test_first_answer_is_waited_for_by_the_engine_when_it_takes_long(
    skipper: TimeSkipper, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = {**OF_A_LOCAL_ACTIVITY, "start_to_close_timeout": timedelta(seconds=0.2)}
    monkeypatch.setattr("workflows.attempts.OF_A_LOCAL_ACTIVITY", soon)
    desk = SlowlyVerifying()
    desk.prepare.append(ready(1))
    async with staged(skipper, desk) as stage:
        handle = await stage.start_order()
        await stage.until_seq(handle, 1)
        assert E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED in await stage.events(handle)
        await stage.tell(handle, shipped(2))
        await handle.result()
    assert desk.calls == ["prepare_fulfillment"]


class SlowlyVerifying(Desk):
    """Its turns never come while a local activity waits for one."""

    @activity.defn
    async def verify(self, _: OrderRef) -> Verification:
        await asyncio.Event().wait()
        raise AssertionError


async def test_order_is_held_when_a_rule_refuses_while_it_is_verified(
    stage: Stage, desk: Desk
) -> None:
    desk.refusals.append(refusal("claim_failed"))
    desk.prepare.append(ready(7))
    handle = await stage.start_order()
    state = await stage.until_seq(handle, 5)
    assert state.progress is not None
    assert state.progress.holds == ("claim_failed",)
    assert desk.calls == ["hold_order claim_failed"]
    await stage.tell(handle, cancelled(6))
    await handle.result()


async def test_run_that_began_before_local_activities_goes_on_as_it_began(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(ready(1))
    handle = await replace(stage, edition=0).start_order()
    await stage.until_seq(handle, 1)
    assert E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED in await stage.events(handle)
    assert not desk.verified
    await stage.tell(handle, shipped(2))
    await handle.result()


async def test_list_tells_apart_what_waits_and_not_how_far_the_warehouse_has_come(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(ready(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await stage.tell(handle, picked(2))
    await stage.until_seq(handle, 2)
    upserts = (await stage.events(handle)).count(E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
    assert upserts == 1
    assert "1 picked" in str(await handle.query("__temporal_workflow_metadata"))
    await stage.tell(handle, shipped(3))
    await handle.result()
    values = (await handle.describe()).typed_search_attributes
    assert values.get(search_attributes.STATUS) == "shipped"


async def test_old_news_is_not_taken_when_it_comes_late_or_twice(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(ready(4))
    handle = await stage.start_order()
    await stage.until_seq(handle, 4)
    await stage.tell(handle, cancelled(3))
    await stage.tell(handle, ready(4))
    await stage.tell(handle, picked(5))
    state = await stage.until_seq(handle, 5)
    await stage.tell(handle, shipped(6))
    await handle.result()
    assert state.progress == picked(5)


async def test_progress_that_comes_before_the_first_answer_is_kept(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(ready(1))
    handle = await stage.start_order()
    await stage.tell(handle, shipped(9))
    assert (await handle.result()).seq == 9


async def test_order_goes_on_when_its_stock_comes(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(awaiting(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await stage.tell(handle, ready(2))
    await stage.tell(handle, shipped(3))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment"]


async def test_order_looks_again_when_anyone_hints_that_stock_came(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(awaiting(1))
    desk.look.append(ready(2))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await handle.signal(names.PO_RECEIVED, "PO-1")
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment", "look_again"]


async def test_hint_is_ignored_when_nothing_is_awaited(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(ready(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await handle.signal(names.PO_RECEIVED)
    await stage.tell(handle, shipped(2))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment"]


@pytest.mark.parametrize("days", [3, 400])
async def test_order_looks_when_its_date_has_passed(stage: Stage, desk: Desk, days: int) -> None:
    due = TODAY + timedelta(days=days)
    desk.prepare.append(awaiting(1, due))
    desk.look.append(ready(2))
    handle = await stage.start_order()
    await stage.until_armed(handle, due)
    await stage.pass_days(handle, days - 1)
    assert desk.calls == ["prepare_fulfillment"]
    await stage.pass_days(handle, 3)
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment", "look_again"]


async def test_date_that_moves_later_wakes_nobody_and_is_met_when_the_timer_fires(
    stage: Stage, desk: Desk
) -> None:
    first, later = TODAY + timedelta(days=10), TODAY + timedelta(days=200)
    desk.prepare.append(awaiting(1, first))
    desk.look.append(ready(3))
    handle = await stage.start_order()
    await stage.until_armed(handle, first)
    await stage.tell(handle, awaiting(2, later))
    await stage.until_seq(handle, 2)
    assert (await stage.state(handle)).timer_armed_for == first
    await stage.pass_days(handle, 12)
    await stage.until_armed(handle, later)
    assert desk.calls == ["prepare_fulfillment"]
    await stage.pass_days(handle, 192)
    await stage.until_seq(handle, 3)
    await stage.tell(handle, shipped(4))
    await handle.result()


async def test_date_that_moves_earlier_arms_the_timer_anew(stage: Stage, desk: Desk) -> None:
    first, earlier = TODAY + timedelta(days=100), TODAY + timedelta(days=5)
    desk.prepare.append(awaiting(1, first))
    desk.look.append(ready(3))
    handle = await stage.start_order()
    await stage.until_armed(handle, first)
    await stage.tell(handle, awaiting(2, earlier))
    await stage.until_armed(handle, earlier)
    await stage.pass_days(handle, 7)
    await stage.until_seq(handle, 3)
    await stage.tell(handle, shipped(4))
    await handle.result()


async def test_order_looks_once_a_day_when_its_date_stays_passed(stage: Stage, desk: Desk) -> None:
    due = TODAY + timedelta(days=1)
    desk.prepare.append(awaiting(1, due))
    desk.look.append(awaiting(1, due))
    handle = await stage.start_order()
    await stage.until_armed(handle, due)
    await stage.pass_days(handle, 2.9)
    await stage.until_called("look_again")
    await stage.pass_days(handle, 3)
    await stage.until_called("look_again", times=2)
    assert desk.calls.count("look_again") <= 5
    await stage.tell(handle, shipped(4))
    await handle.result()


async def test_timer_is_gone_when_the_order_ends_before_its_date(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(awaiting(1, TODAY + timedelta(days=50)))
    handle = await stage.start_order()
    await stage.until_armed(handle, TODAY + timedelta(days=50))
    await stage.tell(handle, cancelled(2))
    assert (await handle.result()).status is OrderStatus.CANCELLED
    assert E.EVENT_TYPE_TIMER_CANCELED in await stage.events(handle)


async def test_order_is_held_and_goes_on_when_a_rule_refuses(stage: Stage, desk: Desk) -> None:
    desk.prepare.extend([refusal("no_longer_sold"), ready(7)])
    handle = await stage.start_order()
    await stage.until_seq(handle, 5)
    await stage.tell(handle, progress(6, OrderStatus.RECEIVED, claimed=False))
    await stage.until_seq(handle, 7)
    await stage.tell(handle, shipped(8))
    await handle.result()
    assert "hold_order no_longer_sold" in desk.calls


async def test_order_is_held_when_a_rule_refuses_while_it_waits(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(awaiting(1))
    desk.look.append(refusal("gone"))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await handle.signal(names.PO_RECEIVED)
    state = await stage.until_seq(handle, 5)
    assert state.progress is not None
    assert state.progress.holds == ("gone",)
    await stage.tell(handle, cancelled(6))
    await handle.result()


async def test_run_for_a_finished_order_ends_at_once(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(shipped(12))
    handle = await stage.start_order()
    assert (await handle.result()).seq == 12


async def test_history_begins_anew_and_keeps_what_is_known_when_it_grows_long(
    skipper: TimeSkipper, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.order.MOST_SIGNALS", 3)
    desk.prepare.append(awaiting(1, TODAY + timedelta(days=30)))
    async with staged(skipper, desk) as stage:
        handle = await stage.start_order()
        await stage.until_seq(handle, 1)
        for seq in range(2, 6):
            await stage.tell(handle, awaiting(seq, TODAY + timedelta(days=30)))
            await stage.until_seq(handle, seq)
        await stage.until_armed(handle, TODAY + timedelta(days=30))
        runs = (await handle.describe()).run_id
        assert runs != handle.first_execution_run_id
        await stage.tell(handle, shipped(9))
        assert (await handle.result()).seq == 9
    assert desk.calls == ["prepare_fulfillment"]


async def test_hint_is_followed_when_it_comes_while_it_looks_and_the_history_begins_anew(
    skipper: TimeSkipper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.order.MOST_SIGNALS", 2)
    desk = SlowDesk()
    desk.prepare.append(awaiting(1))
    desk.look = deque([awaiting(2), ready(3)])
    async with staged(skipper, desk) as stage:
        handle = await stage.start_order()
        await stage.until_seq(handle, 1)
        await handle.signal(names.PO_RECEIVED, "PO-1")
        await stage.until_called("look_again")
        await handle.signal(names.PO_RECEIVED, "PO-2")
        desk.looked.set()
        await stage.until_seq(handle, 3)
        assert (await handle.describe()).run_id != handle.first_execution_run_id
        await stage.tell(handle, shipped(4))
        await handle.result()
    assert desk.calls.count("look_again") == 2


class SlowDesk(Desk):
    """Its first look takes until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = asyncio.Event()

    @activity.defn
    async def look_again(self, order: OrderRef) -> Progress:
        answer = await super().look_again(order)
        await self.looked.wait()
        return answer


async def test_search_attributes_are_capped_when_very_many_skus_are_awaited(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(awaiting(1, skus=[f"SKU-WITH-A-LONG-NAME-{n:05}" for n in range(2_000)]))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    described = await handle.describe()
    assert described.status is WorkflowExecutionStatus.RUNNING
    values = described.typed_search_attributes
    assert values.get(search_attributes.STATUS) == "awaiting_stock"
    assert 0 < len(values.get(search_attributes.AWAITED_SKUS) or []) < 100
    assert values.get(search_attributes.AWAITED_UNITS) == 2
    await stage.tell(handle, replace(cancelled(2)))
    await handle.result()


async def test_operator_reads_each_step_and_what_it_waits_for(stage: Stage, desk: Desk) -> None:
    due = TODAY + timedelta(days=9)
    desk.prepare.append(replace(awaiting(1, due), verified=False, prepared=True, shipped_units=3))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    described = str(await handle.query("__temporal_workflow_metadata"))
    for told in (
        "| verify | waits for a person |",
        "| prepare fulfillment | done |",
        f"| await stock | 2 units wait (K1) for PO-1, next date: {due} |",
        "| release, pick, pack | 1 backorder |",
        "| ship | 3 units have left |",
        "GET /v1/orders/W-7",
        "pegboard order show W-7 --merchant",
    ):
        assert told in described
    await stage.tell(handle, cancelled(2))
    await handle.result()


@pytest.mark.parametrize("name", sorted(names.NEWS))
async def test_news_is_taken_whatever_it_is_called(stage: Stage, desk: Desk, name: str) -> None:
    desk.prepare.append(ready(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await stage.tell(handle, picked(2), name)
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment"]


async def test_history_says_to_which_step_an_event_belongs(stage: Stage, desk: Desk) -> None:
    due = TODAY + timedelta(days=9)
    desk.prepare.append(awaiting(1, due))
    desk.look.append(ready(2))
    handle = await stage.start_order()
    await stage.until_armed(handle, due)
    await handle.signal(names.PO_RECEIVED)
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()
    steps = [
        [marker.label.id for marker in event.event_group_markers]
        async for event in handle.fetch_history_events()
        if event.event_type in (E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, E.EVENT_TYPE_TIMER_STARTED)
    ]
    assert steps == [["await stock"], ["await stock"]]


async def test_operator_reads_where_the_order_stands(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(awaiting(1, TODAY + timedelta(days=9)))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    described = await handle.query("__temporal_workflow_metadata")
    assert "awaiting stock" in str(described)
    assert "2 units wait (K1)" in str(described)
    await stage.tell(handle, cancelled(2))
    await handle.result()


async def test_date_that_passes_while_the_order_is_ready_is_of_no_use(
    stage: Stage, desk: Desk
) -> None:
    due = TODAY + timedelta(days=3)
    desk.prepare.append(awaiting(1, due))
    handle = await stage.start_order()
    await stage.until_armed(handle, due)
    await stage.tell(handle, ready(2))
    await stage.until_seq(handle, 2)
    await stage.pass_days(handle, 5)
    await stage.tell(handle, shipped(3))
    await asyncio.wait_for(handle.result(), 20)
    assert desk.calls == ["prepare_fulfillment"]


async def test_hint_tries_once_more_when_the_first_claim_was_refused(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(refusal("no_longer_sold"))
    handle = await stage.start_order()
    await stage.until_seq(handle, 5)
    await handle.signal(names.PO_RECEIVED)
    await stage.until_called("prepare_fulfillment", times=2)
    await asyncio.sleep(1)
    assert desk.calls.count("prepare_fulfillment") == 2
    await stage.tell(handle, cancelled(6))
    await handle.result()
