"""Call the workers when an order is to be started: whoever hears it looks at the outbox."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import psycopg
import structlog
from sqlalchemy import Connection, Engine, text

log = structlog.get_logger(__name__)

CHANNEL = "pegboard_starts"
AGAIN_SECONDS = 5.0
"""Until it is tried again to listen; meanwhile the workers look once a second."""


def call_workers(connection: Connection, now: datetime) -> None:
    """Call them, at the commit, if a start is due.

    Never within a transaction that decides: those that notify commit one after the other.
    """
    connection.execute(
        text(
            "SELECT pg_notify(:channel, '')"
            " WHERE EXISTS (SELECT FROM outbox WHERE kind = 'start_order' AND due_at <= :now)"
        ),
        {"channel": CHANNEL, "now": now},
    )


async def listen(engine: Engine, hear: Callable[[], None]) -> None:
    """Hear each call until cancelled. A call that is missed costs a second, and nothing else."""
    while True:
        try:
            await _listen(engine, hear)
        except (psycopg.Error, OSError) as error:
            log.info("calls_not_heard", error=type(error).__name__)
        await asyncio.sleep(AGAIN_SECONDS)


async def _listen(engine: Engine, hear: Callable[[], None]) -> None:
    _, named = engine.dialect.create_connect_args(engine.url)
    named = {"connect_timeout": 10, "application_name": "pegboard listens", **named}
    async with await psycopg.AsyncConnection.connect(**named, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        hear()
        async for _ in connection.notifies():
            hear()
