"""First claims on a real worker: nobody waits for another merchant, or for a bad order."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.service import RPCError

from activities import heartbeats
from fulfillment.contracts import names
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.administration import keys
from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.orders import lifecycle as order_commands
from tests.scenarios.system import System
from workflows import attempts

pytestmark = pytest.mark.slow

Prepare = Callable[[Any, str, Collection[int]], dict[int, Any]]
BIG = 60
"""Lines of a big order."""


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, system: System) -> Iterator[threading.Event]:
    """First claims of the system's own merchant wait until it is opened."""
    opened = threading.Event()
    prepare: Prepare = order_commands.prepare_fulfillment

    def waiting(store: Any, merchant: str, orders: Collection[int]) -> dict[int, Any]:
        if merchant == system.merchant:
            opened.wait(60)
        return prepare(store, merchant, orders)

    monkeypatch.setattr(order_commands, "prepare_fulfillment", waiting)
    yield opened
    opened.set()


@contextlib.asynccontextmanager
async def another_merchant(system: System) -> AsyncIterator[System]:
    """On the same servers, the same worker and the same API."""
    name = f"{system.merchant}-other"
    catalogue.put_merchant(system.store, catalogue.NewMerchant(name, name))
    serves = {system.merchant: 1, name: 1}
    catalogue.put_location(system.store, catalogue.NewLocation("A", "A", serves=serves))
    key = keys.create_key(system.store, "other", Role.ADMIN, name)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=system.http.base_url, headers=headers, timeout=30
    ) as http:
        yield replace(system, http=http, merchant=name)


BOTH = 2
"""Local activities that an order's first answer is made of."""


async def attempts_of(system: System, number: str) -> list[int]:
    """How many times each activity of an order was begun, of those that the engine has run for it.

    None where it was answered within its workflow task, by both local activities.
    """
    handle = system.temporal.get_workflow_handle(names.order_workflow_id(system.merchant, number))
    for _ in range(200):
        with contextlib.suppress(RPCError):
            events = [event async for event in handle.fetch_history_events()]
            begun = [
                event.activity_task_started_event_attributes.attempt
                for event in events
                if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
            ]
            kinds = [event.event_type for event in events]
            if begun or kinds.count(EventType.EVENT_TYPE_MARKER_RECORDED) == BOTH:
                return begun
        await asyncio.sleep(0.1)
    raise AssertionError(f"order {number} was not begun")


async def take_in(system: System, orders: int, lines: int) -> list[str]:
    bodies = [system.order_body(*[("K1", 1)] * lines) for _ in range(orders)]
    await system.ok("POST", "/v1/orders/batch", {"orders": bodies})
    return [body["number"] for body in bodies]


async def claimed(system: System, number: str) -> None:
    await system.until_order(number, lambda order: order["status"] != "received")


async def test_order_of_another_merchant_is_ready_while_big_ones_have_not_claimed(
    system: System, gate: threading.Event
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 100_000)
    big = await take_in(system, 30, BIG)
    async with another_merchant(system) as other:
        await other.products("K1")
        await other.stock("K1", "A", 10)
        for _ in range(3):
            number = await other.order(("K1", 1))
            assert await other.status(number) == "awaiting_pick_and_pack"
    assert {await system.status(number) for number in big} == {"received"}
    gate.set()
    for number in big:
        await claimed(system, number)
        assert await attempts_of(system, number) <= [1]


async def test_waiting_for_its_turn_does_not_count_against_an_activity(
    system: System, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(attempts.OF_AN_ACTIVITY, "heartbeat_timeout", timedelta(seconds=2))
    monkeypatch.setattr(heartbeats, "EVERY", 0.3)
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 100)
    numbers = await take_in(system, 3, 1)
    await asyncio.sleep(6)
    gate.set()
    for number in numbers:
        await claimed(system, number)
        assert await attempts_of(system, number) <= [1]


async def test_others_are_claimed_when_one_order_can_not_be(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 100)
    prepare: Prepare = order_commands.prepare_fulfillment
    bad: set[int] = set()

    def buggy(store: Any, merchant: str, orders: Collection[int]) -> dict[int, Any]:
        if not bad:
            bad.add(max(orders))
        if bad & {*orders} and not healed.is_set():
            raise KeyError("a bug")
        return prepare(store, merchant, orders)

    healed = threading.Event()
    monkeypatch.setattr(order_commands, "prepare_fulfillment", buggy)
    numbers = await take_in(system, 12, 2)
    async with asyncio.timeout(20):
        while [await system.status(n) for n in numbers].count("received") > 1:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    healed.set()
    for number in numbers:
        await claimed(system, number)
