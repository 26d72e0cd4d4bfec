"""A database that is put back from an older copy, with the engine ahead of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from temporalio.client import Client

import worker
from embedded.postgres import EmbeddedPostgres
from embedded.temporal import EmbeddedTemporal
from fulfillment.contracts import names
from fulfillment.contracts.messages import PurchaseOrderProgress
from fulfillment.contracts.payloads import DATA_CONVERTER
from fulfillment.domain.insight.restored import ENDED, PARCEL_LEFT
from fulfillment.relay.audit import audit_memories
from fulfillment.relay.healing import Healing
from fulfillment.relay.reconciling import Asked, compare_all, preview, reconcile
from fulfillment.relay.relay import Relay
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.transactions.session import Store, connect
from tests.scenarios.system import System, api

pytestmark = pytest.mark.new_database

MERCHANT = "shop"
COPY = "pegboard_copy"
AT_RISK = {
    "SHIPS": PARCEL_LEFT, "PARTLY": PARCEL_LEFT, "CANCELS": ENDED, "HELD": "payment_review"
}  # fmt: skip


@dataclass
class Backups:
    """Takes a copy of the database, and puts it back; nobody may be connected meanwhile."""

    postgres: EmbeddedPostgres
    url: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def take(self) -> None:
        self._copy(self.name, COPY)

    def put_back(self) -> None:
        self._copy(COPY, self.name)

    def _copy(self, source: str, target: str) -> None:
        self.postgres.execute("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=target)
        self.postgres.execute(
            "CREATE DATABASE {name} TEMPLATE {template}", name=target, template=source
        )


@pytest.fixture
def backups(postgres: EmbeddedPostgres, database_url: str) -> Any:
    made = Backups(postgres, database_url)
    yield made
    postgres.execute("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=COPY)


@pytest.fixture
async def client(engine: EmbeddedTemporal) -> Client:
    return await Client.connect(engine.address, data_converter=DATA_CONVERTER, identity="test")


@contextlib.asynccontextmanager
async def fronted(url: str, client: Client, *, working: bool = True) -> AsyncIterator[System]:
    """The API on the database as it is now, with a worker unless there is to be none."""
    async with api(url, client, MERCHANT) as system, contextlib.AsyncExitStack() as stack:
        if working:
            await stack.enter_async_context(worker.running(client, url, system.task_queue))
        yield system
    system.store.engine.dispose()


@contextlib.asynccontextmanager
async def starting(shop: System) -> AsyncIterator[None]:
    """A worker's relay, without the worker."""

    async def connected() -> Client:
        return shop.temporal

    relay = asyncio.create_task(Relay(shop.store, connected, shop.task_queue).run())
    yield
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)


async def before_the_copy(url: str, client: Client) -> str:
    """Orders that are ready, that wait, and one that nobody has claimed for."""
    async with fronted(url, client) as shop:
        shop.locations("A")
        await shop.products("K1", "K2")
        await shop.stock("K1", "A", 20)
        for number in ("SHIPS", "CANCELS", "HELD", "STAYS"):
            await shop.order(("K1", 1), number=number)
        await shop.order(("K1", 1), ("K2", 1), number="PARTLY")
        await shop.order(("K2", 2), number="WAITS")
        purchase_order = await shop.purchase_order(("K2", 9), location="A")
    async with fronted(url, client, working=False) as shop:
        await shop.ok("POST", "/v1/orders", shop.order_body(("K1", 1), number="UNCLAIMED"))
        # A worker that starts it and dies: its workflow is there, and nobody claims.
        async with starting(shop):
            await until_delivered(shop.store)
    return purchase_order


async def after_the_copy(url: str, client: Client, purchase_order: str) -> int:
    """What the database is about to forget; the id of an order that it will not know."""
    async with fronted(url, client) as shop:
        await shop.until_status("UNCLAIMED", "awaiting_pick_and_pack")
        await shop.ship_all("SHIPS")
        await shop.ship_all("PARTLY")
        await shop.ok("POST", "/v1/orders/CANCELS/cancel", {})
        await shop.ok("POST", "/v1/orders/HELD/hold", {"reason": "payment_review"})
        for priority in (40, 41, 42):
            await shop.ok("POST", "/v1/orders/WAITS/priority", {"priority": priority})
        await shop.order(("K1", 2), number="LOST")
        await shop.order(("K1", 2), number="LOST-AND-GONE")
        assert (await shop.receive(purchase_order, [1], "A")).status_code == 201
        await shop.until_ended("SHIPS")
        await shop.until_ended("CANCELS")
        await shop.until_order("WAITS", lambda order: order["priority"] == 42)
        await until_told(client, purchase_order)
    return id_of(url, "LOST")


async def until_told(client: Client, purchase_order: str) -> None:
    """The purchase order's workflow has heard of the unit that came."""
    handle = client.get_workflow_handle(names.purchase_order_workflow_id(MERCHANT, purchase_order))
    for _ in range(400):
        told = await handle.query(names.STATE, result_type=PurchaseOrderProgress)
        if told.received:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the workflow of {purchase_order} knows of no receipt")


def id_of(url: str, number: str) -> int:
    engine = connect(url)
    sql = "SELECT id FROM orders WHERE number = :number"
    (row,) = Store(engine).read(MERCHANT, lambda tx: tx.rows(sql, number=number))
    engine.dispose()
    return int(row.id)


@contextlib.contextmanager
def stored(url: str) -> Any:
    opened = Store(connect(url))
    try:
        yield opened
    finally:
        opened.engine.dispose()


