"""Tell of what waits longer than it should: orders for their first claim, queues for service."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from fulfillment.keeping import Pulse
from fulfillment.store.integrity.check import SHOWN, Finding
from fulfillment.store.reading.first_claims import owed_to_queues_since, unclaimed_since
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread

log = structlog.get_logger(__name__)

LATE = timedelta(minutes=5)
"""Claims and queues of a busy day are done well within this."""

EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rule:
    """What should not wait: its number and sentence in the audit, and its line in the log."""

    number: str
    sentence: str
    event: str
    waiting: Callable[[Store, datetime], list[dict[str, Any]]]


RULES = (
    Rule(
        "7h",
        "no order has waited for its first claim for more than five minutes",
        "first_claims_are_late",
        unclaimed_since,
    ),
    Rule(
        "7i",
        "nothing has been owed to a queue for more than five minutes",
        "queues_are_late",
        owed_to_queues_since,
    ),
)


def late(store: Store) -> list[Finding]:
    """The findings of the audit: what waits too long, and since when, by merchant."""
    found = ((rule, rule.waiting(store, store.clock() - LATE)) for rule in RULES)
    return [
        Finding(rule.number, rule.sentence, tuple(rows[:SHOWN])) for rule, rows in found if rows
    ]


async def watch(store: Store, pulse: Pulse) -> None:
    """Warn of it in the log, again and again, until cancelled."""
    while True:
        pulse.beat()
        try:
            await in_thread(None, _warn, store)
        except SQLAlchemyError as error:
            log.warning("lateness_could_not_look", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


def _warn(store: Store) -> None:
    now = store.clock()
    for rule in RULES:
        for row in rule.waiting(store, now - LATE):
            seconds = round((now - row.pop("oldest")).total_seconds())
            log.warning(rule.event, seconds=seconds, **row)
