"""The workflows of orders and purchase orders, as the engine lists them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionAsyncIterator,
    WorkflowExecutionStatus,
)
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

Item = TypeVar("Item")
Found = TypeVar("Found")

Name = tuple[str, str]
"""A merchant, and a number of its."""


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


async def runs(client: Client, query: str) -> AsyncIterator[WorkflowExecution]:
    """All that the engine lists for a query; a page that it is too busy for is asked for again.

    Raises RPCError where it stays away.
    """
    pages = client.list_workflows(query, page_size=PAGE)
    while True:
        await _next_page(pages)
        for run in pages.current_page or ():
            yield run
        if not pages.next_page_token:
            return


async def _next_page(pages: WorkflowExecutionAsyncIterator) -> None:
    for wait in WAITS:
        try:
            await pages.fetch_next_page()
        except RPCError as error:
            if error.status not in BUSY:
                raise
            await asyncio.sleep(wait)
        else:
            return
    await pages.fetch_next_page()


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
    found: list[tuple[Item, Found]] = []
    for at in range(0, len(items), AT_ONCE):
        batch = items[at : at + AT_ONCE]
        answers = await asyncio.gather(*(ask(item) for item in batch))
        found.extend(zip(batch, answers, strict=True))
    return found


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
        if (name := names.of_workflow_id(kind, run.id)) is None:
            continue
        is_running = run.status is WorkflowExecutionStatus.RUNNING
        status = run.typed_search_attributes.get(search_attributes.STATUS)
        one = Listed(*name, run.id, run.run_id, is_running, run.start_time, status)
        before = latest.get(name)
        if before is None or (one.is_running, one.started_at) > (
            before.is_running,
            before.started_at,
        ):
            latest[name] = one
    return latest
