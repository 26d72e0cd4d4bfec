"""The worker process: the one place where its parts are put together."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from activities.order_activities import Fulfilling
from deliveries.mail.process import mailing
from deliveries.webhooks.process import check_settings, webhooks
from fulfillment import engine, logs, settings
from fulfillment.keeping import Pulse, keep_reporting, keep_running
from fulfillment.relay import lateness
from fulfillment.relay.relay import Relay
from fulfillment.relay.sequencer import Sequencer
from fulfillment.relay.sweep import Sweep
from fulfillment.store.reading.health import UnfitDatabaseError, check_database
from fulfillment.store.transactions.patience import PATIENCE, Patience
from fulfillment.store.transactions.session import Store, connect
from payments.process import asking
from workflows.order import OrderWorkflow
from workflows.purchase_order import PurchaseOrderWorkflow
from workflows.replan import ReplanWorkflow

log = structlog.get_logger(__name__)

WORKFLOWS = [OrderWorkflow, PurchaseOrderWorkflow, ReplanWorkflow]

MOST_ACTIVITIES = 500
"""Activities under way at once. Those that wait for their turn need no thread."""

MOST_WORKFLOW_TASKS = 500
"""A first claim that waits for its turn keeps its workflow's task meanwhile, and must not keep
signals of others from theirs."""

WORKFLOW_POLLS = 10
NEW_WORKFLOWS_SHARE = 0.5
"""Polls for workflow tasks, and their share for workflows that are not in memory yet. Of the usual
five one is for these, which leaves three of a task queue's four partitions waiting for it: while
many orders come, the first task of one lay there for seconds."""

LONGEST_SILENCE = timedelta(seconds=8)
"""Heartbeats are sent so often, well within the time after which a worker is taken for dead."""


DEPLOYMENT = "pegboard"


def version_of(build_id: str | None) -> WorkerDeploymentConfig | None:
    """How a worker of this version is known to the engine; None for an unversioned one.

    Orders wait for months, so their workflows go on with whatever version is current.
    """
    if build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(DEPLOYMENT, build_id),
        use_worker_versioning=True,
        # Here and not on the workflow, where it would hang on an unversioned worker.
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


def settings_of_worker() -> dict[str, Any]:
    """What every worker of ours has, whatever it is to do."""
    return {
        "max_concurrent_activities": MOST_ACTIVITIES,
        "max_concurrent_local_activities": MOST_ACTIVITIES,
        "max_concurrent_workflow_tasks": MOST_WORKFLOW_TASKS,
        "max_concurrent_workflow_task_polls": WORKFLOW_POLLS,
        "nonsticky_to_sticky_poll_ratio": NEW_WORKFLOWS_SHARE,
        "max_heartbeat_throttle_interval": LONGEST_SILENCE,
        "default_heartbeat_throttle_interval": LONGEST_SILENCE,
        # Without the sandbox: docs/adr/0043.
        "workflow_runner": UnsandboxedWorkflowRunner(),
    }


def build_worker(
    client: Client, fulfilling: Fulfilling, task_queue: str, build_id: str | None = None
) -> Worker:
    """A worker with every workflow and activity."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=fulfilling.all,
        deployment_config=version_of(build_id),
        **settings_of_worker(),
    )


