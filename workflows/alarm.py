"""One timer for the next date that matters: set earlier at once, later only when it rings."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from temporalio import workflow

Due = TypeVar("Due", date, datetime)


class Alarm(Generic[Due]):
    """Rings when what is due next is past, or a little after.

    A date that moves later costs nothing: the timer that is set rings at the old one, and is then
    set anew. One that moves earlier takes its place.
    """

    def __init__(
        self,
        next_due: Callable[[], Due | None],
        passes_at: Callable[[Due], datetime],
        jitter: timedelta,
    ) -> None:
        self._next_due: Callable[[], Due | None] = next_due
        self._passes_at: Callable[[Due], datetime] = passes_at
        self._jitter = jitter
        self._timer: asyncio.Task[None] | None = None
        self.set_for: Due | None = None
        self.rang = False

    def set(self) -> None:
        """Set it for what is due next, unless it rings before that anyway."""
        due = self._next_due()
        if due is None or (self.set_for is not None and self.set_for <= due):
            return
        self.stop()
        self.set_for = due
        self._timer = asyncio.create_task(self._ring_after(due))

    def stop(self) -> None:
        """Do not ring."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self.set_for = None, None

    async def _ring_after(self, due: Due) -> None:
        delay = self._passes_at(due) - workflow.now()
        jitter = timedelta(seconds=workflow.random().uniform(0, self._jitter.total_seconds()))
        if delay > timedelta():
            await workflow.sleep(delay + jitter, summary=f"until {due} has passed")
        self._timer, self.set_for = None, None
        now_due = self._next_due()
        if now_due is not None and now_due > due:
            self.set()
        else:
            self.rang = True
