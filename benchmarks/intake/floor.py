"""The floor: a workflow that costs the engine what ours does, and does nothing.

It runs one activity and takes two signals, on a worker with our worker's settings. It runs as a
process of its own, like our worker, and counts what it has done in shared memory.
"""

import asyncio
import dataclasses
import multiprocessing
import sys
from datetime import timedelta
from multiprocessing.sharedctypes import Synchronized
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from fulfillment import bytecode
    from fulfillment.contracts.payloads import DATA_CONVERTER

WORKFLOW = "FloorWorkflow"
ACTIVITY = "do_nothing"
SIGNAL = "told"
SIGNALS = 2


@dataclasses.dataclass(frozen=True)
class Ref:
    """As much as our activities are given."""

    merchant: str
    order: int


@workflow.defn(name=WORKFLOW)
class FloorWorkflow:
    def __init__(self) -> None:
        self._told = 0

    @workflow.run
    async def run(self, ref: Ref) -> int:
        await workflow.execute_activity(
            ACTIVITY, ref, start_to_close_timeout=timedelta(seconds=20), result_type=int
        )
        await workflow.wait_condition(lambda: self._told >= SIGNALS)
        return self._told

    @workflow.signal(name=SIGNAL)
    def told(self, ref: Ref) -> None:  # noqa: ARG002 -- takes what ours takes
        self._told += 1


def worker_process(address: str, task_queue: str, done: "Synchronized[int]") -> None:
    """Run the floor's worker until the process is ended."""

    @activity.defn(name=ACTIVITY)
    async def do_nothing(ref: Ref) -> int:
        with done.get_lock():
            done.value += 1
        return ref.order

    async def main() -> None:
        import worker  # noqa: PLC0415 -- the settings of our own worker, in this process

        client = await Client.connect(address, data_converter=DATA_CONVERTER)
        with bytecode.kept(sys.modules[FloorWorkflow.__module__]):
            async with Worker(
                client,
                task_queue=task_queue,
                workflows=[FloorWorkflow],
                activities=[do_nothing],
                max_concurrent_activities=worker.MOST_ACTIVITIES,
                workflow_runner=worker.sandbox(),
            ):
                await asyncio.Event().wait()

    asyncio.run(main())


def start(address: str, task_queue: str) -> tuple[Any, "Synchronized[int]"]:
    """The process and its counter of finished activities."""
    context = multiprocessing.get_context("spawn")
    done: Synchronized[int] = context.Value("i", 0)
    process = context.Process(target=worker_process, args=(address, task_queue, done), daemon=True)
    process.start()
    return process, done
