"""The workflows of orders and purchase orders, as the engine lists them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import WorkflowExecutionStatus as RawStatus
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    ListWorkflowExecutionsRequest,
    ListWorkflowExecutionsResponse,
)
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.contracts import names, search_attributes

PAGE = 1_000

BUSY = frozenset(
    {
        RPCStatusCode.CANCELLED,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.UNAVAILABLE,
    }
)
"""What an engine under load answers instead of a page."""

WAITS = (0.5, 2.0, 5.0)
"""Seconds before a page is asked for again."""

AT_ONCE = 50
"""Workflows that the engine is asked about side by side."""

RUNNING = RawStatus.WORKFLOW_EXECUTION_STATUS_RUNNING

Item = TypeVar("Item")
Found = TypeVar("Found")
Plain = TypeVar("Plain")

Name = tuple[str, str]
"""A merchant, and a number of its."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the list tells of a run: for which order and in which epoch it began, what it knows.

    It is told only where it is all: see `search_attributes.is_exact`.
    """

    order: int
    epoch: int
    version: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """The latest run of a workflow, as the engine lists it."""

    merchant: str
    number: str
    workflow_id: str
    run_id: str
    is_running: bool
    started_at: datetime
    status: str | None = None
    shown: Shown | None = None


async def runs(client: Client, query: str) -> AsyncIterator[WorkflowExecutionInfo]:
    """All that the engine lists for a query; a page that it is too busy for is asked for again.

    As they come over the wire: to make the library's objects of them costs a hundred times as much
    as to read them. Raises RPCError where the engine stays away.
    """
    wanted = ListWorkflowExecutionsRequest(namespace=client.namespace, page_size=PAGE, query=query)
    while True:
        page = await _page(client, wanted)
        for run in page.executions:
            yield run
        if not page.next_page_token:
            return
        wanted.next_page_token = page.next_page_token


async def _page(
    client: Client, wanted: ListWorkflowExecutionsRequest
) -> ListWorkflowExecutionsResponse:
    for wait in WAITS:
        try:
            return await client.workflow_service.list_workflow_executions(wanted, retry=True)
        except RPCError as error:
            if error.status not in BUSY:
                raise
            await asyncio.sleep(wait)
    return await client.workflow_service.list_workflow_executions(wanted, retry=True)


async def is_running(client: Client, workflow_id: str) -> bool:
    """Whether the latest run of a workflow is open; what the engine does not know is not."""
    try:
        found = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return found.status is WorkflowExecutionStatus.RUNNING


async def gathered(
    items: Sequence[Item], ask: Callable[[Item], Awaitable[Found]]
) -> list[tuple[Item, Found]]:
    """Each item with its answer, some asked for side by side."""
    found: dict[int, Found] = {}
    left = iter(range(len(items)))

    async def some() -> None:
        for at in left:
            found[at] = await ask(items[at])

    asking = [asyncio.create_task(some()) for _ in range(min(AT_ONCE, len(items)))]
    try:
        await asyncio.gather(*asking)
    finally:
        for task in asking:
            task.cancel()
    return [(item, found[at]) for at, item in enumerate(items)]


async def listed(
    client: Client, workflow: str, kind: str, closed_since: datetime | None = None
) -> dict[Name, Listed]:
    """The latest run of each workflow that runs, or has closed since. Foreign ids are left out."""
    latest: dict[Name, Listed] = {}
    closed = f" OR CloseTime > '{closed_since.isoformat()}'" if closed_since else ""
    query = (
        f"WorkflowType = '{workflow}' AND ExecutionStatus != 'ContinuedAsNew'"
        f" AND (ExecutionStatus = 'Running'{closed})"
    )
    async for run in runs(client, query):
        if (name := names.of_workflow_id(kind, run.execution.workflow_id)) is None:
            continue
        one = _as_listed(name, run)
        before = latest.get(name)
        if before is None or (one.is_running, one.started_at) > (
            before.is_running,
            before.started_at,
        ):
            latest[name] = one
    return latest


def _as_listed(name: Name, run: WorkflowExecutionInfo) -> Listed:
    status = _plain(run.search_attributes.indexed_fields, search_attributes.STATUS.name, str)
    return Listed(
        *name,
        run.execution.workflow_id,
        run.execution.run_id,
        run.status == RUNNING,
        run.start_time.ToDatetime(UTC),
        status,
        _shown(run) if search_attributes.is_exact(status) else None,
    )


def _shown(run: WorkflowExecutionInfo) -> Shown | None:
    """What a run shows of its order; None where it shows less, as those before edition 2 do."""
    text = _plain(run.search_attributes.indexed_fields, search_attributes.VERSION.name, str)
    version = search_attributes.version_in(text) if text is not None else None
    order = _plain(run.memo.fields, "id", int)
    epoch = _plain(run.memo.fields, "epoch", int)
    if version is None or order is None or epoch is None:
        return None
    return Shown(order, epoch, version)


def _plain(fields: Mapping[str, Payload], name: str, kind: type[Plain]) -> Plain | None:
    """A value of a list, which is plain JSON whatever codec the messages have; None for another."""
    if name not in fields:
        return None
    try:
        value = json.loads(fields[name].data)
    except ValueError:
        return None
    return value if isinstance(value, kind) else None
