"""A relay that is killed in the midst of its batch loses nothing."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import create_engine
from temporalio.client import Client

from fulfillment.contracts import names
from fulfillment.relay import relay as relaying
from fulfillment.relay.delivery import Delivery
from fulfillment.relay.relay import Relay
from fulfillment.store.outbox import Message
from fulfillment.store.session import Store
from tests.builders.warehouse import MERCHANT, Warehouse

ORDERS = 30
DELIVERED = 10


async def test_killed_relay_loses_no_row_and_another_delivers_the_rest(
    database_url: str, temporal_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse.on(database_url).furnish()
    for number in range(ORDERS):
        warehouse.take(number=f"RELAY-{number}")
    store = Store(warehouse.engine)

    async def same_client() -> Client:
        return temporal_client

    monkeypatch.setattr(relaying, "LEASE", timedelta(seconds=1))
    delivered: list[str] = []
    deliver = Delivery.deliver

    async def deliver_some(self: Delivery, message: Message) -> None:
        if len(delivered) >= DELIVERED:
            await asyncio.Event().wait()
        delivered.append(message.subject)
        await deliver(self, message)

    monkeypatch.setattr(Delivery, "deliver", deliver_some)
    killed = asyncio.create_task(Relay(store, same_client, "nobody").run())
    await until(lambda: len(delivered) == DELIVERED)
    killed.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await killed
    assert warehouse.one("SELECT count(*) FROM outbox") == ORDERS

    monkeypatch.setattr(Delivery, "deliver", deliver)
    other = asyncio.create_task(Relay(store, same_client, "nobody").run())
    await until(lambda: warehouse.one("SELECT count(*) FROM outbox") == 0)
    other.cancel()
    for number in range(ORDERS):
        workflow = names.order_workflow_id(MERCHANT, f"RELAY-{number}")
        handle = temporal_client.get_workflow_handle(workflow)
        assert (await handle.describe()).status is not None
        await handle.terminate()
    warehouse.engine.dispose()


@pytest.mark.parametrize("steps", range(4))
async def test_relay_ends_when_it_is_cancelled_as_it_is_nudged(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    async def nothing(_: Relay) -> bool:
        return False

    async def nobody() -> Client:
        raise AssertionError("nothing is to be delivered")

    monkeypatch.setattr(Relay, "_round", nothing)
    store = Store(create_engine("postgresql+psycopg://"))
    running = asyncio.create_task((relay := Relay(store, nobody, "q", poll_seconds=60)).run())
    await asyncio.sleep(0.05)
    relay.nudge()
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    ended, _ = await asyncio.wait([running], timeout=2)
    assert ended


async def until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.05)):
        if await asyncio.to_thread(is_so):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not become so")
