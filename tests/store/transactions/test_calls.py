"""Workers are called when an order is to be started, from another connection."""

import asyncio

import psycopg

from fulfillment.store.transactions import calls
from tests.builders.warehouse import Warehouse

LAST = "the last"


def call(warehouse: Warehouse) -> None:
    with warehouse.engine.begin() as connection:
        calls.call_workers(connection, warehouse.clock())


def calls_heard(warehouse: Warehouse) -> int:
    """How many calls another connection hears when somebody may call once."""
    url = warehouse.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute(f"LISTEN {calls.CHANNEL}")
        call(warehouse)
        with warehouse.engine.begin() as connection:
            connection.exec_driver_sql(f"NOTIFY {calls.CHANNEL}, '{LAST}'")
        # They are heard in their order.
        for count, told in enumerate(listener.notifies(timeout=30)):
            if told.payload == LAST:
                return count
    raise AssertionError("nothing was heard")


def test_workers_are_called_when_a_start_is_due(warehouse: Warehouse) -> None:
    warehouse.take()
    assert calls_heard(warehouse) == 1


def test_nobody_is_called_when_no_start_is_due(warehouse: Warehouse) -> None:
    assert calls_heard(warehouse) == 0


async def test_relay_of_a_worker_hears_the_call(warehouse: Warehouse) -> None:
    warehouse.take()
    heard = asyncio.Queue[None]()
    listening = asyncio.create_task(calls.listen(warehouse.engine, lambda: heard.put_nowait(None)))
    # The first time it is told that it listens now: what came before was not heard.
    await asyncio.wait_for(heard.get(), 30)
    await asyncio.to_thread(call, warehouse)
    await asyncio.wait_for(heard.get(), 30)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
