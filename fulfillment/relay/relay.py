"""Carry outbox rows to Temporal: at least once, resumable, in bounded memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.keeping import Pulse
from fulfillment.relay.delivery import Delivery
from fulfillment.store.transactions import calls, outbox
from fulfillment.store.transactions.outbox import Kind, Message
from fulfillment.store.transactions.pacing import Pace
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread

log = structlog.get_logger(__name__)

BATCH = 100
LEASE = timedelta(seconds=30)
POLL = 1.0
LONGEST_WAIT = timedelta(seconds=30)
LONGEST_AWAY = timedelta(seconds=2)
LONGEST_ASIDE = timedelta(minutes=10)
"""What this version does not understand is left to another, and tried again now and then."""

DELIVER_SECONDS = 10.0
"""Well within the lease: an engine that is silent for so long is away."""

LAST_SECONDS = 3.0
"""What a relay has taken it brings to its end when it is stopped, within this time."""

LOOK_FOR_NOT_KNOWN = 60.0
OTHERS = frozenset(Kind) - {Kind.START_ORDER}
"""What is delivered from where no worker is."""

ENGINE_AWAY = frozenset(
    {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}
)


@dataclass
class Relay:
    """Takes due rows, delivers them side by side, and deletes those not overwritten meanwhile.

    Every worker runs one that polls; a process that commits nudges its own, so that a message is
    under way at once. Rows are leased, not locked, while they are delivered: a relay that dies
    keeps none of them.

    Orders are started by workers: what a worker starts, the engine gives it to do at once. A relay
    that has none beside it (`starts_orders` is False) calls theirs instead.
    """

    store: Store
    connect: Callable[[], Awaitable[Client]]
    task_queue: str
    poll_seconds: float | None = POLL
    starts_orders: bool = True
    _nudged: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    pulse: Pulse = field(default_factory=lambda: Pulse("relay"))
    _looked_at: float = float("-inf")
    _pace: Pace = field(default_factory=lambda: Pace(busy_within=0.3, gather=0.05))

    def nudge(self) -> None:
        """Something was committed. May be called from any thread, and before `run`."""
        if self._loop is not None and not self._loop.is_closed():
            # A loop that closes in between has nothing left to nudge.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._nudged.set)

    async def run(self) -> None:
        """Deliver until cancelled; what stops it is only ever the end of the process."""
        self._loop = asyncio.get_running_loop()
        # A look to which nobody nudged it finds nothing as a rule: no reason to let things gather.
        is_look = False
        async with self._hearing_calls():
            while True:
                if not is_look:
                    await self._pace.next()
                self._nudged.clear()
                self.pulse.beat()
                is_look = not await self._whole_round() and not await self._rest()

    @contextlib.asynccontextmanager
    async def _hearing_calls(self) -> AsyncIterator[None]:
        if not self.starts_orders:
            yield
            return
        listening = asyncio.create_task(calls.listen(self.store.engine, self.nudge))
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _whole_round(self) -> bool:
        """A round that a stop does not cut: rows it took would lie until their lease is over."""
        round_ = asyncio.create_task(self._round(), name="relay round")
        try:
            return await asyncio.shield(round_)
        except asyncio.CancelledError:
            await asyncio.wait({round_}, timeout=LAST_SECONDS)
            round_.cancel()
            await asyncio.gather(round_, return_exceptions=True)
            raise

    async def _round(self) -> bool:
        """Whether there may be more to do at once."""
        try:
            await self._tell_of_not_known()
            return await self.deliver_batch() > 0
        except SQLAlchemyError as error:
            log.warning("relay_database_away", error=type(error).__name__)
            await asyncio.sleep(POLL)
            return False

    async def _rest(self) -> bool:
        """Whether it was nudged; else the time came to look whether there is anything."""
        # Not `wait_for`: until Python 3.12 it loses a cancellation that comes with the nudge.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.poll_seconds):
                await self._nudged.wait()
        return self._nudged.is_set()

    async def deliver_batch(self) -> int:
        """Deliver one batch; how many rows it took."""
        messages = await in_thread(None, self._take)
        if not messages:
            return 0
        try:
            async with asyncio.timeout(DELIVER_SECONDS):
                client = await self.connect()
        except (RuntimeError, RPCError, TimeoutError) as error:
            await in_thread(None, self._put_back, [(m, error) for m in messages])
            return 0
        delivery = Delivery(self.store, client, self.task_queue)
        results = await asyncio.gather(*(self._deliver(delivery, message) for message in messages))
        failures = [(m, e) for m, e in zip(messages, results, strict=True) if e is not None]
        failed = {message.id for message, _ in failures}
        await in_thread(None, self._finish, [m for m in messages if m.id not in failed])
        await in_thread(None, self._put_back, failures)
        return 0 if any(_engine_is_away(error) for _, error in failures) else len(messages)

    async def _deliver(self, delivery: Delivery, message: Message) -> Exception | None:
        try:
            async with asyncio.timeout(DELIVER_SECONDS):
                await delivery.deliver(message)
        except Exception as error:
            return error
        return None

    @contextlib.contextmanager
    def _soon_durable(self) -> Iterator[Connection]:
        """A transaction that does not wait for the disk.

        A lease or a deletion that a crash of the database loses is only delivered again.
        """
        with self.store.engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            yield connection

    def _take(self) -> list[Message]:
        now = self.store.clock()
        with self._soon_durable() as connection:
            if self.starts_orders:
                return outbox.take(connection, now, BATCH, LEASE)
            calls.call_workers(connection, now)
            return outbox.take(connection, now, BATCH, LEASE, OTHERS)

    def _finish(self, messages: list[Message]) -> None:
        if messages:
            with self._soon_durable() as connection:
                outbox.done(connection, messages)

    def _put_back(self, failures: list[tuple[Message, Exception]]) -> None:
        if not failures:
            return
        now = self.store.clock()
        told = [(m, f"{type(e).__name__}: {e}", now + _wait(m, e)) for m, e in failures]
        with self._soon_durable() as connection:
            outbox.failed(connection, told)
        for message, error in failures:
            if _is_not_understood(error):
                _tell_of(message, error)
        message, error = failures[0]
        log.warning(
            "relay_not_delivered",
            messages=len(failures),
            kind=message.kind,
            attempts=message.attempts,
            error=type(error).__name__,
        )

    async def _tell_of_not_known(self) -> None:
        """Now and then, of rows that wait for a version that knows them."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < LOOK_FOR_NOT_KNOWN:
            return
        self._looked_at = now
        if kinds := await in_thread(None, self._not_known):
            log.error("outbox_kinds_not_known", kinds=kinds)

    def _not_known(self) -> dict[str, int]:
        with self.store.engine.connect() as connection:
            return outbox.not_known(connection)


def _wait(message: Message, error: Exception) -> timedelta:
    """Longer with every try; short while the engine is away, which is over at once for all."""
    if _engine_is_away(error):
        longest = LONGEST_AWAY
    else:
        longest = LONGEST_ASIDE if _is_not_understood(error) else LONGEST_WAIT
    return min(timedelta(seconds=0.25 * 2 ** min(message.attempts, 12)), longest)


def _engine_is_away(error: Exception) -> bool:
    if isinstance(error, RPCError):
        return error.status in ENGINE_AWAY
    return isinstance(error, (RuntimeError, TimeoutError))


def _is_not_understood(error: Exception) -> bool:
    """A fault of the row or of this version: neither the engine nor the database is to blame."""
    if isinstance(error, RPCError) and error.status is RPCStatusCode.INVALID_ARGUMENT:
        return True
    others = (RPCError, RuntimeError, TimeoutError, SQLAlchemyError)
    return not isinstance(error, others)


def _tell_of(message: Message, error: Exception) -> None:
    log.error(
        "outbox_row_set_aside",
        id=message.id,
        merchant=message.merchant,
        kind=message.kind,
        subject=message.subject,
        attempts=message.attempts,
        error=type(error).__qualname__,
    )
