"""A workflow that waits like an order's and takes wakes, on a worker in a process of its own."""

import asyncio
import multiprocessing
from typing import Any

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from fulfillment.contracts import names
    from fulfillment.contracts.messages import Progress
    from fulfillment.contracts.payloads import DATA_CONVERTER

WORKFLOW = "SleeperWorkflow"


@workflow.defn(name=WORKFLOW)
class SleeperWorkflow:
    def __init__(self) -> None:
        self._seq = 0

    @workflow.run
    async def run(self) -> int:
        await workflow.wait_condition(lambda: False)
        return self._seq

    @workflow.signal(name=names.PROGRESS)
    def progress(self, progress: Progress) -> None:
        """Take what is newer, as an order's workflow does."""
        self._seq = max(self._seq, progress.seq)


def worker_process(address: str, task_queue: str) -> None:
    """Run its worker until the process is ended."""

    async def main() -> None:
        import worker  # noqa: PLC0415 -- the settings of our own worker, in this process

        client = await Client.connect(address, data_converter=DATA_CONVERTER)
        settings = worker.settings_of_worker()
        async with Worker(client, task_queue=task_queue, workflows=[SleeperWorkflow], **settings):
            await asyncio.Event().wait()

    asyncio.run(main())


def start(address: str, task_queue: str) -> Any:
    """The process that runs the worker."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=worker_process, args=(address, task_queue), daemon=True)
    process.start()
    return process
