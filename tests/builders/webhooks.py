"""Webhooks as tests use them: endpoints of a warehouse, what they are owed, who sends it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from deliveries.webhooks.addresses import Allowed, networks
from deliveries.webhooks.delivering import Deliverer
from deliveries.webhooks.signing import new_secret
from fulfillment.sealing import Sealer, new_key
from fulfillment.store.commands.webhooks.endpoints import NewEndpoint, make_endpoint
from fulfillment.store.commands.webhooks.fan_out import fan_out_next
from fulfillment.store.transactions.session import Store
from tests.builders.feed import tell
from tests.builders.warehouse import Clock, Warehouse, command


@dataclass
class RealTime(Clock):
    """The time as it is, or somewhat later: what is signed is held against it by a receiver."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


KEY = new_key()
SEALER = Sealer([KEY])
HERE = Allowed(networks("127.0.0.0/8, ::1/128"))


def endpoint(
    warehouse: Warehouse, url: str = "https://hooks.example/", *topics: str, **more: Any
) -> tuple[int, str]:
    """Make an endpoint; its id and its secret."""
    secret = new_secret()
    new = NewEndpoint(url, topics or ("*",), **more)
    made = make_endpoint(
        warehouse.store, command("make_webhook"), new, lambda name: SEALER.seal(name, secret)
    )
    return made.view.id, secret


def fan_out(store: Store) -> int:
    """Tell all that happened, and make the deliveries of it; how many."""
    tell(store)
    made = 0
    while (done := fan_out_next(store)) is not None and done.places:
        made += done.deliveries
    return made


def deliveries(warehouse: Warehouse) -> list[Any]:
    return list(warehouse.rows("SELECT * FROM webhook_delivery ORDER BY id"))


def count(warehouse: Warehouse, status: str) -> int:
    sql = "SELECT count(*) FROM webhook_delivery WHERE status = :status"
    return int(warehouse.one(sql, status=status))


def deliverer(store: Store, **more: Any) -> Deliverer:
    named: dict[str, Any] = {"sealer": SEALER, "allowed": HERE, "tls": httpx.create_ssl_context()}
    return Deliverer(store, **(named | more))


@contextlib.asynccontextmanager
async def delivering(store: Store, **more: Any) -> AsyncIterator[Deliverer]:
    """Send what is due while the block lasts."""
    made = deliverer(store, **more)
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Any, seconds: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 -- what is waited for is in the database
            await asyncio.sleep(0.02)


async def settled(warehouse: Warehouse, seconds: float = 30) -> None:
    """Wait until nothing is due and may be sent now."""
    sql = """SELECT count(*) FROM webhook_delivery d JOIN webhook_endpoint e ON e.id = d.endpoint
              WHERE d.status = 'due' AND (d.leased_until IS NOT NULL OR d.next_at <= :now)
                AND e.status = 'on' AND (e.slow_until IS NULL OR e.slow_until <= :now)"""
    await until(lambda: warehouse.one(sql, now=warehouse.clock()) == 0, seconds)


def later(warehouse: Warehouse, **time: float) -> None:
    warehouse.clock.now += timedelta(**time)
