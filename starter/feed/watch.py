"""Whether the feed has gone on, asked once for all who wait in this process."""

import asyncio
import time
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from fulfillment.store.feed.reading import last_place
from fulfillment.store.records.loading import EVERYBODY
from fulfillment.store.transactions.session import Store

LOOK_SECONDS = 0.1


@dataclass
class FeedWatch:
    """The last place as it was a moment ago; one question in each moment, however many wait."""

    store: Store
    _asked_at: float = float("-inf")
    _asking: "asyncio.Future[int] | None" = field(default=None, repr=False)

    async def beyond(self, place: int, seconds: float) -> bool:
        """Whether something was told behind this place within so many seconds."""
        deadline = time.monotonic() + seconds
        while await self._last() <= place:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await asyncio.sleep(min(LOOK_SECONDS, left))
        return True

    async def _last(self) -> int:
        now = time.monotonic()
        if self._asking is None or now - self._asked_at >= LOOK_SECONDS:
            self._asked_at = now
            self._asking = asyncio.ensure_future(run_in_threadpool(self._read))
        # Whoever gives up does not take the answer from the others.
        return await asyncio.shield(self._asking)

    def _read(self) -> int:
        return self.store.read(EVERYBODY, last_place)
