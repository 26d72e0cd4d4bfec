"""Wait a little for what is done elsewhere, looking less and less often."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from anyio import CapacityLimiter, to_thread

FIRST_LOOK_SECONDS = 0.01
LATEST_LOOK_SECONDS = 0.5
LATER = 1.3
"""The next look is so much later: what takes a while is told a third of that late, at most."""

MOST_WAITING = 100
"""Clients that may wait at once in a process; further ones are answered without waiting."""

MOST_LOOKING = 4
"""Threads in which their looks are done, beside those of the requests."""


@dataclass
class Waits:
    """Who waits in this process: so few, and by so few looks at once, that it slows nobody else."""

    waiting: int = 0
    _looking: CapacityLimiter | None = field(default=None, repr=False)

    @property
    def is_full(self) -> bool:
        """Whether all places are taken."""
        return self.waiting >= MOST_WAITING

    @contextmanager
    def place(self, seconds: int | None) -> Iterator[int | None]:
        """How long one may wait; None for who does not want to, or while all places are taken."""
        if seconds is None or self.is_full:
            yield None
            return
        self.waiting += 1
        try:
            yield seconds
        finally:
            self.waiting -= 1

    async def until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Whether it became so within these seconds."""
        deadline, pause = time.monotonic() + seconds, FIRST_LOOK_SECONDS
        while not await to_thread.run_sync(is_so, limiter=self._limiter()):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await asyncio.sleep(min(pause, left))
            pause = min(pause * LATER, LATEST_LOOK_SECONDS)
        return True

    def _limiter(self) -> CapacityLimiter:
        """Made at the first look, because it belongs to the loop that runs."""
        self._looking = self._looking or CapacityLimiter(MOST_LOOKING)
        return self._looking
