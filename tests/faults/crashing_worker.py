"""A worker that dies by SIGKILL right after its first commit of a claim, before it reports.

Run as a process of its own: `python -m tests.faults.crashing_worker TASK_QUEUE`, with the
database and the engine named by the environment, as for the real one.
"""

import asyncio
import os
import signal
import sys

import worker
from activities.order_activities import Fulfilling
from fulfillment import engine, settings
from fulfillment.relay.relay import Relay
from fulfillment.store.transactions.session import Store, connect


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(task_queue: str) -> None:
    client = await engine.connect()

    async def same_client() -> object:
        return client

    url = settings.load().require_database_url()
    relay = Relay(Store(connect(url)), same_client, task_queue)  # type: ignore[arg-type]
    fatal = Fulfilling(Store(connect(url), after_commit=die), threads=2)
    async with worker.build_worker(client, fatal, task_queue):
        await relay.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
