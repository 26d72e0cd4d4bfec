"""What runs beside the API: what is committed here is carried to the engine and told from here."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from temporalio.client import Client

from fulfillment import engine
from fulfillment.keeping import Pulse, keep_running


class RelayLike(Protocol):
    """What carries outbox rows to the engine, or history to the feed."""

    pulse: Pulse

    def nudge(self) -> None:
        """There is something to carry; called from any thread."""
        ...

    async def run(self) -> None:
        """Carry until cancelled."""
        ...


@dataclass
class OneClient:
    """The engine's client, made at the first use that reaches the engine."""

    client: Client | None = None

    async def __call__(self) -> Client:
        """The client; RuntimeError while the engine is away."""
        if self.client is None:
            self.client = await engine.connect()
        return self.client


def nudge(beside: Iterable[RelayLike]) -> None:
    """Something was committed."""
    for one in beside:
        one.nudge()


@contextlib.asynccontextmanager
async def running(beside: Sequence[RelayLike]) -> AsyncIterator[None]:
    """Run them in the background for as long as the block lasts, again if one fails."""
    tasks = [
        asyncio.create_task(keep_running(one.run, one.pulse), name=one.pulse.name) for one in beside
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
