"""Find workflows that somebody ended too early, and have them started again."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from fulfillment.contracts import names
from fulfillment.relay.healing import Healing
from fulfillment.store.commands.closures import renew_broken_off
from fulfillment.store.restarts import owe_overdue, start_unfinished
from fulfillment.store.session import Store
from fulfillment.store.threads import in_thread

log = structlog.get_logger(__name__)

EVERY_SECONDS = 5.0
OWED_TOO_LONG = timedelta(seconds=30)
"""After so long a queue is served whoever was to do it: its workflow may have been ended."""

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
    healing: Healing = field(default_factory=Healing)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        steps: tuple[Callable[[], Awaitable[object]], ...] = (
            self.look,
            lambda: in_thread(None, owe_overdue, self.store, OWED_TOO_LONG),
            lambda: in_thread(None, renew_broken_off, self.store),
            self.heal,
        )
        while True:
            for step in steps:
                # Each has a try of its own: one that fails must not keep the others from it.
                try:
                    await step()
                except (RPCError, RuntimeError, SQLAlchemyError) as error:
                    log.warning("sweep_could_not_look", error=type(error).__name__)
            await asyncio.sleep(self.every_seconds)

    async def heal(self) -> None:
        """Compare both sides now and then, and bring them together where they differ."""
        await self.healing.next(self.store, self.connect)

    async def look(self) -> int:
        """One look; how many orders were given a new start."""
        began = datetime.now(UTC)
        found: dict[str, list[str]] = defaultdict(list)
        client = await self.connect()
        async for run in client.list_workflows(self._query()):
            if (name := names.of_workflow_id(names.ORDER, run.id)) is None:
                log.warning("not_our_workflow", workflow=run.id)
                continue
            found[name[0]].append(name[1])
        started = 0
        for merchant, numbers in sorted(found.items()):
            started += await in_thread(None, start_unfinished, self.store, merchant, numbers)
        self.since = began - OVERLAP
        if started:
            log.warning("orders_started_again", orders=started)
        return started

    def _query(self) -> str:
        return (
            f"WorkflowType = '{names.ORDER_WORKFLOW}'"
            " AND ExecutionStatus IN ('Terminated', 'Canceled', 'Failed', 'TimedOut')"
            f" AND CloseTime > '{self.since.isoformat()}'"
        )
