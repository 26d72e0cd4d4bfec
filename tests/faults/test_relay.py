"""A relay that is killed in the midst of its batch loses nothing, and no row stops it."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from sqlalchemy import create_engine
from structlog.testing import capture_logs
from temporalio.client import Client
from temporalio.service import RPCError

from fulfillment.contracts import names
from fulfillment.relay import relay as relaying
from fulfillment.relay.delivery import Delivery
from fulfillment.relay.relay import Relay
from fulfillment.store.reading.standing import starts_owed
from fulfillment.store.transactions.outbox import Message
from fulfillment.store.transactions.session import Store
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
    monkeypatch.setattr(relaying, "LAST_SECONDS", 0.1)
    # Nobody claims here, and all are to be started at once all the same.
    for bound in ("MOST_UNCLAIMED", "MOST_UNCLAIMED_LINES", "MOST_AT_ONCE"):
        monkeypatch.setattr(f"fulfillment.store.transactions.outbox.{bound}", 10 * ORDERS)
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
    await asyncio.gather(killed, return_exceptions=True)
    assert warehouse.one("SELECT count(*) FROM outbox") == ORDERS

    monkeypatch.setattr(Delivery, "deliver", deliver)
    other = asyncio.create_task(Relay(store, same_client, "nobody").run())
    await until(lambda: warehouse.one("SELECT count(*) FROM outbox") == 0)
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
    for number in range(ORDERS):
        workflow = names.order_workflow_id(MERCHANT, f"RELAY-{number}")
        handle = temporal_client.get_workflow_handle(workflow)
        assert (await handle.describe()).status is not None
        await handle.terminate()
    warehouse.engine.dispose()


async def test_relay_that_is_stopped_delivers_what_it_took_and_leaves_no_lease(
    database_url: str, temporal_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse.on(database_url).furnish()
    warehouse.take(number=f"STOPPED-{uuid.uuid4().hex[:6]}")
    deliver = Delivery.deliver
    begun = asyncio.Event()

    async def slowly(self: Delivery, message: Message) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        await deliver(self, message)

    monkeypatch.setattr(Delivery, "deliver", slowly)
    async with relaying_for(warehouse, temporal_client):
        await begun.wait()
    assert warehouse.one("SELECT count(*) FROM outbox") == 0
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


@contextlib.asynccontextmanager
async def relaying_for(warehouse: Warehouse, client: Client) -> AsyncIterator[Relay]:
    async def same_client() -> Client:
        return client

    relay = Relay(Store(warehouse.engine), same_client, "nobody")
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        for row in warehouse.rows("SELECT number FROM orders"):
            workflow = names.order_workflow_id(MERCHANT, row.number)
            with contextlib.suppress(RPCError):
                await client.get_workflow_handle(workflow).terminate()
        warehouse.engine.dispose()


def put(warehouse: Warehouse, kind: str, payload: str, rows: int = 1) -> None:
    """Rows ahead of all others, as no version of ours writes them."""
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox DROP CONSTRAINT ck_outbox_kind")
        connection.exec_driver_sql(
            "INSERT INTO outbox (merchant, lane, kind, subject, payload, due_at)"
            " SELECT %s, 0, %s, 'odd ' || n, %s::jsonb, now() - interval '1 hour'"
            " FROM generate_series(1, %s) n",
            (MERCHANT, kind, payload, rows),
        )


@pytest.mark.parametrize("payload", ["{}", "[1, 2]", '{"progress": {"order": "x"}}', "null"])
async def test_rows_that_are_not_understood_are_set_aside_and_the_rest_goes_on(
    database_url: str, temporal_client: Client, payload: str
) -> None:
    warehouse = Warehouse.on(database_url).furnish()
    put(warehouse, "wake_order", payload, rows=relaying.BATCH + 1)
    warehouse.take(number=f"GOOD-{uuid.uuid4().hex[:6]}")
    with capture_logs() as lines:
        async with relaying_for(warehouse, temporal_client):
            await until(lambda: warehouse.one("SELECT count(*) FROM outbox") == relaying.BATCH + 1)
            await until(lambda: warehouse.one("SELECT min(attempts) FROM outbox") >= 1)
        told = [line for line in lines if line["event"] == "outbox_row_set_aside"]
    assert (told[0]["kind"], told[0]["merchant"]) == ("wake_order", MERCHANT)
    assert told[0]["subject"].startswith("odd")


@pytest.mark.parametrize(
    "payload",
    [
        "{}",
        "[1, 2]",
        "null",
        '{"lines": "many"}',
        '{"lines": 1e300}',
        '{"lines": [1], "progress": {"claimed": "perhaps"}}',
        '{"progress": 7}',
    ],
)
async def test_starts_that_are_not_understood_keep_no_other_from_being_taken(
    database_url: str, temporal_client: Client, payload: str
) -> None:
    warehouse = Warehouse.on(database_url).furnish()
    put(warehouse, "start_order", payload, rows=2)
    warehouse.take(number=f"GOOD-{uuid.uuid4().hex[:6]}")
    with capture_logs() as lines:
        async with relaying_for(warehouse, temporal_client) as relay:
            await until(lambda: warehouse.one("SELECT count(*) FROM outbox") == 2)
            await until(lambda: warehouse.one("SELECT min(attempts) FROM outbox") >= 1)
            assert relay.pulse.trouble is None
            assert starts_owed(relay.store) == frozenset()
    assert [line for line in lines if line["event"] == "outbox_row_set_aside"]


async def test_start_that_the_engine_refuses_for_what_it_is_is_told(
    database_url: str, temporal_client: Client
) -> None:
    warehouse = Warehouse.on(database_url).furnish()
    long = "X" * 5_000
    put(warehouse, "start_order", json.dumps({"order": 7, "number": long}))
    warehouse.take(number=f"GOOD-{uuid.uuid4().hex[:6]}")
    with capture_logs() as lines:
        async with relaying_for(warehouse, temporal_client):
            await until(lambda: warehouse.one("SELECT count(*) FROM outbox") == 1)
            await until(lambda: warehouse.one("SELECT min(attempts) FROM outbox") >= 1)
    assert [line for line in lines if line["event"] == "outbox_row_set_aside"]


async def test_rows_of_a_kind_that_is_not_known_are_left_to_others_and_told(
    database_url: str, temporal_client: Client
) -> None:
    warehouse = Warehouse.on(database_url).furnish()
    put(warehouse, "party", "{}", rows=relaying.BATCH + 1)
    warehouse.take(number=f"GOOD-{uuid.uuid4().hex[:6]}")
    with capture_logs() as lines:
        async with relaying_for(warehouse, temporal_client) as relay:
            await until(lambda: warehouse.one("SELECT count(*) FROM outbox") == relaying.BATCH + 1)
            assert relay.pulse.trouble is None
            assert warehouse.one("SELECT sum(attempts) FROM outbox") == 0
    (told,) = [line for line in lines if line["event"] == "outbox_kinds_not_known"]
    assert told["kinds"] == {"party": relaying.BATCH + 1}


async def test_others_are_delivered_when_the_engine_never_answers_for_one(
    database_url: str, temporal_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "DELIVER_SECONDS", 0.5)
    warehouse = Warehouse.on(database_url).furnish()
    mine = uuid.uuid4().hex[:6]
    for number in ("SILENT", "GOOD"):
        warehouse.take(number=f"{number}-{mine}")
    deliver = Delivery.deliver

    async def never_for_one(self: Delivery, message: Message) -> None:
        if message.payload["number"].startswith("SILENT"):
            await asyncio.Event().wait()
        await deliver(self, message)

    monkeypatch.setattr(Delivery, "deliver", never_for_one)
    async with relaying_for(warehouse, temporal_client):
        await until(lambda: warehouse.one("SELECT count(*) FROM outbox") == 1)
        left = "SELECT payload ->> 'number' FROM outbox"
        assert warehouse.one(left) == f"SILENT-{mine}"
