"""The relay runs beside the API: what is committed here is carried to the engine from here."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from temporalio.client import Client

from fulfillment import engine
from fulfillment.keeping import Pulse, keep_running


class RelayLike(Protocol):
    """What carries outbox rows to the engine."""

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


@contextlib.asynccontextmanager
async def running(relay: RelayLike | None) -> AsyncIterator[None]:
    """Run the relay in the background for as long as the block lasts, again if it fails."""
    if relay is None:
        yield
        return
    task = asyncio.create_task(keep_running(relay.run, relay.pulse), name="relay")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
