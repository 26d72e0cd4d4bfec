"""One worker with a desk in place of the database, on the server that can skip time."""

import asyncio
import contextlib
import itertools
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

import worker
from fulfillment.contracts import names, search_attributes
from fulfillment.contracts.messages import (
    EDITION,
    OrderStart,
    OrderState,
    Progress,
    PurchaseOrderProgress,
    PurchaseOrderStart,
    ReplanStart,
)
from tests.workflows.desk import Desk
from tests.workflows.skipping import fast_forward

numbers = itertools.count(1)


@dataclass
class Stage:
    """Starts workflows, tells them things, and waits for what they do."""

    skipper: TimeSkipper
    desk: Desk
    task_queue: str = field(default_factory=lambda: f"stage-{uuid.uuid4().hex[:8]}")
    edition: int = EDITION

    @property
    def client(self) -> Client:
        return self.skipper.client

    async def start_order(self, known: Progress | None = None) -> WorkflowHandle[Any, Progress]:
        merchant = f"m{next(numbers)}-{uuid.uuid4().hex[:6]}"
        return await self.client.start_workflow(
            names.ORDER_WORKFLOW,
            OrderStart(merchant, 7, "W-7", known, edition=self.edition),
            id=names.order_workflow_id(merchant, "W-7"),
            task_queue=self.task_queue,
            search_attributes=search_attributes.order_at_start(merchant, 50),
            result_type=Progress,
        )

    async def start_purchase_order(
        self, known: PurchaseOrderProgress
    ) -> WorkflowHandle[Any, PurchaseOrderProgress]:
        merchant = f"m{next(numbers)}-{uuid.uuid4().hex[:6]}"
        return await self.client.start_workflow(
            names.PURCHASE_ORDER_WORKFLOW,
            PurchaseOrderStart(merchant, known),
            id=names.purchase_order_workflow_id(merchant, known.number),
            task_queue=self.task_queue,
            result_type=PurchaseOrderProgress,
        )

    async def start_replan(self) -> WorkflowHandle[Any, None]:
        merchant = f"m{next(numbers)}-{uuid.uuid4().hex[:6]}"
        return await self.client.start_workflow(
            names.REPLAN_WORKFLOW,
            ReplanStart(merchant),
            id=names.replan_workflow_id(merchant),
            task_queue=self.task_queue,
        )

    async def tell(
        self, handle: WorkflowHandle[Any, Any], known: object, name: str = names.PROGRESS
    ) -> None:
        await handle.signal(name, known)

    async def state(self, handle: WorkflowHandle[Any, Any]) -> OrderState:
        state: OrderState = await handle.query(names.STATE, result_type=OrderState)
        return state

    async def until(
        self, handle: WorkflowHandle[Any, Any], found: Callable[[OrderState], bool]
    ) -> OrderState:
        """The state as soon as it is so."""
        state = await self.state(handle)
        for _ in range(200):
            state = await self.state(handle)
            if found(state):
                return state
            await asyncio.sleep(0.05)
        raise AssertionError(f"still {state}")

    async def until_seq(self, handle: WorkflowHandle[Any, Any], seq: int) -> OrderState:
        return await self.until(
            handle, lambda state: state.progress is not None and state.progress.seq >= seq
        )

    async def until_purchase_order(
        self, handle: WorkflowHandle[Any, Any], version: tuple[int, int]
    ) -> PurchaseOrderProgress:
        """What a purchase order knows as soon as it is that."""
        known: PurchaseOrderProgress | None = None
        for _ in range(200):
            known = await handle.query(names.STATE, result_type=PurchaseOrderProgress)
            if known.version == version:
                return known
            await asyncio.sleep(0.05)
        raise AssertionError(f"still {known}")

    async def until_armed(self, handle: WorkflowHandle[Any, Any], due: date) -> OrderState:
        return await self.until(handle, lambda state: state.timer_armed_for == due)

    async def until_called(self, call: str, times: int = 1) -> None:
        for _ in range(200):
            if self.desk.calls.count(call) >= times:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{call} was not called {times} times: {self.desk.calls}")

    async def until_event(self, handle: WorkflowHandle[Any, Any], kind: int) -> None:
        for _ in range(200):
            if kind in await self.events(handle):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"no event {kind}: {await self.events(handle)}")

    async def pass_days(self, handle: WorkflowHandle[Any, Any], days: float) -> None:
        """Let the workflow's own clock run on."""
        await fast_forward(self.skipper, handle, timedelta(days=days))

    async def events(self, handle: WorkflowHandle[Any, Any]) -> list[int]:
        return [event.event_type async for event in handle.fetch_history_events()]


@contextlib.asynccontextmanager
async def staged(skipper: TimeSkipper, desk: Desk) -> AsyncIterator[Stage]:
    """A stage with the worker's own workflows and settings, and the desk's activities."""
    stage = Stage(skipper, desk)
    async with Worker(
        skipper.client,
        task_queue=stage.task_queue,
        workflows=worker.WORKFLOWS,
        activities=desk.all,
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield stage
