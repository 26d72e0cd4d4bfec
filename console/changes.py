"""What changed a moment ago, read from the feed once for all who look on in this process."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from starlette.concurrency import run_in_threadpool

from fulfillment.domain.insight.event_permissions import told_to
from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.model.callers import Caller
from fulfillment.store.feed.cursors import Position
from fulfillment.store.feed.reading import Events, Scope, end_of_feed, read_events
from fulfillment.store.reading import snapshot
from fulfillment.store.reading.views.feed import FeedEventView
from fulfillment.store.records.loading import EVERYBODY
from fulfillment.store.transactions.session import Store, Tx

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
MOST_READ = 500
"""Events of one look; where there are more, everything may have changed."""

MOST_NAMED = 50
"""Orders that somebody is told by their numbers; where there are more, any may have changed."""

MOST_LOOKING_ON = 200
"""Streams of a process."""


@dataclass(frozen=True, slots=True)
class News:
    """What changed: which orders, by what; `more` if any other one may have, too."""

    orders: Sequence[str]
    kinds: Sequence[str]
    more: bool


@dataclass(eq=False)
class Onlooker:
    """Somebody who looks on: what he may be told, and what was told since he took it last."""

    merchant: str
    types: Collection[EventType]
    locations: Collection[str] | None
    is_over: bool = False
    _orders: set[str] = field(default_factory=set)
    _kinds: set[str] = field(default_factory=set)
    _more: bool = False

    def hear(self, event: FeedEventView) -> None:
        """Keep what an event is about, if he may be told of it."""
        is_mine = event.merchant == self.merchant and event.type in self.types
        if not is_mine or not self._is_here(event.locations):
            return
        self._kinds.add(event.type)
        if event.subject == "order" and len(self._orders) < MOST_NAMED:
            self._orders.add(event.number)
        else:
            self._more = True

    def hear_of_much(self) -> None:
        """More happened than was looked at."""
        self._more = True

    def take(self) -> News | None:
        """What he was not told yet."""
        if not self._orders and not self._more:
            return None
        news = News(sorted(self._orders), sorted(self._kinds), self._more)
        self._orders, self._kinds, self._more = set(), set(), False
        return news

    def _is_here(self, places: Collection[str]) -> bool:
        return self.locations is None or not set(places).isdisjoint(self.locations)


@dataclass
class Changes:
    """One reader of the feed, which runs while somebody looks on, and tells each what is his.

    What happens while nobody looks on is not read. Where the feed can not be read, all who look on
    are done with, and come again.
    """

    store: Store
    _onlookers: set[Onlooker] = field(default_factory=set)
    _begun: "asyncio.Task[None] | None" = field(default=None, repr=False)
    _at: Position | None = None
    _is_settled: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    """Whether it is known where the reader begins, or that it can not."""

    @property
    def is_full(self) -> bool:
        """Whether nobody more may look on in this process."""
        return len(self._onlookers) >= MOST_LOOKING_ON

    @property
    def count(self) -> int:
        """How many look on."""
        return len(self._onlookers)

    @property
    def at(self) -> str:
        """Up to where all who look on have heard, as a cursor."""
        return self._at.cursor if self._at else ""

    @contextmanager
    def looking_on(self, merchant: str, caller: Caller) -> Iterator[Onlooker]:
        """A place among those who look on, from the reader's place on."""
        one = Onlooker(merchant, frozenset(told_to(caller.role)), caller.scope.locations)
        self._onlookers.add(one)
        try:
            yield one
        finally:
            self._onlookers.discard(one)

    async def begin(self) -> None:
        """Have the reader run, if it does not yet."""
        if self._begun is None:
            self._is_settled = asyncio.Event()
            self._begun = asyncio.ensure_future(self._follow())
            self._begun.add_done_callback(self._ended)
        await self._is_settled.wait()

    async def end(self) -> None:
        """Read no more: the server ends, and nothing may be under way then."""
        self._onlookers.clear()
        if self._begun is not None:
            await asyncio.wait({self._begun})

    async def _follow(self) -> None:
        self._at = await run_in_threadpool(snapshot.read, self.store, EVERYBODY, end_of_feed)
        self._is_settled.set()
        while self._onlookers:
            merchants = {one.merchant for one in self._onlookers}
            found, end = await run_in_threadpool(self._look, self._at, merchants)
            for one in self._onlookers:
                for event in found.events:
                    one.hear(event)
                # Of a merchant who was not asked for when this look began, nothing was read.
                if found.more or one.merchant not in merchants:
                    one.hear_of_much()
            self._at = end
            await asyncio.sleep(LOOK_SECONDS)

    def _look(self, after: Position, merchants: Collection[str]) -> tuple[Events, Position]:
        """What came of these merchants, and where to look from next: what is too much is left."""

        def body(tx: Tx) -> tuple[Events, Position]:
            found = read_events(tx, after, Scope(tuple(EventType), merchants), MOST_READ)
            return found, end_of_feed(tx) if found.more else found.upto

        return snapshot.read(self.store, EVERYBODY, body)

    def _ended(self, reader: "asyncio.Task[None]") -> None:
        self._begun = None
        self._is_settled.set()
        for one in self._onlookers:
            one.is_over = True
        if not reader.cancelled() and (error := reader.exception()) is not None:
            log.warning("changes_not_read", error=type(error).__name__)