@dataclass
class Processes:
    """What runs beside the worker: relay, sequencer, sweep, who tells of lateness and of all."""

    relay: Relay
    sequencer: Sequencer
    sweep: Sweep
    others: tuple[Pulse, ...] = ()
    lateness: Pulse = field(default_factory=lambda: Pulse("lateness"))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run them for as long as the block lasts."""

        def late() -> Awaitable[None]:
            return lateness.watch(self.sweep.store, self.lateness)

        own = [self.relay.pulse, self.sequencer.pulse, self.sweep.pulse, self.lateness]
        pulses = [*own, *self.others]
        tasks = [
            asyncio.create_task(keep_running(self.relay.run, self.relay.pulse)),
            asyncio.create_task(keep_running(self.sequencer.run, self.sequencer.pulse)),
            asyncio.create_task(keep_running(self.sweep.run, self.sweep.pulse)),
            asyncio.create_task(keep_running(late, self.lateness)),
            asyncio.create_task(keep_reporting(pulses)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True)
class Plan:
    """What a worker process is to be; `others` are tasks beside it of which it tells as well."""

    database_url: str
    task_queue: str
    threads: int = 8
    build_id: str | None = None
    patience: Patience = PATIENCE
    others: tuple[Pulse, ...] = ()
    event_days: int = 30
    key_days: int = 30


@contextlib.asynccontextmanager
async def running(
    client: Client,
    database_url: str,
    task_queue: str,
    threads: int = 8,
    build_id: str | None = None,
) -> AsyncIterator[Store]:
    """A whole worker process on this client and database, for as long as the block lasts."""
    async with running_as(client, Plan(database_url, task_queue, threads, build_id)) as store:
        yield store


@contextlib.asynccontextmanager
async def running_as(client: Client, plan: Plan) -> AsyncIterator[Store]:
    """The same, as planned."""
    database = connect(plan.database_url, pool_size=plan.threads + 4, patience=plan.patience)
    store = Store(database)

    async def same_client() -> Client:
        return client

    relay = Relay(store, same_client, plan.task_queue)
    sequencer = Sequencer(store, timedelta(days=plan.event_days))

    def nudge() -> None:
        relay.nudge()
        sequencer.nudge()

    told = Store(database, store.clock, nudge)
    sweep = Sweep(store, same_client, keep_keys=timedelta(days=plan.key_days))
    processes = Processes(relay, sequencer, sweep, plan.others)
    fulfilling = Fulfilling(told, plan.threads)
    try:
        async with (
            build_worker(client, fulfilling, plan.task_queue, plan.build_id),
            processes.running(),
        ):
            yield told
    finally:
        await fulfilling.ended()
        database.dispose()


SWITCH_SECONDS = 0.001
"""A thread that plans a large order gives way so often: the event loop and small orders go on."""

ENDS_WITHIN = 6.0
"""Seconds to end what is under way; what takes longer is given up, and done by another worker."""


async def serve(found: settings.Settings) -> None:
    """Work until the process is asked to end, also while the engine is away."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    work = asyncio.create_task(_work(found, stop))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait([work, asked], return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    _, unfinished = await asyncio.wait([work], timeout=ENDS_WITHIN)
    if unfinished:
        log.warning("worker_given_up", seconds=ENDS_WITHIN)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
    else:
        work.result()


LONGEST_PAUSE = 30.0
"""Seconds between two looks at a database that can not be worked with."""


async def database_is_fit(database_url: str, stop: asyncio.Event) -> bool:
    """Wait until this version can work with the database; False when asked to end before.

    No work is taken until then. What is wrong is told when it changes, in one line.
    """
    database = connect(database_url, pool_size=1)
    try:
        await _until_fit(lambda: check_database(database), stop)
    finally:
        database.dispose()
    return not stop.is_set()


async def _until_fit(check: Callable[[], None], stop: asyncio.Event) -> None:
    pause, told = 0.5, ""
    while not stop.is_set():
        try:
            await asyncio.to_thread(check)
        except UnfitDatabaseError as error:
            if str(error) != told:
                log.warning("worker_waits_for_database", why=str(error))
            told, pause = str(error), min(2 * pause, LONGEST_PAUSE)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
        else:
            return


async def _work(found: settings.Settings, stop: asyncio.Event) -> None:
    if not await database_is_fit(found.require_database_url(), stop):
        return
    async with asking(found) as payments, webhooks(found) as posted, mailing(found) as mails:
        client = await engine.connect()
        plan = Plan(
            found.require_database_url(),
            found.task_queue,
            found.worker_activity_threads,
            found.worker_build_id,
            Patience(**found.database_patience),
            (*posted, *mails, payments) if payments else (*posted, *mails),
            found.event_days,
            found.key_days,
        )
        async with running_as(client, plan):
            log.info("worker_ready", task_queue=plan.task_queue, threads=plan.threads)
            await stop.wait()
            log.info("worker_stopping")


def main() -> None:
    """Run a worker with the settings of the environment."""
    found = settings.load()
    found.require_database_url()
    check_settings(found)
    logs.configure(found)
    sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(serve(found))
