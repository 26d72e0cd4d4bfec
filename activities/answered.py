"""Workflows that have their first answer make room for further starts."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

GATHER = 0.05
"""Seconds for which answered orders gather, so that many share one statement."""

Tell = Callable[[str, list[int]], Awaitable[None]]


@dataclass
class Answered:
    """Tells, a moment later and many at once, whose workflows have had their first answer.

    What is not told, because the worker dies or the database is away, costs no more than time: a
    start that is not heard of again no longer holds up others after a minute.
    """

    tell: Tell
    _orders: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _telling: asyncio.Task[None] | None = None

    def note(self, merchant: str, order: int) -> None:
        """This order's workflow has its answer."""
        self._orders[merchant].append(order)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def ended(self) -> None:
        """Return when all that was noted is told: nothing asks the database after that."""
        if self._telling is not None:
            await asyncio.gather(self._telling, return_exceptions=True)

    async def _tell(self) -> None:
        while self._orders:
            await asyncio.sleep(GATHER)
            some, self._orders = self._orders, defaultdict(list)
            for merchant, orders in some.items():
                try:
                    await self.tell(merchant, orders)
                except Exception:  # others are told all the same
                    log.warning("answered_starts_not_told", merchant=merchant, exc_info=True)
