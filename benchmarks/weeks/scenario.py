"""The load: a book of orders taken in as fast as it goes, and another merchant's, one by one."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from rich.console import Console
from temporalio.client import Client

from benchmarks.weeks.book import BookedOrder, demand, parts
from benchmarks.weeks.measuring import Figures, batches_in, cpu_seconds, retries_of
from cli.host.supervisor import System
from fulfillment.contracts.payloads import DATA_CONVERTER
from fulfillment.relay.audit import audit_engine, orders_without_workflow
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.administration import keys
from fulfillment.store.commands.intake import NewLine, NewOrder, create_orders
from fulfillment.store.commands.supply import stock
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.transactions.session import Command, Store, connect

WHOLESALER, CORNER_SHOP, LOCATION = "weeks", "corner", "main"
TOGETHER = 200
"""Orders that are taken in at once, as an import does."""

SKUS_OF_CORNER_SHOP = [f"C{n}" for n in range(10)]
LEFT = "SELECT count(*) AS n FROM orders WHERE merchant = :merchant AND NOT first_claimed"
CLAIMED = (
    "SELECT number FROM orders WHERE merchant = :merchant AND number = ANY(:numbers)"
    " AND first_claimed"
)

OPEN_FOR = (
    "SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0) AS seconds"
    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


@dataclass
class Scenario:
    """One run of it."""

    book: Sequence[BookedOrder]
    stock: float
    every: float
    console: Console
    _done: asyncio.Event = field(default_factory=asyncio.Event)
    _open: dict[str, float] = field(default_factory=dict)

    async def run(self, system: System) -> Figures:
        figures = Figures(len(self.book), sum(len(order.units) for order in self.book))
        store = Store(connect(system.database_url))
        temporal = await Client.connect(system.temporal_address, data_converter=DATA_CONVERTER)
        key = await asyncio.to_thread(self._fill, store)
        try:
            async with _http(system, key) as shop:
                await self._load(store, figures, shop)
            await self._check(store, temporal, figures)
        finally:
            store.engine.dispose()
        figures.batches = batches_in(system.log_folder / "worker.log")
        return figures

    async def _load(self, store: Store, figures: Figures, shop: httpx.AsyncClient) -> None:
        began = time.perf_counter()
        beside = [
            asyncio.create_task(self._sell_one_by_one(shop)),
            asyncio.create_task(self._watch(store, figures)),
        ]
        for some in parts(self.book, TOGETHER):
            new = [_new(order) for order in some]
            await asyncio.to_thread(create_orders, store, WHOLESALER, new, "bench")
        figures.imported = time.perf_counter() - began
        while left := await asyncio.to_thread(_left, store):
            self.console.print(
                f"{time.perf_counter() - began:5.0f} s: {left} unclaimed", style="dim"
            )
            await asyncio.sleep(min(5, 0.2 + left / 100))
        figures.claimed = time.perf_counter() - began
        figures.cpu = cpu_seconds()
        self._done.set()
        await asyncio.gather(*beside)

    async def _sell_one_by_one(self, shop: httpx.AsyncClient) -> None:
        n = 0
        while not self._done.is_set():
            n += 1
            sku = SKUS_OF_CORNER_SHOP[n % len(SKUS_OF_CORNER_SHOP)]
            self._open[f"C-{n}"] = time.perf_counter()
            body = {"number": f"C-{n}", "lines": [{"line": 1, "sku": sku, "quantity": 1}]}
            answer = await shop.post("/v1/orders", json=body | {"address": ADDRESS})
            answer.raise_for_status()
            await asyncio.sleep(self.every)

    async def _watch(self, store: Store, figures: Figures) -> None:
        """Each of the other merchant's orders, until it has made its claim."""
        while not self._done.is_set() or self._open:
            numbers = list(self._open)
            rows = await asyncio.to_thread(
                store.read,
                CORNER_SHOP,
                lambda tx: tx.rows(CLAIMED, merchant=CORNER_SHOP, numbers=numbers),  # noqa: B023
            )
            figures.longest = max(figures.longest, await asyncio.to_thread(_oldest, store))
            for row in rows:
                figures.ready.append(time.perf_counter() - self._open.pop(row.number))
            await asyncio.sleep(0.05)

    async def _check(self, store: Store, temporal: Client, figures: Figures) -> None:
        while await asyncio.to_thread(_owed, store):  # noqa: ASYNC110 -- other processes do it
            await asyncio.sleep(0.2)
        why, figures.asked_again = await retries_of(temporal, WHOLESALER, self.book)
        figures.retried_because = why
        figures.retried = sum(figures.retried_because.values())
        missing = await orders_without_workflow(store, temporal)
        found = [*await asyncio.to_thread(audit, store), *await audit_engine(store, missing)]
        figures.findings = [f"{each.number} {each.rule}: {each.rows[:3]}" for each in found]

    def _fill(self, store: Store) -> str:
        serves = {WHOLESALER: 1, CORNER_SHOP: 1}
        for merchant in serves:
            catalogue.put_merchant(store, catalogue.NewMerchant(merchant, merchant))
        catalogue.put_location(store, catalogue.NewLocation(LOCATION, "Main", serves=serves))
        asked = demand(self.book)
        on_hand = {sku: round(units * self.stock) for sku, units in sorted(asked.items())}
        _stock(store, WHOLESALER, on_hand)
        _stock(store, CORNER_SHOP, dict.fromkeys(SKUS_OF_CORNER_SHOP, 1_000_000))
        return keys.create_key(store, "corner", keys.Role.ADMIN, CORNER_SHOP)


ADDRESS = {"line1": "1 Example Street"}


def _left(store: Store) -> int:
    return int(store.read(WHOLESALER, lambda tx: tx.rows(LEFT, merchant=WHOLESALER)[0].n))


def _owed(store: Store) -> bool:
    """Whether the engine is still to be told something."""
    return bool(store.read("*", lambda tx: tx.rows("SELECT FROM outbox LIMIT 1")))


def _oldest(store: Store) -> float:
    """Seconds since the oldest transaction that is open now was begun."""
    return float(store.read("*", lambda tx: tx.rows(OPEN_FOR)[0].seconds))


def _stock(store: Store, merchant: str, units: dict[str, int]) -> None:
    products = [catalogue.NewProduct(sku, sku) for sku in units]
    catalogue.put_products(store, merchant, products)
    counts = [
        stock.Adjustment(sku, LOCATION, on_hand, "count")
        for sku, on_hand in units.items()
        if on_hand
    ]
    for n in range(0, len(counts), 200):
        command = Command(merchant, "adjust", f"fill-{n}", "bench")
        stock.adjust(store, command, counts[n : n + 200])


def _http(system: System, key: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(base_url=system.api_url, headers=headers, timeout=120)


def _new(order: BookedOrder) -> NewOrder:
    lines = tuple(
        NewLine(n, sku, units) for n, (sku, units) in enumerate(order.units.items(), start=1)
    )
    return NewOrder(order.number, lines, placed_at=order.placed_at, address=ADDRESS)
