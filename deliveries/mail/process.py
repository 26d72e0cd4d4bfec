"""The mailing as a process runs it: the feed is looked at, and what is due is sent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import structlog

from deliveries.mail.bounces import BounceReader, BouncesAwayError
from deliveries.mail.page_links import links_of
from deliveries.mail.sending import Sender
from deliveries.mail.wiring import bounce_folder_of, returns_of, transport_of, with_kept_mail
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.keeping import Pulse, keep_running
from fulfillment.settings import Settings
from fulfillment.store.commands.mail.delays import apply_notice, open_notices
from fulfillment.store.commands.mail.noting import note_events, pass_over_events
from fulfillment.store.commands.mail.sending import give_up_dead_claims
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from fulfillment.store.transactions.threads import in_thread

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0
LONGEST_PAUSE = 60.0
BOUNCES_EVERY_SECONDS = 60.0


@dataclass
class Mailing:
    """Makes mails of the feed and sends them; any number of processes may do it."""

    store: Store
    sender: Sender | None
    every_seconds: float = EVERY_SECONDS
    pulse: Pulse = field(default_factory=lambda: Pulse("mail", silent_seconds=900))
    _ending: bool = False

    async def run(self) -> None:
        """Again and again until cancelled, with growing pauses while somebody is away."""
        pause = self.every_seconds
        while True:
            self.pulse.beat()
            pause = self.every_seconds if await self.look() else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def look(self) -> bool:
        """One round; whether all that it needs was there."""
        try:
            return await in_thread(None, self._round)
        except Exception as error:
            # Its own words may quote what it was given.
            log.warning("mail_round_failed", error=type(error).__qualname__)
            return False

    def _round(self) -> bool:
        if self.sender is None:
            # What happens while no mail leaves is told nobody later.
            pass_over_events(self.store)
            return True
        self._note()
        for lost in give_up_dead_claims(self.store):
            log.warning(
                "mail_needs_person", merchant=lost.merchant, mail=lost.id, reason="sender_died"
            )
        is_there = self.sender.round(self._goes_on)
        self._apply_notices()
        return is_there

    def end(self) -> None:
        """Begin nothing more; what is under way is ended, so that its outcome is known."""
        self._ending = True

    def _goes_on(self) -> bool:
        self.pulse.beat()
        return not self._ending

    def _note(self) -> None:
        while (noted := note_events(self.store)) is not None:
            for batch in noted.batches:
                log.info(
                    "mail_batch_began", merchant=batch.merchant, batch=batch.id, cause=batch.cause
                )
            if not noted.more or not self._goes_on():
                return

    def _apply_notices(self) -> None:
        """What can not be applied to one order keeps no other from it."""
        for notice in open_notices(self.store):
            if not self._goes_on():
                return
            try:
                apply_notice(self.store, notice)
            except RefusedError as refusal:
                log.warning("delay_notice_not_applied", mail=notice.mail, code=refusal.code)


@dataclass
class Returning:
    """Reads what comes back, beside the sending: a folder that is slow holds up no mail."""

    reader: BounceReader
    pulse: Pulse = field(default_factory=lambda: Pulse("bounces", silent_seconds=900))
    _ending: bool = False

    async def run(self) -> None:
        """Again and again until cancelled."""
        while True:
            self.pulse.beat()
            try:
                await in_thread(None, self.reader.look, self._goes_on)
            except BouncesAwayError as error:
                log.warning("bounces_not_read", error=str(error))
            await asyncio.sleep(BOUNCES_EVERY_SECONDS)

    def end(self) -> None:
        """Read nothing more."""
        self._ending = True

    def _goes_on(self) -> bool:
        self.pulse.beat()
        return not self._ending


@contextlib.asynccontextmanager
async def mailing(found: Settings) -> AsyncIterator[tuple[Pulse, ...]]:
    """Send, and read what comes back, as the settings say, for as long as the block lasts.

    The pulses tell whether that works. Raises MissingSettingError when a setting is missing.
    """
    patience = Patience(**found.database_patience)
    store = Store(connect(found.require_database_url(), pool_size=1, patience=patience))
    with contextlib.ExitStack() as ending:
        ending.callback(store.engine.dispose)
        async with _mailing(with_kept_mail(found, store), store) as pulses:
            yield pulses


@contextlib.asynccontextmanager
async def _mailing(found: Settings, store: Store) -> AsyncIterator[tuple[Pulse, ...]]:
    transport, returns, folder = transport_of(found), returns_of(found), bounce_folder_of(found)
    link = links_of(found, store)
    sender = Sender(store, transport, returns, link) if transport else None
    tasks: list[Mailing | Returning] = [
        Mailing(store, sender, EVERY_SECONDS if sender else LONGEST_PAUSE)
    ]
    if folder and returns:
        tasks.append(Returning(BounceReader(store, folder, returns)))
    running = [asyncio.create_task(keep_running(one.run, one.pulse)) for one in tasks]
    if transport:
        log.info("mails_are_sent", transport=found.mail_transport)
    try:
        yield tuple(one.pulse for one in tasks)
    finally:
        for one, task in zip(tasks, running, strict=True):
            one.end()
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
