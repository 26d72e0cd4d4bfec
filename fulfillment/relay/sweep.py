"""Find workflows that somebody ended too early, and have them started again."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.client import Client

from fulfillment.contracts import names
from fulfillment.keeping import Pulse
from fulfillment.relay.healing import Healing
from fulfillment.relay.listing import Name, gathered, is_running, runs
from fulfillment.store.archive.archiving import archive_next
from fulfillment.store.archive.months import make_months
from fulfillment.store.archive.old_keys import forget_keys
from fulfillment.store.commands.catalogue.closures import renew_broken_off
from fulfillment.store.integrity.proving import prove_past
from fulfillment.store.integrity.queue_checks import owe_idle
from fulfillment.store.integrity.restarts import owe_overdue, start_unfinished, wake_overdue
from fulfillment.store.integrity.sum_checks import mend_sums
from fulfillment.store.transactions.apart import each_apart
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread

log = structlog.get_logger(__name__)

EVERY_SECONDS = 5.0
OWED_TOO_LONG = timedelta(seconds=30)
"""After so long a queue is served whoever was to do it: its workflow may have been ended."""

IDLE_EVERY_SECONDS = 60.0
SUMS_EVERY_SECONDS = 3_600.0
"""Sums are compared with all that they add up."""

PROVE_EVERY_SECONDS = 3600.0
ARCHIVE_EVERY_SECONDS = 3600.0
ARCHIVE_FOR_SECONDS = 2.0
"""A look at archiving takes so long at most; the next one goes on from there."""

FORGET_EVERY_SECONDS = 3600.0
KEEP_KEYS = timedelta(days=30)

STEP_SECONDS = 300.0
"""A step that takes longer waits for an answer that does not come; it is done again."""

OVERLAP = timedelta(minutes=1)
"""Visibility is written a little after the fact: each look reaches back over the last one."""


@dataclass
class Sweep:
    """Looks for orders' runs that were terminated, cancelled, timed out or failed.

    Such a run ends no order: only the database says when an order is finished. This finds closed
    runs, not waiters, so its cost grows with accidents and never with what waits.
    """

    store: Store
    connect: Callable[[], Awaitable[Client]]
    every_seconds: float = EVERY_SECONDS
    since: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    pulse: Pulse = field(default_factory=lambda: Pulse("sweep", silent_seconds=600))
    healing: Healing = field(default_factory=Healing)
    next_idle: float = 0.0
    next_sums: float = 0.0
    next_proof: float = 0.0
    next_round: float = 0.0
    next_forgetting: float = 0.0
    keep_keys: timedelta = KEEP_KEYS
    archived_upto: int = 0
    seen: dict[str, datetime] = field(default_factory=dict)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            for name, step in self._steps.items():
                self.pulse.beat()
                await self._try(name, step)
            await asyncio.sleep(self.every_seconds)

    @property
    def _steps(self) -> Mapping[str, Callable[[], Awaitable[object]]]:
        """What is looked for; none of them waits for another to succeed."""
        return {
            "closed_runs": self.look,
            "owed": lambda: in_thread(None, owe_overdue, self.store, OWED_TOO_LONG),
            "late_timers": lambda: in_thread(None, wake_overdue, self.store),
            "calendars": lambda: in_thread(None, renew_broken_off, self.store),
            "both_sides": self.heal,
            "idle": self.give_what_is_idle,
            "sums": self.mend_sums,
            "past": self.prove,
            "archive": self.archive,
            "keys": self.forget,
        }

    async def give_what_is_idle(self) -> None:
        """Now and then, have units given that lie free beside who may take them: a fault."""
        if (now := time.monotonic()) < self.next_idle:
            return
        self.next_idle = now + IDLE_EVERY_SECONDS
        for merchant, skus in (await in_thread(None, owe_idle, self.store)).items():
            log.error("units_were_idle", merchant=merchant, skus=skus)

    async def mend_sums(self) -> None:
        """Now and then, have what is kept beside queues written anew where it is wrong: a fault."""
        if (now := time.monotonic()) < self.next_sums:
            return
        self.next_sums = now + SUMS_EVERY_SECONDS
        for merchant, skus in (await in_thread(None, mend_sums, self.store)).items():
            log.error("sums_were_wrong", merchant=merchant, skus=skus)

    async def prove(self) -> None:
        """Now and then, audit what came since the last time, so that no audit has to again."""
        if (now := time.monotonic()) < self.next_proof:
            return
        step = await in_thread(None, prove_past, self.store)
        self.next_proof = now if step.more else now + PROVE_EVERY_SECONDS
        for found in step.findings:
            log.error("past_is_wrong", number=found.number, rule=found.rule, rows=len(found.rows))

    async def archive(self) -> None:
        """Go on with the round over all orders; one that has ended is followed by another later."""
        if (now := time.monotonic()) < self.next_round:
            return
        if not self.archived_upto:
            await in_thread(None, make_months, self.store)
        while time.monotonic() < now + ARCHIVE_FOR_SECONDS:
            step = await in_thread(None, archive_next, self.store, self.archived_upto)
            self.archived_upto = step.upto or 0
            if step.upto is None:
                self.next_round = now + ARCHIVE_EVERY_SECONDS
                break

    async def forget(self) -> None:
        """Now and then, forget keys that clients gave long ago."""
        if (now := time.monotonic()) < self.next_forgetting:
            return
        await in_thread(None, forget_keys, self.store, self.keep_keys)
        self.next_forgetting = now + FORGET_EVERY_SECONDS

    async def heal(self) -> None:
        """Compare both sides now and then, and bring them together where they differ."""
        await self.healing.next(self.store, self.connect)

    async def _try(self, name: str, step: Callable[[], Awaitable[object]]) -> None:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                await step()
        except Exception as error:
            log.warning("sweep_could_not_look", step=name, error=type(error).__qualname__)

    async def look(self) -> int:
        """One look; how many orders were given a new start.

        A run that was seen to have ended is not asked about again, though each look reaches back.
        """
        began = datetime.now(UTC)
        client = await self.connect()
        ended = await self._ended_runs(client)
        # A worker that has just begun also sees those that were started again long ago.
        asked = await gathered(
            sorted(set(ended.values())),
            lambda name: is_running(client, names.order_workflow_id(*name)),
        )
        found: dict[str, list[str]] = defaultdict(list)
        for (merchant, number), has_later_run in asked:
            if not has_later_run:
                found[merchant].append(number)
        started, done = 0, set[str]()

        def start(merchant: str) -> None:
            nonlocal started
            self.pulse.beat()
            started += start_unfinished(self.store, merchant, found[merchant])
            done.add(merchant)

        await in_thread(None, each_apart, "start_unfinished", sorted(found), start)
        if done == found.keys():
            self.since = began - OVERLAP
        left = found.keys() - done
        self.seen |= {run: began for run, (merchant, _) in ended.items() if merchant not in left}
        self.seen = {run: at for run, at in self.seen.items() if at >= self.since - OVERLAP}
        if started:
            log.warning("orders_started_again", orders=started)
        return started

    async def _ended_runs(self, client: Client) -> dict[str, Name]:
        """The orders of runs that ended by accident and were not seen before, by run."""
        ended: dict[str, Name] = {}
        async for run in runs(client, self._query()):
            workflow, run_id = run.execution.workflow_id, run.execution.run_id
            if run_id in self.seen:
                continue
            if (name := names.of_workflow_id(names.ORDER, workflow)) is None:
                log.warning("not_our_workflow", workflow=workflow)
                self.seen[run_id] = datetime.now(UTC)
            else:
                ended[run_id] = name
        return ended

    def _query(self) -> str:
        return (
            f"WorkflowType = '{names.ORDER_WORKFLOW}'"
            " AND ExecutionStatus IN ('Terminated', 'Canceled', 'Failed', 'TimedOut')"
            f" AND CloseTime > '{self.since.isoformat()}'"
        )
