"""Tell the engine that a worker lives while its activity waits or works."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from temporalio import activity

EVERY = 2.0
"""Seconds. The SDK sends less of them, see `LONGEST_SILENCE` in worker.py."""


@contextlib.asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Beat while the block lasts.

    The time that an activity waits for its turn, its thread or a lock says nothing of whether its
    worker lives; that it beats does. An activity that was given up by the engine is cancelled. Of a
    local one its workflow task tells that.
    """
    if activity.info().is_local:
        yield
        return
    beats = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beats.cancel()


async def _beat() -> None:
    while True:
        await asyncio.sleep(EVERY)
        activity.heartbeat()
