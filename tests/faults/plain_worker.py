"""The real worker on a task queue of a test: `python -m tests.faults.plain_worker TASK_QUEUE`."""

import asyncio
import sys

import worker
from fulfillment import engine, settings


async def main(task_queue: str) -> None:
    url = settings.load().require_database_url()
    async with worker.running(await engine.connect(), url, task_queue):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
