"""Keep the feed near what is committed: the same few milliseconds of work, in one process."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from fulfillment.keeping import Pulse
from fulfillment.store.feed.expiry import expire
from fulfillment.store.feed.sequencing import BATCH, Round, tell_next
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.15
"""What another process committed is found this much later at most."""

GATHER_SECONDS = 0.02
"""After a commit others follow: what comes meanwhile shares the round."""

LONGEST_REST = 0.25
"""A round is followed by as long a rest as it took: so a long one is followed by few others."""

AWAY_SECONDS = 1.0
EXPIRE_EVERY_SECONDS = 60.0
KEEP = timedelta(days=30)


@dataclass
class Sequencer:
    """Has places given until cancelled; any number may run, one of them works at a time."""

    store: Store
    keep: timedelta = KEEP
    pulse: Pulse = field(default_factory=lambda: Pulse("sequencer"))
    _nudged: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _next_expiry: float = 0.0

    def nudge(self) -> None:
        """Something was committed. May be called from any thread, and before `run`."""
        if self._loop is not None and not self._loop.is_closed():
            # A loop that closes in between has nothing left to nudge.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._nudged.set)

    async def run(self) -> None:
        """Round after round; what stops it is only ever the end of the process."""
        self._loop = asyncio.get_running_loop()
        while True:
            self.pulse.beat()
            self._nudged.clear()
            try:
                await self._round()
            except SQLAlchemyError as error:
                log.warning("sequencer_database_away", error=type(error).__name__)
                await asyncio.sleep(AWAY_SECONDS)

    async def _round(self) -> None:
        began = time.monotonic()
        done = await in_thread(None, tell_next, self.store)
        await self._expire_now_and_then()
        if done is not None and done.taken == BATCH:
            return
        await self._rest(done, time.monotonic() - began)

    async def _rest(self, done: Round | None, worked: float) -> None:
        """As long as it worked; then until something is committed here, or a poll."""
        await asyncio.sleep(min(max(GATHER_SECONDS, worked), LONGEST_REST))
        if done is not None and done.taken:
            return
        # Not `wait_for`: until Python 3.12 it loses a cancellation that comes with the nudge.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._nudged.wait()

    async def _expire_now_and_then(self) -> None:
        if (now := time.monotonic()) < self._next_expiry:
            return
        self._next_expiry = now + EXPIRE_EVERY_SECONDS
        if gone := await in_thread(None, expire, self.store, self.keep):
            log.info("events_expired", events=gone)
