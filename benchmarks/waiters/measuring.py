"""Many orders that wait: memory of the worker, the audit, and a restart of everything."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from benchmarks.intake import processes
from benchmarks.intake.bench import MERCHANT, SKUS
from benchmarks.intake.client import Clients, Work, post
from benchmarks.intake.running import fill
from benchmarks.intake.system import a_folder, running, without_settings_of_others
from cli.host.supervisor import System
from fulfillment.contracts.payloads import DATA_CONVERTER
from fulfillment.relay.audit import audit_both_sides
from fulfillment.settings import Settings
from fulfillment.store.integrity.check import Finding
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect

BATCH = 500
SETTLED_SECONDS = 5.0
"""Until the worker has put away what it did last."""

UNHURRIED = Patience(statement=600, idle=600)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Audited:
    """Seconds of the whole audit, of its part at the engine, and CPU seconds of all processes."""

    seconds: float
    engine_seconds: float
    cpu: dict[str, float]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Found:
    """Megabytes of the worker by how many waited; the audit and the restart beside the most."""

    megabytes: dict[int, float]
    audited: Audited
    restarted: float
    answered: float


def measure(sizes: Sequence[int], say: Say) -> Found:
    """Have more and more orders wait, audit them, then start all of it anew beside them."""
    without_settings_of_others()
    with a_folder("pegboard-bench-") as home:
        with running(_settings(home), say) as system:
            store = Store(connect(system.database_url, patience=UNHURRIED))
            key = fill(store, units=0)
            megabytes = _fill_up(system, store, key, sizes, say)
            say(f"the audit of {max(sizes):,} orders that wait")
            audited = asyncio.run(_audited(system, store))
            store.engine.dispose()
        say(f"everything anew beside {max(sizes):,} orders that wait")
        began = time.perf_counter()
        with running(_settings(home), say) as system:
            restarted = time.perf_counter() - began
            asyncio.run(_ask_once(system, key))
            return Found(megabytes, audited, restarted, time.perf_counter() - began)


def _settings(home: Path) -> Settings:
    return Settings(home=home, log_level="warning")


def _fill_up(
    system: System, store: Store, key: str, sizes: Sequence[int], say: Say
) -> dict[int, float]:
    clients, found = Clients(system.api_url, key), dict[int, float]()
    numbers = itertools.count(1)
    try:
        for size in sizes:
            more = size - max(found, default=0)
            bodies = [_body(n) for n in itertools.islice(numbers, more)]
            parts = [bodies[n : n + BATCH] for n in range(0, more, BATCH)]
            chains = [[post("/v1/orders/batch", {"orders": part})] for part in parts]
            asyncio.run(clients.do(Work(chains, 1)))
            _wait(store, say)
            found[size] = processes.memory(processes.find(), "worker")
    finally:
        clients.end()
    return found


def _wait(store: Store, say: Say) -> None:
    """Until all have their first answer, and the engine has been told."""
    sql = (
        "SELECT (SELECT count(*) FROM orders WHERE NOT first_claimed) AS unclaimed,"
        " (SELECT count(*) FROM outbox) AS owed"
    )
    told = 0.0
    while True:
        (left,) = store.read(MERCHANT, lambda tx: tx.rows(sql))
        if not left.unclaimed and not left.owed:
            break
        if time.monotonic() - told > 30:
            say(f"{left.unclaimed:,} to be claimed, {left.owed:,} to be told")
            told = time.monotonic()
        time.sleep(0.5)
    time.sleep(SETTLED_SECONDS)


def _body(n: int) -> dict[str, object]:
    skus = (SKUS[n % len(SKUS)], SKUS[(n * 7 + 3) % len(SKUS)])
    lines = [{"line": at, "sku": sku, "quantity": 1} for at, sku in enumerate(skus, start=1)]
    return {"number": f"W-{n}", "lines": lines, "address": {"line1": "1 Example Street"}}


async def _audited(system: System, store: Store) -> Audited:
    """As `pegboard audit` asks, in this process."""
    client = await Client.connect(system.temporal_address, data_converter=DATA_CONVERTER)
    parts, ours = processes.find(), time.process_time()
    before = processes.taken(parts)
    began = time.perf_counter()
    findings = await asyncio.to_thread(audit, store)
    asked = time.perf_counter()
    _, late = await audit_both_sides(store, client)
    findings = [*findings, *late]
    ended = time.perf_counter()
    after = processes.taken(parts)
    cpu = {part: after[part] - before[part] for part in ("engine", "database")}
    cpu["audit"] = time.process_time() - ours
    return Audited(ended - began, ended - asked, cpu, findings)


async def _ask_once(system: System, key: str) -> None:
    """An order is taken in and prepared: the API, the database and whoever claims do work."""
    clients = Clients(system.api_url, key)
    try:
        chain = [post("/v1/orders", _body(0), ("Prefer: wait=30",))]
        await clients.do(Work([chain], 1))
    finally:
        clients.end()
