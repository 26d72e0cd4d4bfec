"""What a workflow knows, read off its history: no worker has to run for it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent, MarkerRecordedEventAttributes
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.contracts import names
from fulfillment.contracts.hearing import read
from fulfillment.contracts.messages import (
    OrderStart,
    Progress,
    PurchaseOrderProgress,
    PurchaseOrderStart,
    Standing,
)
from fulfillment.domain.insight.restored import contradicts, is_doubtful

Message = TypeVar("Message")
ANSWERS_WITH_PROGRESS = frozenset({"prepare_fulfillment", "look_again", "hold_order"})
CHECKS = "check_with_database"


@dataclass(frozen=True, slots=True)
class OrderMemory:
    """For which order a workflow runs, since which epoch, and what it knows of it."""

    order: int
    epoch: int
    progress: Progress | None


async def order_memory(client: Client, workflow_id: str, run_id: str | None) -> OrderMemory | None:
    """What an order's run knows, taken by the workflow's own rules; None where it is not ours."""
    memory: OrderMemory | None = None
    kinds: dict[int, str] = {}
    async for event in _events(client, workflow_id, run_id):
        if event.HasField("workflow_execution_started_event_attributes"):
            started = event.workflow_execution_started_event_attributes
            start = await _decoded(client, started.input.payloads, OrderStart)
            if start is None:
                return None
            memory = OrderMemory(start.order, start.epoch, start.progress)
        elif memory is not None:
            memory = await _heard(client, memory, event, kinds)
    return memory


async def _heard(
    client: Client, memory: OrderMemory, event: HistoryEvent, kinds: dict[int, str]
) -> OrderMemory:
    if event.HasField("workflow_execution_signaled_event_attributes"):
        told = event.workflow_execution_signaled_event_attributes
        if told.signal_name in names.NEWS:
            return _took(memory, await _decoded(client, told.input.payloads, Progress))
        return memory
    kind, answer = _answer_in(event, kinds)
    if kind in ANSWERS_WITH_PROGRESS:
        return _took(memory, await _decoded(client, answer, Progress))
    if kind == CHECKS:
        standing = await _decoded(client, answer, Standing)
        if standing is not None and standing.progress is not None:
            return replace(memory, progress=standing.progress)
    return memory


def _answer_in(event: HistoryEvent, kinds: dict[int, str]) -> tuple[str | None, Sequence[Payload]]:
    """Which activity answered by this event, and what; `kinds` are those that were asked for."""
    if event.HasField("activity_task_scheduled_event_attributes"):
        scheduled = event.activity_task_scheduled_event_attributes
        kinds[event.event_id] = scheduled.activity_type.name
    elif event.HasField("activity_task_completed_event_attributes"):
        done = event.activity_task_completed_event_attributes
        return kinds.get(done.scheduled_event_id), done.result.payloads
    elif event.HasField("marker_recorded_event_attributes"):
        marker = event.marker_recorded_event_attributes
        if (kind := _local_activity(marker)) is not None:
            return kind, marker.details["result"].payloads
    return None, ()


def _local_activity(marker: MarkerRecordedEventAttributes) -> str | None:
    """Which local activity a marker tells of; None where it is of something else.

    The library writes it; there is no reader of it to call.
    """
    if marker.marker_name != "core_local_activity" or "result" not in marker.details:
        return None
    try:
        (told,) = marker.details["data"].payloads
        return str(json.loads(told.data)["activity_type"])
    except (ValueError, KeyError, TypeError):
        return None


def _took(memory: OrderMemory, told: Progress | None) -> OrderMemory:
    known = memory.progress
    if told is None or is_doubtful(told, known, memory.order, memory.epoch):
        return memory
    return replace(memory, progress=told) if known is None or told.seq > known.seq else memory


async def start_of(
    client: Client, workflow_id: str, run_id: str, workflow: str, kind: type[Message]
) -> Message | None:
    """With what a run of this workflow was started; None where that is nothing of ours."""
    async for event in _events(client, workflow_id, run_id, page_size=1):
        started = event.workflow_execution_started_event_attributes
        if started.workflow_type.name == workflow:
            return await _decoded(client, started.input.payloads, kind)
        break
    return None


async def purchase_order_memory(
    client: Client, workflow_id: str, run_id: str | None
) -> PurchaseOrderProgress | None:
    """What a purchase order's run knows."""
    known: PurchaseOrderProgress | None = None
    async for event in _events(client, workflow_id, run_id):
        told, is_answer = await _purchase_order_told(client, event)
        if told is None:
            continue
        if known is None or is_answer or (not contradicts(told, known) and told.seq > known.seq):
            known = told
    return known


async def _purchase_order_told(
    client: Client, event: HistoryEvent
) -> tuple[PurchaseOrderProgress | None, bool]:
    """What an event says of a purchase order, and whether it is the database's own answer."""
    if event.HasField("workflow_execution_started_event_attributes"):
        started = event.workflow_execution_started_event_attributes
        start = await _decoded(client, started.input.payloads, PurchaseOrderStart)
        return start.progress if start else None, False
    if event.HasField("workflow_execution_signaled_event_attributes"):
        told = event.workflow_execution_signaled_event_attributes
        return await _decoded(client, told.input.payloads, PurchaseOrderProgress), False
    if event.HasField("activity_task_completed_event_attributes"):
        done = event.activity_task_completed_event_attributes
        return await _decoded(client, done.result.payloads, PurchaseOrderProgress), True
    return None, False


async def _events(
    client: Client, workflow_id: str, run_id: str | None, page_size: int | None = None
) -> Any:
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        async for event in handle.fetch_history_events(page_size=page_size):
            yield event
    except RPCError as error:
        # Its retention may have ended meanwhile.
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def _decoded(
    client: Client, payloads: Iterable[Payload], kind: type[Message]
) -> Message | None:
    """What was sent, where it is what it should be, as the workflow itself reads it."""
    given: Sequence[Payload] = list(payloads)
    if (codec := client.data_converter.payload_codec) is not None:
        given = await codec.decode(given)
    return read(client.data_converter.payload_converter, given, kind)
