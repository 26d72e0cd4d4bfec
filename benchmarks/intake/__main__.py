"""Orders per second against a floor in the same run: see README.md."""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import psutil
import typer
from rich.console import Console
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.intake import processes
from benchmarks.intake.bench import MERCHANT, SKUS, Bench, Figures
from benchmarks.intake.client import Clients
from benchmarks.intake.floor import FloorProcess
from benchmarks.intake.tables import show
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
console = Console(width=140)
LOCATION = "main"
E = EventType
BILLABLE = (
    E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    E.EVENT_TYPE_TIMER_STARTED,
)


async def cost(temporal: Client, number: str) -> dict[str, int]:
    """Events, workflow tasks and billable actions of one order's life."""
    handle = temporal.get_workflow_handle(names.order_workflow_id(MERCHANT, number))
    events = Counter([event.event_type async for event in handle.fetch_history_events()])
    # The local activities of one workflow task are one action.
    local = 1 if events[E.EVENT_TYPE_MARKER_RECORDED] else 0
    return {
        "history events": events.total(),
        "workflow tasks": events[E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED],
        "billable actions": sum(events[kind] for kind in BILLABLE) + local,
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


async def measure(system: System, orders: int, rounds: int, clients: int) -> None:
    address = system.temporal_address
    store = Store(connect(system.database_url))
    asking = Clients(system.api_url, fill(store))
    parts = processes.find()
    temporal = await Client.connect(address, data_converter=DATA_CONVERTER)
    floor = FloorProcess(address, clients)
    parts["client"] = [psutil.Process(asking.process.pid)]
    parts["floor"] = [psutil.Process(floor.process.pid)]
    bench = Bench(store, temporal, asking, floor, parts, orders, clients)
    try:
        console.print("warm-up", style="dim")
        await bench.round()
        await bench.rest()
        bench.figures = Figures()
        number = ""
        for n in range(1, rounds + 1):
            console.print(f"round {n} of {rounds}", style="dim")
            number = await bench.round()
        show(console, bench.figures)
        told = ", ".join(
            f"{value} {what}" for what, value in (await cost(temporal, number)).items()
        )
        console.print(f"one order, in stock, one shipment, picked and shipped: {told}")
    finally:
        asking.end()
        floor.end()
        store.engine.dispose()


@app.command()
def main(
    orders: int = typer.Option(300, min=10, help="Orders in each phase of a round."),
    rounds: int = typer.Option(5, min=1, help="Rounds that are counted, after one warm-up."),
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
        asyncio.run(measure(system, orders, rounds, concurrency))
    finally:
        system.stop()
        shutil.rmtree(home)


if __name__ == "__main__":
    run_and_end(app)
