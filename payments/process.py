"""The asking as a process runs it: again and again, beside everything else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import structlog

from fulfillment.keeping import Pulse, keep_running
from fulfillment.kept_settings import with_kept
from fulfillment.settings import Settings
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from fulfillment.store.transactions.threads import in_thread
from payments.asking import Outcome, ask_next
from payments.port import PaymentProvider
from payments.wiring import provider_of

log = structlog.get_logger(__name__)

EVERY_SECONDS = 5.0
LONGEST_PAUSE = 60.0


@dataclass
class Asking:
    """Asks the provider for what is due, entry by entry; any number of processes may do it."""

    store: Store
    provider: PaymentProvider
    every_seconds: float = EVERY_SECONDS
    pulse: Pulse = field(default_factory=lambda: Pulse("payments", silent_seconds=300))

    async def run(self) -> None:
        """Ask until cancelled, with growing pauses while the provider or the database is away."""
        pause = self.every_seconds
        while True:
            self.pulse.beat()
            pause = self.every_seconds if await self.look() else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def look(self) -> bool:
        """Ask for all that may be asked for now; whether there was somebody to ask."""
        try:
            while outcome := await in_thread(None, ask_next, self.store, self.provider):
                self.pulse.beat()
                if outcome is Outcome.AWAY:
                    return False
        except Exception as error:
            # Nothing but the end of the process may end this: refunds would wait unseen.
            log.warning("payments_not_asked", error=type(error).__name__)
            return False
        return True


@contextlib.asynccontextmanager
async def asking(found: Settings) -> AsyncIterator[Pulse | None]:
    """Ask the provider of the settings for as long as the block lasts; nobody where it is manual.

    Its pulse tells whether it works. Raises MissingSettingError when the provider lacks one.
    """
    patience = Patience(**found.database_patience)
    store = Store(connect(found.require_database_url(), pool_size=1, patience=patience))
    needed = ["payment-webhook-secret"] if found.payment_provider == "webhook" else []
    with contextlib.ExitStack() as ending:
        ending.callback(store.engine.dispose)
        provider = provider_of(with_kept(found, store, *needed))
        if provider is None:
            yield None
            return
        asks = Asking(store, provider)
        task = asyncio.create_task(keep_running(asks.run, asks.pulse))
        log.info("payments_are_asked", provider=found.payment_provider)
        try:
            yield asks.pulse
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
