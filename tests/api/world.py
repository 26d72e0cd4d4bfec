"""An API on a real database and a real port, with two merchants and a few goods."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role, create_key
from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    NewProduct,
    put_location,
    put_merchant,
    put_products,
)
from fulfillment.store.commands.orders.lifecycle import prepare_fulfillment
from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.transactions.session import Command, Store, connect
from starter.app import build_app
from tests.api.declared import assert_is_declared

ACME, BOLT = "acme", "bolt"
ADDRESS = {"name": "Zebedee Quux", "line1": "7 Secret Lane", "city": "Vienna", "country": "AT"}

SECRET = "Zebedee Quux 7 Secret Lane"


@dataclass
class World:
    store: Store
    url: str
    keys: dict[tuple[Role, str | None], str] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)

    def key(self, role: Role, merchant: str | None = ACME) -> str:
        if (role, merchant) not in self.keys:
            self.keys[role, merchant] = create_key(self.store, f"{role} test", role, merchant)
        return self.keys[role, merchant]

    def client(self, role: Role = Role.ADMIN, merchant: str | None = ACME) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.key(role, merchant)}"}
        hooks = {"response": [assert_is_declared]}
        # The server closes what is idle for five seconds; who asks just then gets no answer.
        limits = httpx.Limits(keepalive_expiry=2)
        client = httpx.Client(
            base_url=self.url, headers=headers, timeout=20, event_hooks=hooks, limits=limits
        )
        self.clients.append(client)
        return client

    def prepare(self, number: str, merchant: str = ACME) -> OrderStatus:
        def find(tx):
            (row,) = tx.rows(
                "SELECT id FROM orders WHERE merchant = :m AND number = :n", m=merchant, n=number
            )
            return row.id

        order = self.store.read(merchant, find)
        return OrderStatus(prepare_fulfillment(self.store, merchant, [order])[order]["status"])

    def paths(self) -> dict[str, Any]:
        """The operations of the API by path and method, as it describes them."""
        return dict(httpx.get(f"{self.url}/openapi.json", timeout=20).json()["paths"])

    def stock(self, sku: str, units: int, location: str = "vienna", merchant: str = ACME) -> None:
        command = Command(merchant, "adjust", f"{sku}:{location}:{time.monotonic_ns()}", "test")
        adjust(self.store, command, [Adjustment(sku, location, units, "test")])

    def count(self, table: str) -> int:
        sql = f"SELECT count(*) AS n FROM {table}"
        return self.store.read(ACME, lambda tx: int(tx.rows(sql)[0].n))


def order(number: str = "SO-1", *lines: tuple[str, int], **more: object) -> dict[str, Any]:
    asked = lines or (("TEA", 2),)
    return {
        "number": number,
        "lines": [
            {"line": index, "sku": sku, "quantity": units}
            for index, (sku, units) in enumerate(asked, 1)
        ],
        "address": ADDRESS,
        **more,
    }


def settle(store: Store) -> None:
    put_merchant(store, NewMerchant(ACME, "Acme", "Europe/Vienna", "EUR"))
    put_merchant(store, NewMerchant(BOLT, "Bolt"))
    put_location(store, NewLocation("vienna", "Vienna", serves={ACME: 1, BOLT: 1}))
    put_location(store, NewLocation("graz", "Graz", serves={ACME: 2}))
    put_location(store, NewLocation("linz", "Linz", serves={BOLT: 2}))
    put_products(
        store,
        ACME,
        [
            NewProduct("TEA", "Tea", packs={"carton": 12}),
            NewProduct("CUP", "Cup"),
            NewProduct("STRICT", "Strict", allow_backorder=False),
            NewProduct("LIMITED", "Limited", backorder_limit=5),
            NewProduct("OLD", "Old", active=False),
            NewProduct("CARD", "Card", manage_stock=False),
        ],
    )
    put_products(store, BOLT, [NewProduct("NUT", "Nut"), NewProduct("TEA", "Other tea")])


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(
        app, port=0, log_config=None, access_log=False, lifespan="on", http="starter.head:HeadLimit"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@contextmanager
def made(database_url: str, **settings: object) -> Iterator[World]:
    engine = connect(database_url)
    with made_on(engine, **settings) as world:
        yield world
    engine.dispose()


@contextmanager
def made_on(engine: Engine, **settings: object) -> Iterator[World]:
    store = Store(engine)
    settle(store)
    with serving(build_app(store, None, Settings.model_validate(settings))) as url:
        world = World(store, url)
        yield world
        for client in world.clients:
            client.close()


def assert_holds_no_customer_data(text: str) -> None:
    assert not [word for word in ("Zebedee", "Quux", "Secret", "Lane") if word in text]
