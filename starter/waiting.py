"""Wait a little for what is done elsewhere, looking less and less often."""

import asyncio
import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

FIRST_LOOK_SECONDS = 0.05
LATEST_LOOK_SECONDS = 0.5


async def until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether it became so within these seconds."""
    deadline, pause = time.monotonic() + seconds, FIRST_LOOK_SECONDS
    while not await run_in_threadpool(is_so):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, LATEST_LOOK_SECONDS)
    return True
