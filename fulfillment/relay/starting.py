"""Start a run once: a run that is there already serves only if it runs for the same thing."""

from dataclasses import dataclass
from typing import Any

import structlog
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.contracts import names
from fulfillment.contracts.messages import OrderStart, PurchaseOrderStart
from fulfillment.relay.remembering import start_of

log = structlog.get_logger(__name__)

NOTHING = 0
"""What a foreign run was for: no id is that."""


class OtherRunError(Exception):
    """The workflow's id is taken by a run for another id, of an epoch that is not over."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a run is for: its id in the database, and the epoch in which that was given away."""

    merchant: str
    id: int
    epoch: int

    @property
    def memo(self) -> dict[str, int]:
        """What an operator and the relay can read on the run."""
        return {"id": self.id, "epoch": self.epoch}


@dataclass(frozen=True, slots=True)
class Run:
    """A run to be started; `progress` is told to one that is there already."""

    workflow: str
    workflow_id: str
    argument: OrderStart | PurchaseOrderStart
    subject: Subject
    progress: object
    options: dict[str, Any]


async def start_once(client: Client, run: Run) -> int | None:
    """Start it, or tell the run that is there; None when that did it.

    Else the last run has closed by itself, and what that was for is returned. A run for another id
    is ended and replaced if its epoch is over; where it is not, `OtherRunError` is raised: the
    database may have been put back without a new epoch. A foreign run, which somebody started by
    hand and not for this, is ended and replaced.
    """
    try:
        await _start(client, run, WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY)
    except WorkflowAlreadyStartedError:
        return await _take_over(client, run)
    return None


async def start_after_closed(client: Client, run: Run) -> None:
    """Start it although an earlier run has ended by itself; one that runs by now serves."""
    try:
        await _start(client, run, WorkflowIDReusePolicy.ALLOW_DUPLICATE)
    except WorkflowAlreadyStartedError:
        await _tell(client, run)


async def _take_over(client: Client, run: Run) -> int | None:
    found = await client.get_workflow_handle(run.workflow_id).describe()
    subject = await subject_of(found)
    if subject is not None:
        id_ = subject.id
    else:
        id_ = run.subject.id if await _is_for_the_same(client, run, found) else NOTHING
    if found.status is not WorkflowExecutionStatus.RUNNING:
        return id_
    if id_ == run.subject.id:
        return None if await _tell(client, run) else id_
    if id_ == NOTHING:
        log.error("foreign_workflow_replaced", workflow=run.workflow_id, run=found.run_id)
    elif subject is not None and subject.epoch >= run.subject.epoch:
        raise OtherRunError(
            f"{run.workflow_id} runs for id {subject.id}, not {run.subject.id}:"
            " if the database was put back, run `pegboard reconcile`"
        )
    await _start(
        client,
        run,
        WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        WorkflowIDConflictPolicy.TERMINATE_EXISTING,
    )
    return None


async def _is_for_the_same(client: Client, run: Run, found: WorkflowExecutionDescription) -> bool:
    """Whether a run without a memo of ours was started for the same order or purchase order."""
    start = await start_of(client, run.workflow_id, found.run_id, run.workflow, type(run.argument))
    return start is not None and start.subject == run.argument.subject


async def subject_of(found: WorkflowExecutionDescription) -> Subject | None:
    """What a run is for; None for one that was not started by us."""
    memo = await found.memo()
    try:
        return Subject("", int(memo["id"]), int(memo["epoch"]))
    except (KeyError, TypeError, ValueError):
        return None


async def _tell(client: Client, run: Run) -> bool:
    """Whether a run is there to be told; one that closes at this moment is not."""
    try:
        handle = client.get_workflow_handle(run.workflow_id)
        await handle.signal(names.PROGRESS, run.progress)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def _start(
    client: Client,
    run: Run,
    reuse: WorkflowIDReusePolicy,
    conflict: WorkflowIDConflictPolicy = WorkflowIDConflictPolicy.FAIL,
) -> None:
    await client.start_workflow(
        run.workflow,
        run.argument,
        id=run.workflow_id,
        id_reuse_policy=reuse,
        id_conflict_policy=conflict,
        memo=run.subject.memo,
        # A worker of this process that has room gets its first task with the answer.
        request_eager_start=True,
        **run.options,
    )
