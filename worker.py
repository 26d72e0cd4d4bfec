"""The worker process: the one place where its parts are put together."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.fulfilling import Fulfilling
from fulfillment import engine, logs, settings
from fulfillment.relay.relay import Relay
from fulfillment.relay.sweep import Sweep
from fulfillment.store.session import Store, connect
from workflows.order import OrderWorkflow
from workflows.purchase_order import PurchaseOrderWorkflow
from workflows.replan import ReplanWorkflow

log = structlog.get_logger(__name__)

WORKFLOWS = [OrderWorkflow, PurchaseOrderWorkflow, ReplanWorkflow]

PASSED_THROUGH = (
    "fulfillment",
    "workflows.showing",
    "pydantic",
    "pydantic_core",
    "annotated_types",
)
"""Pure modules that need not be imported anew for each workflow."""


def sandbox() -> SandboxedWorkflowRunner:
    """The sandbox that workflows run in."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)


MOST_ACTIVITIES = 100
"""Activities under way at once. Those that wait to share a transaction need no thread."""


def build_worker(client: Client, fulfilling: Fulfilling, task_queue: str) -> Worker:
    """A worker with every workflow and activity."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=fulfilling.all,
        max_concurrent_activities=MOST_ACTIVITIES,
        workflow_runner=sandbox(),
    )


@dataclass
class Processes:
    """What runs beside the worker: the relay and the sweep."""

    relay: Relay
    sweep: Sweep

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run them for as long as the block lasts."""
        tasks = [asyncio.create_task(self.relay.run()), asyncio.create_task(self.sweep.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def running(
    client: Client, database_url: str, task_queue: str, threads: int = 8
) -> AsyncIterator[Store]:
    """A whole worker process on this client and database, for as long as the block lasts."""
    store = Store(connect(database_url, pool_size=threads + 4))

    async def same_client() -> Client:
        return client

    relay = Relay(store, same_client, task_queue)
    told = Store(store.engine, store.clock, relay.nudge)
    processes = Processes(relay, Sweep(store, same_client))
    fulfilling = Fulfilling(told, threads)
    async with build_worker(client, fulfilling, task_queue), processes.running():
        yield told
    store.engine.dispose()


async def serve(found: settings.Settings) -> None:
    """Work until the process is asked to end."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    client = await engine.connect()
    threads = found.worker_activity_threads
    async with running(client, found.require_database_url(), found.task_queue, threads):
        log.info("worker_ready", task_queue=found.task_queue, threads=threads)
        await stop.wait()
        log.info("worker_stopping")


def main() -> None:
    """Run a worker with the settings of the environment."""
    found = settings.load()
    logs.configure(found)
    asyncio.run(serve(found))
