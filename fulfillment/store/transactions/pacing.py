"""When much comes at once, let some of it gather."""

import asyncio
from dataclasses import dataclass


@dataclass
class Pace:
    """A pause before the next transaction while it is busy, none before the first.

    What comes meanwhile shares the transaction, whose cost hardly grows with it: under load each
    order costs a fraction, and one that comes alone waits for nothing. Times are in seconds.
    """

    busy_within: float
    gather: float
    _last: float = float("-inf")

    async def next(self) -> None:
        """Return when the next transaction should begin."""
        now = asyncio.get_running_loop().time
        if now() - self._last < self.busy_within:
            await asyncio.sleep(self.gather)
        self._last = now()
