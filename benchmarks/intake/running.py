"""The rounds of the benchmark on a system that runs, and what one order's workflow cost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.intake import processes
from benchmarks.intake.bench import ALONE, MERCHANT, SKUS, Bench, Figures
from benchmarks.intake.client import Clients
from benchmarks.intake.floor import FloorProcess
from benchmarks.intake.system import Say
from cli.host.supervisor import System
from fulfillment.contracts import names
from fulfillment.contracts.payloads import DATA_CONVERTER
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.administration import keys
from fulfillment.store.commands.supply import stock
from fulfillment.store.transactions.session import Command, Store, connect

LOCATION = "main"
E = EventType
BILLABLE = (
    E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    E.EVENT_TYPE_TIMER_STARTED,
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Orders in each phase of a round, rounds that count, clients, and orders that come alone."""

    orders: int
    rounds: int
    clients: int
    alone: int = ALONE


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of all, and of the workflow of one order that was picked and shipped."""

    figures: Figures
    one_order: dict[str, int]


async def cost(temporal: Client, number: str) -> dict[str, int]:
    """Events, workflow tasks and billable actions of one order's life, and bytes of its history."""
    handle = temporal.get_workflow_handle(names.order_workflow_id(MERCHANT, number))
    events = Counter([event.event_type async for event in handle.fetch_history_events()])
    info = (await handle.describe()).raw_description.workflow_execution_info
    # The local activities of one workflow task are one action.
    local = 1 if events[E.EVENT_TYPE_MARKER_RECORDED] else 0
    return {
        "history events": events.total(),
        "workflow tasks": events[E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED],
        "billable actions": sum(events[kind] for kind in BILLABLE) + local,
        "bytes of history": info.history_size_bytes,
    }


def fill(store: Store, *, units: int = 1_000_000, more: Sequence[str] = ()) -> str:
    """A merchant with so much of each of its goods, some more if need be; the key of its shop."""
    skus = [*SKUS, *more]
    catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, "Bench"))
    catalogue.put_location(store, catalogue.NewLocation(LOCATION, "Main", serves={MERCHANT: 1}))
    catalogue.put_products(store, MERCHANT, [catalogue.NewProduct(sku, sku) for sku in skus])
    if units:
        counts = [stock.Adjustment(sku, LOCATION, units, "count") for sku in skus]
        stock.adjust(store, Command(MERCHANT, "adjust", "fill", "bench"), counts)
    return keys.create_key(store, "bench", keys.Role.ADMIN, MERCHANT)


async def measure(system: System, sizes: Sizes, say: Say) -> Measured:
    """A round that does not count, then those that do."""
    address = system.temporal_address
    store = Store(connect(system.database_url))
    asking = Clients(system.api_url, fill(store))
    parts = processes.find()
    temporal = await Client.connect(address, data_converter=DATA_CONVERTER)
    floor = FloorProcess(address, sizes.clients)
    parts["client"] = [psutil.Process(asking.process.pid)]
    parts["floor"] = [psutil.Process(floor.process.pid)]
    bench = Bench(store, temporal, asking, floor, parts, sizes.orders, sizes.clients, sizes.alone)
    try:
        say("warm-up")
        await bench.round()
        await bench.rest()
        bench.figures = Figures()
        number = ""
        for n in range(1, sizes.rounds + 1):
            say(f"round {n} of {sizes.rounds}")
            number = await bench.round()
        return Measured(bench.figures, await cost(temporal, number))
    finally:
        asking.end()
        floor.end()
        store.engine.dispose()
