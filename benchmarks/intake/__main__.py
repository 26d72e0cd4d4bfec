"""Orders per second against a floor in the same run: see README.md."""

import asyncio
import itertools
import os
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.intake import floor
from cli.exit_status import run_and_end
from cli.host.supervisor import System
from fulfillment.contracts import names
from fulfillment.contracts.payloads import DATA_CONVERTER
from fulfillment.settings import Settings
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.administration import keys
from fulfillment.store.commands.supply import stock
from fulfillment.store.transactions.session import Command, Store, connect

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()
MERCHANT, LOCATION = "bench", "main"
SKUS = [f"SKU-{n:02}" for n in range(50)]
BATCH = 50
FLOOR_QUEUE = "floor"
E = EventType


@dataclass
class Bench:
    """The system under load, and the floor beside it."""

    http: httpx.AsyncClient
    store: Store
    temporal: Client
    done: Any
    orders: int
    concurrency: int
    names: Any = field(default_factory=lambda: itertools.count(1))

    # --- the floor -------------------------------------------------------------------------------

    async def floor_ready(self) -> tuple[float, list[str]]:
        ids = [f"floor-{next(self.names)}" for _ in range(self.orders)]
        before, began = self.done.value, time.perf_counter()
        await self._side_by_side(ids, self._start_floor)
        await self._until(lambda: self.done.value - before >= self.orders)
        return self.orders / (time.perf_counter() - began), ids

    async def floor_shipped(self, ids: list[str]) -> float:
        began = time.perf_counter()
        await self._side_by_side(ids, self._tell_floor)
        await self._ended(floor.WORKFLOW)
        return len(ids) / (time.perf_counter() - began)

    async def _start_floor(self, id_: str) -> None:
        ref = floor.Ref(MERCHANT, 1)
        await self.temporal.start_workflow(floor.WORKFLOW, ref, id=id_, task_queue=FLOOR_QUEUE)

    async def _tell_floor(self, id_: str) -> None:
        handle = self.temporal.get_workflow_handle(id_)
        for _ in range(floor.SIGNALS):
            await handle.signal(floor.SIGNAL, floor.Ref(MERCHANT, 1))

    # --- ours ------------------------------------------------------------------------------------

    async def ours_ready(self, *, batch: bool) -> tuple[float, list[str]]:
        bodies = [self._body(next(self.names)) for _ in range(self.orders)]
        began = time.perf_counter()
        if batch:
            parts = [bodies[n : n + BATCH] for n in range(0, len(bodies), BATCH)]
            await self._side_by_side(parts, self._post_batch)
        else:
            await self._side_by_side(bodies, self._post)
        await self._until(self._all_ready)
        return self.orders / (time.perf_counter() - began), [b["number"] for b in bodies]

    async def ours_shipped(self) -> float:
        page = await asyncio.to_thread(self._ready_shipments)
        began = time.perf_counter()
        await self._side_by_side(page, self._pick_and_ship)
        await self._ended(names.ORDER_WORKFLOW)
        return len(page) / (time.perf_counter() - began)

    def _body(self, n: int) -> dict[str, Any]:
        skus = (SKUS[n % len(SKUS)], SKUS[(n * 7 + 3) % len(SKUS)])
        lines = [{"line": i, "sku": sku, "quantity": 1} for i, sku in enumerate(skus, start=1)]
        return {"number": f"B-{n}", "lines": lines, "address": {"line1": "1 Example Street"}}

    async def _post(self, body: dict[str, Any]) -> None:
        (await self.http.post("/v1/orders", json=body)).raise_for_status()

    async def _post_batch(self, bodies: list[dict[str, Any]]) -> None:
        answer = await self.http.post("/v1/orders/batch", json={"orders": bodies})
        answer.raise_for_status()

    async def _pick_and_ship(self, shipment: int) -> None:
        for step in ("pick", "ship"):
            answer = await self.http.post(f"/v1/shipments/{shipment}/{step}", json={})
            answer.raise_for_status()

    def _all_ready(self) -> bool:
        sql = "SELECT count(*) AS n FROM orders WHERE status = 'received'"
        return bool(self.store.read(MERCHANT, lambda tx: tx.rows(sql)[0].n == 0))

    def _ready_shipments(self) -> list[int]:
        sql = "SELECT id FROM shipment WHERE status = 'ready' ORDER BY id"
        return self.store.read(MERCHANT, lambda tx: [row.id for row in tx.rows(sql)])

    # --- parts -----------------------------------------------------------------------------------

    async def _side_by_side(self, items: list[Any], do: Callable[[Any], Awaitable[None]]) -> None:
        todo = iter(items)

        async def one_client() -> None:
            for item in todo:
                await do(item)

        await asyncio.gather(*(one_client() for _ in range(self.concurrency)))

    async def _until(self, found: Callable[[], bool]) -> None:
        while not await asyncio.to_thread(found):  # noqa: ASYNC110 -- other processes do it
            await asyncio.sleep(0.02)

    async def _ended(self, kind: str) -> None:
        query = f"WorkflowType = '{kind}' AND ExecutionStatus = 'Running'"
        while (await self.temporal.count_workflows(query)).count:  # noqa: ASYNC110 -- as above
            await asyncio.sleep(0.1)