async def test_everything_goes_on_and_nothing_ships_twice_when_a_copy_is_put_back(
    database_url: str, backups: Backups, client: Client
) -> None:
    purchase_order = await before_the_copy(database_url, client)
    backups.take()
    lost = await after_the_copy(database_url, client, purchase_order)
    backups.put_back()

    with stored(database_url) as store:
        await the_audit_says_it(store, client, purchase_order)
        before = preview(await compare_all(store, client))
        report = await reconcile(store, client, Asked("test"))
        assert before.on_hold == report.on_hold
        assert before.epoch < report.epoch

    async with fronted(database_url, client) as shop:
        await those_at_risk_are_on_hold(shop)
        await shop.until_status("UNCLAIMED", "awaiting_pick_and_pack", seconds=60)
        await shop.until_running(*AT_RISK, "STAYS", "WAITS", epoch=report.epoch)
        # The order is taken in again: another id, and a workflow of its own in the same name.
        await shop.order(("K1", 2), number="LOST")
        assert id_of(database_url, "LOST") > lost + 1_000
        await shop.receive(purchase_order, [3], "A")
        await shop.until_status("WAITS", "awaiting_pick_and_pack")
        for number in ("UNCLAIMED", "STAYS", "WAITS", "LOST"):
            await shop.ship_all(number)
            await shop.until_ended(number)
        assert audit(shop.store) == []
        found = {f.number: f.rows for f in await audit_memories(shop.store, client)}
        assert {row["number"] for row in found.pop("7d")} == {"LOST-AND-GONE"}
        assert found == {}
    with stored(database_url) as store:
        ended = await reconcile(store, client, Asked("test", end_unknown=True))
        assert (ended.ended, ended.on_hold) == (1, [])
        assert await audit_memories(store, client) == []


async def the_audit_says_it(store: Store, client: Client, purchase_order: str) -> None:
    told = {finding.number: finding.rows for finding in await audit_memories(store, client)}
    assert {row["order"] for row in told["7e"]} == set(AT_RISK)
    assert {row["order"] for row in told["7c"]} >= {"UNCLAIMED", "WAITS", "SHIPS"}
    assert {row["number"] for row in told["7d"]} == {"LOST", "LOST-AND-GONE"}
    assert {row["purchase_order"] for row in told["7g"]} == {purchase_order}


async def those_at_risk_are_on_hold(shop: System) -> None:
    for number, reason in AT_RISK.items():
        order = await shop.until_status(number, "on_hold", seconds=60)
        assert order["holds"] == [reason]
        await nothing_ships(shop, order)


async def test_nothing_is_deaf_and_nothing_ships_twice_when_reconcile_was_forgotten(
    database_url: str, backups: Backups, client: Client
) -> None:
    purchase_order = await before_the_copy(database_url, client)
    backups.take()
    await after_the_copy(database_url, client, purchase_order)
    backups.put_back()

    async with fronted(database_url, client) as shop:
        await heal(shop.store, client)
        for number, reason in (("SHIPS", PARCEL_LEFT), ("CANCELS", ENDED)):
            order = await shop.until_status(number, "on_hold", seconds=60)
            assert order["holds"] == [reason]
            await nothing_ships(shop, order)
        await shop.receive(purchase_order, [3], "A")
        await shop.until_status("WAITS", "awaiting_pick_and_pack")
        await shop.ship_all("WAITS")
        await shop.until_ended("WAITS")
        # Ids are used again: under its old number the order has another one now.
        for number in ("OTHER", "LOST"):
            await shop.ok("POST", "/v1/orders", shop.order_body(("K1", 1), number=number))
        await until_refused(shop.store, "pegboard reconcile")
        await reconcile(shop.store, client, Asked("test"))
        await shop.until_status("LOST", "awaiting_pick_and_pack", seconds=60)


async def until_delivered(store: Store) -> None:
    sql = "SELECT count(*) AS n FROM outbox"
    for _ in range(200):
        if store.read("*", lambda tx: tx.rows(sql))[0].n == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the engine was not told")


async def until_refused(store: Store, why: str) -> None:
    sql = "SELECT last_error FROM outbox WHERE last_error IS NOT NULL"
    for _ in range(200):
        if any(why in row.last_error for row in store.read("*", lambda tx: tx.rows(sql))):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("no start was refused")


async def heal(store: Store, client: Client) -> None:
    """What the sweep does each minute, with orders that are not new any more."""
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE orders SET created_at = created_at - interval '1 hour'"))

    async def connected() -> Client:
        return client

    await Healing().next(store, connected)


async def nothing_ships(shop: System, order: dict[str, Any]) -> None:
    for shipment in order["shipments"]:
        if shipment["status"] == "ready":
            picked = await shop.http.post(f"/v1/shipments/{shipment['id']}/pick")
            assert (picked.status_code, picked.json()["code"]) == (409, "order_on_hold")
            sent = await shop.http.post(f"/v1/shipments/{shipment['id']}/ship", json={})
            assert sent.status_code == 409


async def test_orders_start_by_themselves_when_the_engine_was_lost(
    database_url: str, client: Client, temporal_client: Client
) -> None:
    await before_the_copy(database_url, temporal_client)
    async with fronted(database_url, client) as shop:
        await heal(shop.store, client)
        await shop.until_status("UNCLAIMED", "awaiting_pick_and_pack", seconds=60)
        await shop.until_running("SHIPS", "WAITS", "PARTLY")
        for number in ("SHIPS", "STAYS"):
            await shop.ship_all(number)
            await shop.until_ended(number)
        assert await audit_memories(shop.store, client) == []
    for number in ("SHIPS", "CANCELS", "HELD", "STAYS", "PARTLY", "WAITS", "UNCLAIMED"):
        handle = temporal_client.get_workflow_handle(names.order_workflow_id(MERCHANT, number))
        await handle.terminate("the test is over")
