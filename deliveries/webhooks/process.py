"""Webhooks as a process runs them: deliveries are made of the feed, and sent."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from deliveries.webhooks.delivering import Deliverer
from deliveries.webhooks.urls import allowed_by
from fulfillment.keeping import Pulse, keep_running
from fulfillment.sealing import sealer_of
from fulfillment.settings import Settings
from fulfillment.store.commands.webhooks.fan_out import BATCH, fan_out_next
from fulfillment.store.commands.webhooks.forgetting import forget_deliveries
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from fulfillment.store.transactions.threads import in_thread

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
AWAY_SECONDS = 1.0
FORGET_EVERY_SECONDS = 300.0
CONNECTIONS = 3
"""One makes deliveries, one claims and notes them, one is for what comes together."""


@dataclass
class FanOut:
    """Makes deliveries of what the feed tells, until cancelled."""

    store: Store
    keep: timedelta
    made: Callable[[], None] = lambda: None
    pulse: Pulse = field(default_factory=lambda: Pulse("webhooks of the feed"))
    _next_forgetting: float = 0.0

    async def run(self) -> None:
        """Look again and again, at once where there was more than one round takes."""
        while True:
            self.pulse.beat()
            try:
                is_behind = await self._round()
            except SQLAlchemyError as error:
                log.warning("webhooks_database_away", error=type(error).__name__)
                await asyncio.sleep(AWAY_SECONDS)
                continue
            if not is_behind:
                await asyncio.sleep(POLL_SECONDS)

    async def _round(self) -> bool:
        done = await in_thread(None, fan_out_next, self.store)
        if done is not None and done.deliveries:
            self.made()
        if (now := time.monotonic()) >= self._next_forgetting:
            self._next_forgetting = now + FORGET_EVERY_SECONDS
            await in_thread(None, forget_deliveries, self.store, self.keep)
        return done is not None and done.places == BATCH


def check_settings(found: Settings) -> None:
    """Raises SettingError for keys or networks that are none, before anything is begun."""
    sealer_of(found)
    allowed_by(found)


@contextlib.asynccontextmanager
async def webhooks(found: Settings) -> AsyncIterator[tuple[Pulse, ...]]:
    """Make deliveries and send them, for as long as the block lasts; its pulses tell of both.

    Raises SettingError for keys or networks that are none.
    """
    sealer, allowed = sealer_of(found), allowed_by(found)
    patience = Patience(**found.database_patience)
    url = found.require_database_url()
    store = Store(connect(url, pool_size=CONNECTIONS, patience=patience))
    failing = timedelta(days=found.webhook_failing_days)
    deliverer = Deliverer(store, sealer, allowed, httpx.create_ssl_context(), failing)
    fan_out = FanOut(store, timedelta(days=found.event_days), deliverer.nudge)
    tasks = [
        asyncio.create_task(keep_running(fan_out.run, fan_out.pulse)),
        asyncio.create_task(keep_running(deliverer.run, deliverer.pulse)),
    ]
    try:
        yield (fan_out.pulse, deliverer.pulse)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        store.engine.dispose()