async def cost(temporal: Client, number: str) -> dict[str, int]:
    """Events, workflow tasks and billable actions of one order's life."""
    handle = temporal.get_workflow_handle(names.order_workflow_id(MERCHANT, number))
    events = Counter([event.event_type async for event in handle.fetch_history_events()])
    billable = (
        E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
        E.EVENT_TYPE_TIMER_STARTED,
    )
    return {
        "history events": events.total(),
        "workflow tasks": events[E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED],
        "billable actions": sum(events[kind] for kind in billable),
    }


def fill(store: Store) -> str:
    """A merchant with plenty of stock, and the key of its shop."""
    catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, "Bench"))
    catalogue.put_location(store, catalogue.NewLocation(LOCATION, "Main", serves={MERCHANT: 1}))
    catalogue.put_products(store, MERCHANT, [catalogue.NewProduct(sku, sku) for sku in SKUS])
    command = Command(MERCHANT, "adjust", "fill", "bench")
    counts = [stock.Adjustment(sku, LOCATION, 1_000_000, "count") for sku in SKUS]
    stock.adjust(store, command, counts)
    return keys.create_key(store, "bench", keys.Role.ADMIN, MERCHANT)


async def measure(system: System, address: str, orders: int, rounds: int, concurrency: int) -> None:
    store = Store(connect(system.database_url))
    key = fill(store)
    temporal = await Client.connect(address, data_converter=DATA_CONVERTER)
    process, done = floor.start(address, FLOOR_QUEUE)
    headers = {"Authorization": f"Bearer {key}"}
    limits = httpx.Limits(max_connections=concurrency)
    figures: dict[str, list[float]] = {}
    try:
        async with httpx.AsyncClient(
            base_url=system.api_url, headers=headers, timeout=60, limits=limits
        ) as http:
            bench = Bench(http, store, temporal, done, orders, concurrency)
            await one_round(bench, {}, "warm-up")
            for number in range(1, rounds + 1):
                last = await one_round(bench, figures, f"round {number} of {rounds}")
            show(figures, await cost(temporal, last))
    finally:
        process.terminate()
        store.engine.dispose()


async def one_round(bench: Bench, figures: dict[str, list[float]], title: str) -> str:
    console.print(f"{title}: floor, ours one by one, ours in batches, and to shipped", style="dim")

    def note(name: str, figure: float) -> None:
        figures.setdefault(name, []).append(figure)

    rate, ids = await bench.floor_ready()
    note("floor ready", rate)
    note("floor shipped", await bench.floor_shipped(ids))
    rate, numbers = await bench.ours_ready(batch=False)
    note("ready, single", rate)
    note("shipped", await bench.ours_shipped())
    rate, _ = await bench.floor_ready()
    note("floor ready", rate)
    await bench.floor_shipped(_)
    rate, _ = await bench.ours_ready(batch=True)
    note("ready, batch", rate)
    await bench.ours_shipped()
    return numbers[-1]


def show(figures: dict[str, list[float]], costs: dict[str, int]) -> None:
    middle = {name: statistics.median(values) for name, values in figures.items()}
    table = Table(title="orders per second (median of the rounds)")
    for column in ("phase", "ours", "floor", "ratio"):
        table.add_column(column, justify="left" if column == "phase" else "right")
    for name, of in (
        ("ready, single", "floor ready"),
        ("ready, batch", "floor ready"),
        ("shipped", "floor shipped"),
    ):
        ratio = middle[name] / middle[of]
        table.add_row(name, f"{middle[name]:.1f}", f"{middle[of]:.1f}", f"{ratio:.2f}")
    console.print(table)
    told = ", ".join(f"{value} {name}" for name, value in costs.items())
    console.print(f"one order, in stock, one shipment, picked and shipped: {told}")


@app.command()
def main(
    orders: int = typer.Option(300, min=10, help="Orders in each phase of a round."),
    rounds: int = typer.Option(3, min=1, help="Rounds that are counted, after one warm-up."),
    concurrency: int = typer.Option(16, min=1, max=64, help="Clients at the same time."),
) -> None:
    """Measure intake to ready, and on to shipped, against a floor in the same run."""
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "PEGBOARD_"))]:
        del os.environ[name]
    home = Path(tempfile.mkdtemp(prefix="pegboard-bench-"))
    # The database's server does not run as root, and has to reach its folder.
    home.chmod(0o711)
    settings = Settings(home=home, log_level="warning")
    system = System(settings, say=lambda line: console.print(line, style="dim", markup=False))
    try:
        system.start()
        asyncio.run(measure(system, system.temporal_address, orders, rounds, concurrency))
    finally:
        system.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    run_and_end(app)
