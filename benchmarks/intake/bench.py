"""The phases of one round: the floor, ours one by one and in batches, and on to shipped."""

import asyncio
import itertools
import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
from temporalio.client import Client

from benchmarks.intake import processes
from benchmarks.intake.client import Clients, Request, Work, post
from benchmarks.intake.floor import FloorProcess
from fulfillment.contracts import names
from fulfillment.store.transactions.session import Store

MERCHANT = "bench"
SKUS = [f"SKU-{n:02}" for n in range(50)]
BATCH = 500
ALONE = 20
"""Orders that come one after the other, each when the one before is answered."""

IDLE_SECONDS = 10.0
PAUSE_SECONDS = 1.0
"""Until the next: what comes more closely is no longer alone, and is let gather."""


@dataclass
class Figures:
    """What was measured, round by round, by name."""

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, figure: float) -> None:
        self.rounds.setdefault(name, []).append(figure)

    def middle(self, name: str) -> float:
        return statistics.median(self.rounds[name])

    def ratios(self, name: str, floor: str) -> list[float]:
        """Of each round by itself: what disturbed one of the two often disturbed the other."""
        return [a / b for a, b in zip(self.rounds[name], self.rounds[floor], strict=True)]


@dataclass
class Bench:
    """The system under load, the floor beside it, and who asks."""

    store: Store
    temporal: Client
    clients: Clients
    floor: FloorProcess
    parts: Mapping[str, list[psutil.Process]]
    orders: int
    side_by_side: int
    alone: int = ALONE
    figures: Figures = field(default_factory=Figures)
    idle: dict[str, float] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def round(self) -> str:
        """Everything once; the number of an order that was shipped."""
        await self._floor()
        numbers = await self._ready("single", 1)
        await self._shipped()
        await self._ready("batch", BATCH)
        await self._shipped_quietly()
        await self._alone()
        return numbers

    async def _floor(self) -> None:
        with self._measured("floor ready"):
            first = await self.floor.do("start", self.orders)
        with self._measured("floor shipped"):
            await self.floor.do("ship", first)

    async def _ready(self, name: str, together: int) -> str:
        bodies = [self._body(next(self.numbers)) for _ in range(self.orders)]
        with self._measured(f"{name} ready"):
            if together == 1:
                done = await self._send([[post("/v1/orders", body)] for body in bodies])
            else:
                parts = [bodies[n : n + together] for n in range(0, len(bodies), together)]
                path = "/v1/orders/batch"
                done = await self._send([[post(path, {"orders": part})] for part in parts])
            await _until(self._all_ready)
        self.figures.note(f"{name} intake", self.orders / done)
        return str(bodies[-1]["number"])

    async def _shipped(self) -> None:
        ready = await asyncio.to_thread(self._ready_shipments)
        verbs = ("pick", "ship")
        with self._measured("shipped"):
            await self._send(
                [[post(f"/v1/shipments/{id_}/{v}", {}) for v in verbs] for id_ in ready]
            )
            await self._ended()

    async def _alone(self) -> None:
        """One order at a time, each of which its client waits for."""
        wait = ("Prefer: wait=5",)
        bodies = [self._body(next(self.numbers)) for _ in range(self.alone)]
        work = [[post("/v1/orders", body, wait)] for body in bodies]
        each: list[float] = []
        for chain in work:
            each += (await self.clients.do(Work([chain], 1))).each
            await asyncio.sleep(PAUSE_SECONDS)
        self.figures.note("alone", 1000 * statistics.median(each))
        await self._shipped_quietly()

    async def _shipped_quietly(self) -> None:
        ready = await asyncio.to_thread(self._ready_shipments)
        for verb in ("pick", "ship"):
            await self._send([[post(f"/v1/shipments/{id_}/{verb}", {})] for id_ in ready])
        await self._ended()

    @contextmanager
    def _measured(self, name: str) -> Iterator[None]:
        """Orders a second, and the milliseconds of processor time that each part took for one."""
        began, before = asyncio.get_running_loop().time(), processes.taken(self.parts)
        yield
        seconds = asyncio.get_running_loop().time() - began
        self.figures.note(name, self.orders / seconds)
        for part, taken in processes.taken(self.parts).items():
            more = max(taken - before[part] - seconds * self.idle.get(part, 0.0), 0.0)
            self.figures.note(f"{name}: {part}", 1000 * more / self.orders)

    async def rest(self) -> None:
        """See how much each part takes while nothing is asked of it: that is no order's cost."""
        before = processes.taken(self.parts)
        await asyncio.sleep(IDLE_SECONDS)
        after = processes.taken(self.parts)
        self.idle = {part: (after[part] - before[part]) / IDLE_SECONDS for part in after}

    async def _send(self, chains: list[list[Request]]) -> float:
        return (await self.clients.do(Work(chains, self.side_by_side))).seconds

    def _body(self, n: int) -> dict[str, Any]:
        skus = (SKUS[n % len(SKUS)], SKUS[(n * 7 + 3) % len(SKUS)])
        lines = [{"line": i, "sku": sku, "quantity": 1} for i, sku in enumerate(skus, start=1)]
        return {"number": f"B-{n}", "lines": lines, "address": {"line1": "1 Example Street"}}

    def _all_ready(self) -> bool:
        sql = "SELECT count(*) AS n FROM orders WHERE status = 'received'"
        return bool(self.store.read(MERCHANT, lambda tx: tx.rows(sql)[0].n == 0))

    def _ready_shipments(self) -> list[int]:
        sql = "SELECT id FROM shipment WHERE status = 'ready' ORDER BY id"
        return self.store.read(MERCHANT, lambda tx: [row.id for row in tx.rows(sql)])

    async def _ended(self) -> None:
        query = f"WorkflowType = '{names.ORDER_WORKFLOW}' AND ExecutionStatus = 'Running'"
        while (await self.temporal.count_workflows(query)).count:  # noqa: ASYNC110 -- others do it
            await asyncio.sleep(0.05)


async def _until(found: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(found):  # noqa: ASYNC110 -- other processes do it
        await asyncio.sleep(0.02)
