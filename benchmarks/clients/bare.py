"""The floor of an intake: an API that writes the rows of an order, and decides nothing.

No key, no rule, no look for the same order: a body is read, and its rows are written with our own
statements in one flight. It has a database of its own, in which nobody leads the orders on.
"""

import json
import multiprocessing
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.intake.bench import MERCHANT
from fulfillment.store.commands.intake.rows import FIRST_SHIPMENTS, INSERT_LINES, INSERT_ORDERS
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.session import Store, Tx, connect

CUSTOMERS = """
INSERT INTO order_customer (order_id, address)
SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:addresses AS jsonb[]))
"""


class Line(BaseModel):
    line: int
    sku: str
    quantity: int


class Order(BaseModel):
    number: str
    lines: list[Line]
    address: dict[str, str]


class Batch(BaseModel):
    orders: list[Order]


def write(tx: Tx, orders: Sequence[Order]) -> None:
    """The rows of these orders, as a new order has them."""
    rows = json.dumps([_order_row(order, tx.now) for order in orders], default=str)
    made = tx.rows(INSERT_ORDERS, merchant=MERCHANT, now=tx.now, rows=rows)
    ids = {row.number: row.id for row in made}
    addresses = [json.dumps(order.address) for order in orders]
    tx.run(CUSTOMERS, ids=[ids[order.number] for order in orders], addresses=addresses)
    lines = [(ids[order.number], line) for order in orders for line in order.lines]
    tx.run(
        INSERT_LINES,
        merchant=MERCHANT,
        orders=[order for order, _ in lines],
        numbers=[line.line for _, line in lines],
        skus=[line.sku for _, line in lines],
        units=[line.quantity for _, line in lines],
        **dict.fromkeys(("packs", "pack_units", "prices", "wanted_on"), [None] * len(lines)),
    )
    tx.run(FIRST_SHIPMENTS, ids=list(ids.values()), now=tx.now, actor="bare")
    starts = ((str(id_), {"order": id_, "number": number}) for number, id_ in ids.items())
    outbox.put(tx, outbox.Kind.START_ORDER, starts)


def _order_row(order: Order, now: datetime) -> dict[str, object]:
    return {
        "number": order.number,
        "revision": 0,
        "content_hash": "00",
        "priority": 50,
        "placed_at": now,
        "placed_on": now.date(),
        "currency": "EUR",
        "policy": {},
        "waiting_units": sum(line.quantity for line in order.lines),
    }


def build(store: Store) -> FastAPI:
    """Two endpoints: one order, and many."""
    app = FastAPI()

    @app.post("/v1/orders", status_code=202)
    def one(order: Order) -> dict[str, Any]:
        store.transact(MERCHANT, lambda tx: write(tx, [order]))
        return {"number": order.number, "taken_at": datetime.now(UTC).isoformat()}

    @app.post("/v1/orders/batch", status_code=202)
    def many(batch: Batch) -> dict[str, Any]:
        store.transact(MERCHANT, lambda tx: write(tx, batch.orders))
        return {"numbers": [order.number for order in batch.orders]}

    return app


def _serve(database_url: str, told: Connection) -> None:
    store = Store(connect(database_url))
    server = uvicorn.Server(
        uvicorn.Config(build(store), port=0, log_config=None, access_log=False, server_header=False)
    )
    original = server.startup

    async def startup(sockets: Any = None) -> None:
        await original(sockets)
        told.send(server.servers[0].sockets[0].getsockname()[1])

    server.startup = startup  # type: ignore[method-assign]
    server.run()


class BareProcess:
    """The process in which the bare API is."""

    def __init__(self, database_url: str) -> None:
        context = multiprocessing.get_context("spawn")
        mine, other = context.Pipe()
        self.process: Any = context.Process(target=_serve, args=(database_url, other), daemon=True)
        self.process.start()
        self.url = f"http://127.0.0.1:{mine.recv()}"

    def end(self) -> None:
        self.process.terminate()
        self.process.join(5)
        self.process.kill()
