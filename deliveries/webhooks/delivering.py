"""Send what is due, endpoint by endpoint, and note what came of it."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from deliveries.webhooks.addresses import Allowed
from deliveries.webhooks.sending import SECONDS, Answer, Sender
from deliveries.webhooks.signing import headers_for
from fulfillment.domain.model.webhooks import Attempt, Fault
from fulfillment.keeping import Pulse
from fulfillment.sealing import Sealer, SealingError
from fulfillment.store.commands.webhooks.claiming import Claimed, claim_deliveries
from fulfillment.store.commands.webhooks.noting import Outcome, note_outcomes
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread

log = structlog.get_logger(__name__)

MOST_CALLS = 200
"""Calls under way in one process: so many messages are in its memory at most."""

LEASE = timedelta(seconds=60)
"""Well longer than a call takes: who died with it leaves it to be sent again then."""

POLL_SECONDS = 0.5
AWAY_SECONDS = 1.0
GATHER_SECONDS = 0.005
"""What ends within so long is noted together."""

ENDS_WITHIN = 3.0
"""Seconds for what is under way when the process ends."""

MOST_SENDERS = 500
"""Endpoints to which connections are kept."""


@dataclass
class Deliverer:
    """Sends until cancelled; any number of processes do it together."""

    store: Store
    sealer: Sealer
    allowed: Allowed
    tls: ssl.SSLContext
    patience: timedelta = timedelta(days=5)
    seconds: float = SECONDS
    lease: timedelta = LEASE
    pulse: Pulse = field(default_factory=lambda: Pulse("webhooks"))
    _senders: dict[int, Sender] = field(default_factory=dict)
    _calls: set[asyncio.Task[None]] = field(default_factory=set)
    _done: list[Outcome] = field(default_factory=list)
    _nudged: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Round after round. What is under way at its end, and takes longer, is sent again."""
        try:
            while True:
                self.pulse.beat()
                try:
                    await self._round()
                except SQLAlchemyError as error:
                    log.warning("webhooks_database_away", error=type(error).__name__)
                    await asyncio.sleep(AWAY_SECONDS)
        finally:
            await self._end()

    async def _round(self) -> None:
        """Note what is done, take what is due, and wait until there is more of one or the other."""
        self._nudged.clear()
        await self._note()
        claimed = await in_thread(
            None, claim_deliveries, self.store, self.lease, MOST_CALLS - len(self._calls)
        )
        for each in claimed:
            call = asyncio.create_task(self._call(each))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        if not self._done:
            # Not `wait_for`: until Python 3.12 it loses a cancellation that comes with the nudge.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._nudged.wait()
        await asyncio.sleep(GATHER_SECONDS)

    def nudge(self) -> None:
        """Something may be due. Called from the loop that runs it."""
        self._nudged.set()

    async def _note(self) -> None:
        """What could not be noted is noted the next time, or sent again after its lease."""
        outcomes, self._done = self._done, []
        try:
            off = await in_thread(None, note_outcomes, self.store, outcomes, self.patience)
        except Exception:
            self._done = outcomes + self._done
            raise
        for each in off:
            log.warning(
                "webhook_switched_off",
                merchant=each.merchant,
                webhook=each.endpoint,
                reason=each.reason,
            )

    async def _call(self, claimed: Claimed) -> None:
        at, began = self.store.clock(), time.monotonic()
        try:
            answer = await self._answer(claimed)
        except Exception as error:
            # A fault of ours: it counts as an attempt, so that it does not go on for ever.
            log.error("webhook_call_failed", webhook=claimed.endpoint, error=type(error).__name__)  # noqa: TRY400
            answer = Answer(Attempt(fault=Fault.BROKEN_OFF))
        self._done.append(
            Outcome(
                delivery=claimed.id,
                endpoint=claimed.endpoint,
                event=claimed.event,
                attempts=claimed.attempts,
                attempt=answer.attempt,
                at=at,
                milliseconds=round((time.monotonic() - began) * 1000),
                answer=answer.text,
            )
        )
        self._nudged.set()

    async def _answer(self, claimed: Claimed) -> Answer:
        try:
            keys = self._keys(claimed)
        except SealingError as error:
            # Its words name the secret and its key, and hold nothing of them.
            log.error("webhook_secret_not_opened", webhook=claimed.endpoint, why=str(error))  # noqa: TRY400
            return Answer(Attempt(fault=Fault.SECRET_NOT_OPENED))
        signed = headers_for(str(claimed.event), claimed.body, keys, self.store.clock())
        headers = {"Content-Type": "application/json", **signed}
        return await self._sender(claimed.endpoint).post(claimed.url, claimed.body, headers)

    def _keys(self, claimed: Claimed) -> Sequence[str]:
        return [self.sealer.open(name, sealed) for name, sealed in claimed.secrets]

    def _sender(self, endpoint: int) -> Sender:
        """One for each endpoint, the one that was used last at the end."""
        sender = self._senders.pop(endpoint, None)
        sender = sender or Sender(self.allowed, self.tls, self.seconds)
        self._senders[endpoint] = sender
        if len(self._senders) > MOST_SENDERS:
            oldest = self._senders.pop(next(iter(self._senders)))
            closing = asyncio.create_task(oldest.close())
            self._calls.add(closing)
            closing.add_done_callback(self._calls.discard)
        return sender

    async def _end(self) -> None:
        """What is nearly done is waited for."""
        if self._calls:
            _, left = await asyncio.wait(self._calls, timeout=ENDS_WITHIN)
            for call in left:
                call.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        with contextlib.suppress(SQLAlchemyError):
            await self._note()
        for sender in self._senders.values():
            await sender.close()
        self._senders.clear()
