"""The whole system as a client meets it: HTTP in front, real Temporal and PostgreSQL behind."""

import asyncio
import contextlib
import itertools
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

import httpx
import uvicorn
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError

import worker
from fulfillment import settings
from fulfillment.contracts import names
from fulfillment.contracts.messages import OrderState, Progress
from fulfillment.relay.relay import Relay
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.administration import keys
from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app

numbers = itertools.count(1)
ADDRESS = {"name": "Customer 0012", "line1": "1 Example Street", "country": "AT"}
Line = tuple[str, int]
Answer = dict[str, Any]


@dataclass
class System:
    """One merchant of its own on a system of its own, driven over HTTP."""

    http: httpx.AsyncClient
    store: Store
    temporal: Client
    merchant: str
    task_queue: str
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    # --- set-up ----------------------------------------------------------------------------------

    def locations(self, *ids: str) -> None:
        """Places that work on every day until midnight: no test depends on the day it is run."""
        for priority, location in enumerate(ids):
            new = catalogue.NewLocation(
                location,
                location,
                cutoff=time(23, 59, 59),
                working_days=(1, 2, 3, 4, 5, 6, 7),
                serves={self.merchant: priority},
            )
            catalogue.put_location(self.store, new)

    async def products(self, *skus: str, **knobs: Any) -> None:
        for sku in skus:
            await self.ok("PUT", f"/v1/products/{sku}", {"name": sku, **knobs})

    async def stock(self, sku: str, location: str, units: int) -> None:
        adjustment = {"sku": sku, "location": location, "units": units, "reason": "count"}
        await self.ok("POST", "/v1/stock/adjustments", {"adjustments": [adjustment]})

    async def settings(self, **knobs: Any) -> None:
        await self.ok("PATCH", "/v1/settings", knobs)

    # --- orders ----------------------------------------------------------------------------------

    def order_body(self, *lines: Line, number: str | None = None, **known: Any) -> Answer:
        return {
            "number": number or f"O-{next(self._numbers)}",
            "address": ADDRESS,
            "lines": [
                {"line": n, "sku": sku, "quantity": units}
                for n, (sku, units) in enumerate(lines, start=1)
            ],
        } | known

    async def order(self, *lines: Line, **known: Any) -> str:
        """Take an order in, and wait until it was claimed for."""
        body = self.order_body(*lines, **known)
        await self.ok("POST", "/v1/orders", body, headers={"Prefer": "wait=10"})
        await self.until_order(body["number"], lambda order: order["status"] != "received")
        await self._until_started(body["number"])
        return str(body["number"])

    async def _until_started(self, number: str) -> None:
        """Who waits for an order may have its claim made before a worker has started it."""
        for _ in range(400):
            with contextlib.suppress(RPCError, WorkflowQueryFailedError):
                state = await self.workflow(number).query(names.STATE, result_type=OrderState)
                if state.progress:
                    return
            await asyncio.sleep(0.05)
        raise AssertionError(f"the workflow of {number} was not started")

    async def read(self, number: str) -> Answer:
        return await self.ok("GET", f"/v1/orders/{number}")

    async def status(self, number: str) -> str:
        return str((await self.read(number))["status"])

    async def shipments(self, number: str) -> list[tuple[str, str | None, int]]:
        """Status, location and units of every shipment that is not history."""
        return [
            (s["status"], s["location"], sum(line["units"] for line in s["lines"]))
            for s in (await self.read(number))["shipments"]
            if s["status"] not in ("reassigned", "cancelled")
        ]

    async def until_order(
        self, number: str, found: Callable[[Answer], bool], seconds: float = 20
    ) -> Answer:
        order: Answer = {}
        for _ in range(int(seconds / 0.05)):
            order = await self.read(number)
            if found(order):
                return order
            await asyncio.sleep(0.05)
        raise AssertionError(f"order {number} is still {order.get('status')}: {order}")

    async def until_status(self, number: str, status: str, seconds: float = 20) -> Answer:
        return await self.until_order(number, lambda order: order["status"] == status, seconds)

    async def ship_all(self, number: str) -> None:
        """Pick and ship whatever is ready."""
        for shipment in (await self.read(number))["shipments"]:
            if shipment["status"] == "ready":
                await self.ok("POST", f"/v1/shipments/{shipment['id']}/pick")
                await self.ok("POST", f"/v1/shipments/{shipment['id']}/ship", {})

    async def levels(self, sku: str) -> dict[str, tuple[int, int]]:
        """On hand and allocated by location."""
        page = await self.ok("GET", f"/v1/stock?sku={sku}")
        (known,) = page["items"]
        return {at["location"]: (at["on_hand"], at["allocated"]) for at in known["locations"]}

    # --- purchase orders -------------------------------------------------------------------------

    async def purchase_order(
        self, *lines: Line, location: str, expected_on: str | None = None
    ) -> str:
        number = f"PO-{next(self._numbers)}"
        body = {
            "number": number,
            "expected_on": expected_on,
            "lines": [
                {"line": n, "sku": sku, "units": units, "location": location}
                for n, (sku, units) in enumerate(lines, start=1)
            ],
        }
        await self.ok("POST", "/v1/purchase-orders", body)
        return number

    async def receive(
        self, purchase_order: str, units: Sequence[int], location: str, number: str | None = None
    ) -> httpx.Response:
        body = {
            "number": number or f"R-{next(self._numbers)}",
            "location": location,
            "lines": [{"line": n, "units": each} for n, each in enumerate(units, start=1)],
        }
        return await self.http.post(f"/v1/purchase-orders/{purchase_order}/receipts", json=body)

    # --- the engine ------------------------------------------------------------------------------

    def workflow(self, number: str) -> Any:
        return self.temporal.get_workflow_handle(names.order_workflow_id(self.merchant, number))

    async def until_known(self, number: str, found: Callable[[Progress], bool]) -> None:
        """Until the order's workflow knows it to be so."""
        state: OrderState | None = None
        for _ in range(200):
            state = await self.workflow(number).query(names.STATE, result_type=OrderState)
            if state is not None and state.progress is not None and found(state.progress):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"the workflow of {number} still knows {state}")

    async def until_ended(self, number: str) -> None:
        """Until the order's workflow has ended well."""
        await asyncio.wait_for(self.workflow(number).result(), 60)

    async def until_running(self, *orders: str, epoch: int | None = None) -> None:
        """Until each has a workflow that knows where it stands, by what this epoch says.

        One that has ended may still be queried: that it runs is asked for itself.
        """
        for number in orders:
            for _ in range(400):
                with contextlib.suppress(RPCError):
                    found = await self.workflow(number).describe()
                    state = await self.workflow(number).query(names.STATE, result_type=OrderState)
                    knows = state.progress and epoch in (None, state.progress.epoch)
                    if knows and found.status is WorkflowExecutionStatus.RUNNING:
                        break
                await asyncio.sleep(0.05)
            else:
                raise AssertionError(f"order {number} has no workflow that goes on")

    # --- HTTP ------------------------------------------------------------------------------------

    async def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        answer = await self.http.request(method, path, json=body, **more)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json()) if answer.content else {}

    def check(self) -> None:
        """What must always be true is true."""
        assert audit(self.store) == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """The app on a real socket; its URL."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="on")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- the server tells by a flag alone
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def api(
    database_url: str, temporal: Client, merchant: str | None = None
) -> AsyncIterator[System]:
    """The API alone, with a merchant, of its own unless one is named, and an admin's key."""
    store = Store(connect(database_url))
    merchant = merchant or f"m{next(numbers)}-{uuid.uuid4().hex[:6]}"
    catalogue.put_merchant(store, catalogue.NewMerchant(merchant, merchant))
    key = keys.create_key(store, "test", Role.ADMIN, merchant)

    async def same_client() -> Client:
        return temporal

    task_queue = f"q-{merchant}"
    relay = Relay(store, same_client, task_queue, starts_orders=False)
    app = build_app(store, relay, settings.load())
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as http,
    ):
        yield System(http, store, temporal, merchant, task_queue)


@contextlib.asynccontextmanager
async def whole_system(database_url: str, temporal: Client) -> AsyncIterator[System]:
    """API and worker."""
    async with (
        api(database_url, temporal) as system,
        worker.running(temporal, database_url, system.task_queue),
    ):
        yield system
