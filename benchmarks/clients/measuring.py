"""Clients side by side: what each waits for, ours and bare, and many on one SKU."""

import asyncio
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil
from sqlalchemy import make_url, text

from benchmarks.clients.bare import BareProcess
from benchmarks.intake import processes
from benchmarks.intake.bench import MERCHANT, SKUS
from benchmarks.intake.client import Clients, Done, Request, Work, post
from benchmarks.intake.floor import FloorProcess
from benchmarks.intake.running import fill
from cli.host.supervisor import System
from fulfillment.store import migrations
from fulfillment.store.transactions.session import Store, connect

MOST = 64
"""Clients, and SKUs of those that do not share one."""

BATCH = 500
OWN_SKUS = [f"OWN-{n:02}" for n in range(MOST)]


@dataclass(frozen=True, slots=True)
class Answered:
    """Orders taken a second, the p99 of what one client waited, and CPU of the API, in ms."""

    rate: float
    p99: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Ours and the floor's, round by round."""

    what: str
    ours: tuple[Answered, ...]
    floor: tuple[Answered, ...]

    def middle(self, of: Callable[[Answered], float]) -> tuple[float, float]:
        """The medians of one figure: ours, and the floor's."""
        return median(map(of, self.ours)), median(map(of, self.floor))


@dataclass(frozen=True, slots=True)
class Found:
    """One by one under few and many clients, many in one request, and one SKU against many."""

    posts: dict[int, Compared]
    batch: Compared
    one_sku: tuple[float, ...]
    own_skus: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Orders in each phase, and rounds that are counted."""

    orders: int
    rounds: int


@dataclass
class Bench:
    """Ours and the bare API, each with its clients, and the floor's workflows beside the bare."""

    store: Store
    ours: Clients
    bare: Clients
    floor: FloorProcess
    parts: dict[str, list[psutil.Process]]
    orders: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def posted(self, clients: int) -> tuple[Answered, Answered]:
        """So many clients send one order after the other: ours, then bare."""
        return await self._both(lambda: Work(self._chains("/v1/orders", 1), clients))

    async def batches(self) -> tuple[Answered, Answered]:
        """The same, many in one request."""
        return await self._both(lambda: Work(self._chains("/v1/orders/batch", BATCH), 1))

    async def ready_a_second(self, skus: Sequence[str]) -> float:
        """Orders of one line led to ready in a second, of all clients."""
        loop = asyncio.get_running_loop()
        bodies = [self._body([skus[n % len(skus)]]) for n in range(self.orders)]
        began = loop.time()
        await self.ours.do(Work([[post("/v1/orders", body)] for body in bodies], MOST))
        await self._all_ready()
        return self.orders / (loop.time() - began)

    async def _both(self, work: Callable[[], Work]) -> tuple[Answered, Answered]:
        """Ours, then bare; what goes on beside is waited for before the next begins.

        Beside ours the system leads the orders on; beside the bare API as many of the floor's
        workflows are led as far.
        """
        ours = await self._answered("API", self.ours, work())
        await self._all_ready()
        led_on = asyncio.create_task(self.floor.do("start", self.orders))
        bare = await self._answered("bare", self.bare, work())
        await led_on
        return ours, bare

    async def _answered(self, part: str, clients: Clients, work: Work) -> Answered:
        before = processes.taken(self.parts)[part]
        done: Done = await clients.do(work)
        cpu = processes.taken(self.parts)[part] - before
        return Answered(self.orders / done.seconds, 1000 * p99(done.each), 1000 * cpu / self.orders)

    def _chains(self, path: str, together: int) -> list[list[Request]]:
        bodies = [self._body([SKUS[n % 50], SKUS[(n * 7 + 3) % 50]]) for n in range(self.orders)]
        if together == 1:
            return [[post(path, body)] for body in bodies]
        parts = [bodies[n : n + together] for n in range(0, len(bodies), together)]
        return [[post(path, {"orders": part})] for part in parts]

    def _body(self, skus: Sequence[str]) -> dict[str, Any]:
        lines = [
            {"line": line, "sku": sku, "quantity": 1}
            for line, sku in enumerate(dict.fromkeys(skus), start=1)
        ]
        number = f"C-{next(self.numbers)}"
        return {"number": number, "lines": lines, "address": {"line1": "1 Example Street"}}

    async def _all_ready(self) -> None:
        sql = "SELECT count(*) AS n FROM orders WHERE status = 'received'"
        while await asyncio.to_thread(  # noqa: ASYNC110 -- other processes do it
            lambda: self.store.read(MERCHANT, lambda tx: tx.rows(sql)[0].n)
        ):
            await asyncio.sleep(0.02)


def p99(values: Sequence[float]) -> float:
    """The smallest value that 99 of a hundred are not above."""
    return sorted(values)[max(0, math.ceil(0.99 * len(values)) - 1)]


async def measure(system: System, sizes: Sizes, say: Callable[[str], None]) -> Found:
    """Each phase in turns with its floor, after a round that does not count."""
    store = Store(connect(system.database_url))
    key = fill(store, more=OWN_SKUS)
    bare = BareProcess(_database_of_its_own(system))
    asking, beside = Clients(system.api_url, key), Clients(bare.url, key)
    floor = FloorProcess(system.temporal_address, 16)
    parts = processes.find() | {"bare": [psutil.Process(bare.process.pid)]}
    bench = Bench(store, asking, beside, floor, parts, sizes.orders)
    try:
        rounds = []
        for n in range(sizes.rounds + 1):
            say(f"round {n} of {sizes.rounds}" if n else "warm-up")
            rounds.append(await _round(bench))
        return _found(rounds[1:])
    finally:
        for process in (asking, beside, floor, bare):
            process.end()
        store.engine.dispose()


@dataclass(frozen=True, slots=True)
class _Round:
    few: tuple[Answered, Answered]
    many: tuple[Answered, Answered]
    batch: tuple[Answered, Answered]
    one_sku: float
    own_skus: float


async def _round(bench: Bench) -> _Round:
    return _Round(
        await bench.posted(16),
        await bench.posted(MOST),
        await bench.batches(),
        await bench.ready_a_second(OWN_SKUS[:1]),
        await bench.ready_a_second(OWN_SKUS),
    )


def _found(rounds: Sequence[_Round]) -> Found:
    return Found(
        {
            16: _compared("16 clients", [one.few for one in rounds]),
            MOST: _compared(f"{MOST} clients", [one.many for one in rounds]),
        },
        _compared(f"{BATCH} in one request", [one.batch for one in rounds]),
        tuple(one.one_sku for one in rounds),
        tuple(one.own_skus for one in rounds),
    )


def _compared(what: str, pairs: Sequence[tuple[Answered, Answered]]) -> Compared:
    return Compared(what, tuple(ours for ours, _ in pairs), tuple(bare for _, bare in pairs))


def _database_of_its_own(system: System) -> str:
    """For the bare API, on the same server, with the same goods."""
    store = Store(connect(system.database_url))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE bare"))
    store.engine.dispose()
    url = make_url(system.database_url).set(database="bare")
    told = url.render_as_string(hide_password=False)
    migrations.upgrade(told)
    store = Store(connect(told))
    fill(store)
    store.engine.dispose()
    return told
