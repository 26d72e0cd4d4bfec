"""The threads on which commands run, shared by merchants in turn."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from fulfillment.store.transactions.threads import in_thread

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Threads:
    """A pool in which no merchant has more than a quarter of the threads.

    What more a merchant asks for waits before the pool, and not in front of others in it.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="activity")
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(max(1, threads // 4))
        )

    async def run(
        self,
        merchant: str,
        command: Callable[Given, Result],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """Run a command of a merchant on a thread: the database driver blocks."""
        async with self._turns[merchant]:
            return await in_thread(self._pool, command, *given, **named)

    async def ended(self) -> None:
        """Return when no command runs any more; none is begun after that."""
        await asyncio.to_thread(self._pool.shutdown)

    async def run_first_claims(
        self, command: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Result:
        """Run what a merchant has one of at a time, whatever else of it waits."""
        return await in_thread(self._pool, command, *given, **named)
