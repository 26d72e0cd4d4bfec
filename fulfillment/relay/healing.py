"""Bring the engine's running orders and the database's unfinished ones together again."""

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from temporalio.client import Client

from fulfillment.contracts import names
from fulfillment.relay.comparing import behind_among, heads_by_name
from fulfillment.relay.listing import Listed, Name, listed
from fulfillment.store.commands.administration.restoring import restart_orders, wake_orders_again
from fulfillment.store.integrity.restarts import restarts_owed
from fulfillment.store.reading.standing import (
    OrderHead,
    known_merchants,
    starts_owed,
    unfinished_heads,
)
from fulfillment.store.transactions.apart import each_apart
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

LOOKED_CLOSER = 50
"""Orders of which one comparison reads what their workflows know, in turn: a request for each."""

PATIENCE = timedelta(minutes=1)
"""What was committed within this time may still be under way."""


@dataclass
class Healing:
    """Finds orders without a workflow, and workflows that live on or stand behind.

    After the engine was lost, all unfinished orders are without one: they are started again some at
    a time, the newest first. A workflow that shows another status than its order has twice in a
    row, or whose order is finished, is told once more; it asks the database if it does not believe
    that. Some are looked at closer each time, in turn. One that shows no status was not started by
    us: the start that is owed then replaces it.
    """

    every_seconds: float = EVERY_SECONDS
    _missing: deque[OrderHead] = field(default_factory=deque)
    _behind: dict[Name, int] = field(default_factory=dict)
    _next: float = 0.0
    _looked_until: int = 0

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
        await self._look_closer(store, client, runs, heads)

    async def _look_closer(
        self, store: Store, client: Client, runs: dict[Name, Listed], heads: Iterable[OrderHead]
    ) -> None:
        """Ask for some what they know: a status that is right does not show all that is not."""
        by_name = {(head.merchant, head.number): head for head in heads}
        carried = [(runs[name], head) for name, head in by_name.items() if name in runs]
        carried.sort(key=lambda each: each[1].id)
        ahead = [each for each in carried if each[1].id > self._looked_until]
        some = (ahead or carried)[:LOOKED_CLOSER]
        self._looked_until = some[-1][1].id if some else 0
        behind = await behind_among(store, client, some, store.clock() - PATIENCE)
        if behind:
            log.warning("workflows_behind", workflows=len(behind), foreign=0)
        await in_thread(None, _wake, store, behind)

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
        self._behind = {name: self._behind.get(name, 0) + 1 for name in lives_on | differs}
        # The engine's list lags a little behind: what differs twice is believed.
        behind = lives_on | {name for name in differs if self._behind[name] > 1}
        if not behind:
            return
        foreign = {name for name in behind if runs[name].status is None}
        log.warning("workflows_behind", workflows=len(behind), foreign=len(foreign))
        known |= others
        due = sorted(name for name in behind if _is_due(self._behind[name]))[:MOST_TOLD]
        await in_thread(None, _wake, store, [known[name] for name in due if name not in foreign])
        await in_thread(None, _restart, store, [known[name] for name in due if name in foreign])

    async def _start_some(self, store: Store) -> None:
        room = RESTARTS - await in_thread(None, restarts_owed, store)
        some = [self._missing.popleft() for _ in range(min(room, len(self._missing)))]
        started = await in_thread(None, _restart, store, some)
        if started:
            log.warning("orders_started_again", orders=started, left=len(self._missing))


def _is_due(times: int) -> bool:
    """One that is found so again and again can not be helped so: it is told ever more rarely."""
    return times.bit_count() == 1


def _restart(store: Store, heads: Iterable[OrderHead]) -> int:
    ids, started = _by_merchant(heads), 0

    def restart(merchant: str) -> None:
        nonlocal started
        started += restart_orders(store, merchant, ids[merchant], "sweep")

    each_apart("restart_orders", sorted(ids), restart)
    return started


def _wake(store: Store, heads: Iterable[OrderHead]) -> None:
    ids = _by_merchant(heads)

    def wake(merchant: str) -> None:
        wake_orders_again(store, merchant, ids[merchant])

    each_apart("wake_orders_again", sorted(ids), wake)


def _by_merchant(heads: Iterable[OrderHead]) -> dict[str, list[int]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for head in heads:
        ids[head.merchant].append(head.id)
    return ids
