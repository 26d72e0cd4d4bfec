"""One receipt until nothing is owed, and its floor: seconds, and CPU of both processes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import psutil

from benchmarks.receipt.copies import Copies
from benchmarks.receipt.floor import write_in_bulk
from benchmarks.receipt.waiting import MERCHANT, PURCHASE, purchase_id
from fulfillment.store.commands.supply import purchase_orders, receiving
from fulfillment.store.transactions.session import Store
from tests.builders.counting import sent_statements


@dataclass(frozen=True, slots=True)
class Case:
    """So many wait, so many units come of so many; no more than so many times the floor."""

    waiting: int
    bringing: int
    units: int
    target: float


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock and of CPU, of the longest transaction, and statements sent."""

    seconds: float
    cpu: float
    longest: float
    transactions: int
    statements: int


def serve_a_receipt(store: Store, units: int) -> Spent:
    """Count units in, then serve who is first in the queue, batch by batch, until all is done."""
    purchase_order = purchase_id(store)
    receipt = receiving.Receipt("R1", PURCHASE, "A", (receiving.ReceivedLine(1, units),))
    command = receiving.receipt_command(MERCHANT, "bench", receipt)

    def serve() -> object:
        return purchase_orders.serve_receipts(store, MERCHANT, purchase_order)

    return _spent(store, lambda: receiving.receive(store, command, receipt), serve)


def write_the_floor(store: Store, units: int) -> Spent:
    """The same rows in bulk."""
    return _spent(store, lambda: write_in_bulk(store, units), lambda: False)


def _spent(store: Store, first: Callable[[], Any], rest: Callable[[], object]) -> Spent:
    """Do the first, then the rest until there is none."""
    before = _cpu(store)
    with sent_statements() as statements:
        marks = [time.perf_counter()]
        first()
        marks.append(time.perf_counter())
        more: object = True
        while more:
            more = rest()
            marks.append(time.perf_counter())
    each = [end - begin for begin, end in pairwise(marks)]
    cpu = _cpu(store) - before
    return Spent(marks[-1] - marks[0], cpu, max(each), len(each), len(statements))


def _cpu(store: Store) -> float:
    """Seconds of CPU that this process and its one connection's server process have spent."""
    sql = "SELECT pg_backend_pid() AS pid"
    server = psutil.Process(store.read(MERCHANT, lambda tx: int(tx.rows(sql)[0].pid)))
    return time.process_time() + sum(server.cpu_times()[:2])


@dataclass(frozen=True, slots=True)
class Compared:
    """A case with all of its rounds: ours and the floor, taken in turns."""

    case: Case
    ours: tuple[Spent, ...]
    floor: tuple[Spent, ...]

    @property
    def ratios(self) -> list[float]:
        """Ours to the floor, round by round."""
        pairs = zip(self.ours, self.floor, strict=True)
        return sorted(mine.seconds / its.seconds for mine, its in pairs)

    @property
    def cpu_ratio(self) -> float:
        """The same of CPU, by the medians."""
        return median(one.cpu for one in self.ours) / median(one.cpu for one in self.floor)


def compare(copies: Copies, case: Case, rounds: int) -> Compared:
    """Each round takes one side after the other, and begins with the one that was second."""
    original = copies.original(case.waiting, case.bringing)
    sides: dict[str, list[Spent]] = {"ours": [], "floor": []}
    do = {"ours": serve_a_receipt, "floor": write_the_floor}
    for turn in range(rounds):
        for side in sorted(sides, reverse=bool(turn % 2)):
            with copies.copy(original) as store:
                sides[side].append(do[side](store, case.units))
    return Compared(case, tuple(sides["ours"]), tuple(sides["floor"]))
