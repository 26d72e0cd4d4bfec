"""How long a deed takes, and how many pages of the database it looks at."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

import psutil

from benchmarks.growth.deeds import Asked, Deed
from benchmarks.receipt.waiting import MERCHANT
from fulfillment.store.transactions.session import Store

PAGES = """
SELECT sum(coalesce(hits, 0) + coalesce(reads, 0))::bigint AS pages FROM pg_stat_io
 WHERE backend_type = 'client backend' AND object = 'relation'
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of many calls of one deed; of one on average, those of CPU, and pages seen."""

    deed: Deed
    milliseconds: tuple[float, ...]
    cpu: float
    pages: int

    @property
    def typical(self) -> float:
        """The median."""
        return median(self.milliseconds)

    @property
    def slow(self) -> float:
        """The 99th percentile."""
        return quantiles(self.milliseconds, n=100, method="inclusive")[98]


def measure(store: Store, lines: int, calls: int, heard: Callable[[str], None]) -> list[Measured]:
    """Each deed so many times, after two that are not counted."""
    found = []
    for deed in Asked(store, lines).deeds():
        heard(f"{lines:,} wait: {deed.name}")
        for _ in range(2):
            deed.before()
            deed.do()
        found.append(_measured(store, deed, calls))
    return found


def _measured(store: Store, deed: Deed, calls: int) -> Measured:
    took, cpu, pages = [], 0.0, 0
    with _without_collector():
        for _ in range(calls):
            deed.before()
            looked, spent = _pages(store), _cpu(store)
            began = time.perf_counter()
            deed.do()
            took.append((time.perf_counter() - began) * 1000)
            cpu += _cpu(store) - spent
            pages += _pages(store) - looked
    return Measured(deed, tuple(took), cpu / calls * 1000, round(pages / calls))


def _cpu(store: Store) -> float:
    """Seconds of CPU that this process and its one connection's server process have spent."""
    sql = "SELECT pg_backend_pid() AS pid"
    server = psutil.Process(store.read(MERCHANT, lambda tx: int(tx.rows(sql)[0].pid)))
    return time.process_time() + sum(server.cpu_times()[:2])


def _pages(store: Store) -> int:
    """Pages that all connections have looked at; the one that was used last tells it at once."""
    store.read(MERCHANT, lambda tx: tx.rows("SELECT pg_stat_force_next_flush()"))
    return store.read(MERCHANT, lambda tx: int(tx.rows(PAGES)[0].pages))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Python's own pauses fall on anybody: they say nothing of what waits."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
