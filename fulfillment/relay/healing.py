"""Bring the engine's running orders and the database's unfinished ones together again."""

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from temporalio.client import Client

from fulfillment.contracts import names
from fulfillment.relay.comparing import heads_by_name
from fulfillment.relay.listing import Listed, Name, listed
from fulfillment.store.commands.administration.restoring import restart_orders, wake_orders_again
from fulfillment.store.integrity.restarts import restarts_owed
from fulfillment.store.reading.standing import (
    OrderHead,
    known_merchants,
    starts_owed,
    unfinished_heads,
)
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
REST = 20
"""A comparison is followed by a rest of so many times as long as it took, at least a minute."""

RESTARTS = 500
"""Orders that are owed a start again at one time: what is new goes before them all the while."""

MOST_TOLD = 500
"""Workflows that one comparison tells once more where their orders stand."""

PATIENCE = timedelta(minutes=1)
"""What was committed within this time may still be under way."""


@dataclass
class Healing:
    """Finds orders without a workflow, and workflows that live on or stand behind.

    After the engine was lost, all unfinished orders are without one: they are started again some at
    a time, the newest first. A workflow that shows another status than its order has twice in a
    row, or whose order is finished, is told once more; it asks the database if it does not believe
    that.
    """

    every_seconds: float = EVERY_SECONDS
    _missing: deque[OrderHead] = field(default_factory=deque)
    _behind: set[Name] = field(default_factory=set)
    _next: float = 0.0

    async def next(self, store: Store, connect: Callable[[], Awaitable[Client]]) -> None:
        """Start some more of what is missing; when nothing is, compare again if it is time."""
        now = time.monotonic()
        if not self._missing and now >= self._next:
            await self._compare(store, await connect())
            took = time.monotonic() - now
            self._next = now + max(self.every_seconds, REST * took)
        if self._missing:
            await self._start_some(store)

    async def _compare(self, store: Store, client: Client) -> None:
        runs = {
            name: run
            for name, run in (await listed(client, names.ORDER_WORKFLOW, names.ORDER)).items()
            if run.is_running
        }
        heads = await in_thread(None, unfinished_heads, store)
        waiting = await in_thread(None, starts_owed, store)
        late = store.clock() - PATIENCE
        self._missing.extend(
            head
            for head in heads
            if head.created_at < late
            and (head.merchant, head.number) not in runs
            and head.id not in waiting
        )
        if self._missing:
            log.warning("orders_without_workflow", orders=len(self._missing))
        await self._tell_those_behind(store, runs, heads)

    async def _tell_those_behind(
        self, store: Store, runs: dict[Name, Listed], heads: Iterable[OrderHead]
    ) -> None:
        known = {(head.merchant, head.number): head for head in heads}
        others = await heads_by_name(store, runs.keys() - known.keys())
        merchants = await in_thread(None, known_merchants, store)
        missing = runs.keys() - known.keys() - others.keys()
        unknown = [name for name in missing if name[0] in merchants]
        if unknown:
            log.warning("workflows_of_unknown_orders", workflows=len(unknown))
        late = store.clock() - PATIENCE
        lives_on = {
            name for name, head in others.items() if head.finished_at and head.finished_at < late
        }
        differs = {
            name for name in runs.keys() & known.keys() if runs[name].status != known[name].status
        }
        # The engine's list lags a little behind: what differs twice is believed.
        behind = lives_on | (differs & self._behind)
        self._behind = differs
        known |= others
        await in_thread(None, _wake, store, [known[name] for name in sorted(behind)[:MOST_TOLD]])

    async def _start_some(self, store: Store) -> None:
        room = RESTARTS - await in_thread(None, restarts_owed, store)
        some = [self._missing.popleft() for _ in range(min(room, len(self._missing)))]
        started = await in_thread(None, _restart, store, some)
        if started:
            log.warning("orders_started_again", orders=started, left=len(self._missing))


def _restart(store: Store, heads: Iterable[OrderHead]) -> int:
    return sum(
        restart_orders(store, merchant, ids, "sweep") for merchant, ids in _by_merchant(heads)
    )


def _wake(store: Store, heads: Iterable[OrderHead]) -> None:
    for merchant, ids in _by_merchant(heads):
        wake_orders_again(store, merchant, ids)


def _by_merchant(heads: Iterable[OrderHead]) -> list[tuple[str, list[int]]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for head in heads:
        ids[head.merchant].append(head.id)
    return sorted(ids.items())
