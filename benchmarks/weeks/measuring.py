"""What is measured, and what is wanted of it."""

import contextlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.weeks.book import BookedOrder
from fulfillment.contracts import names

CLAIMED_WITHIN, READY_WITHIN, COMMITTED_WITHIN = 180.0, 3.0, 2.0
"""Seconds wanted on two quiet cores; on others they are there to be compared with."""


@dataclass
class Figures:
    """Seconds and counts of one run."""

    orders: int
    lines: int
    imported: float = 0.0
    claimed: float = 0.0
    ready: list[float] = field(default_factory=list)
    longest: float = 0.0
    retried: int = 0
    asked_again: int = 0
    retried_because: dict[str, int] = field(default_factory=dict)
    batches: list[dict[str, float]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)


def show(figures: Figures, console: Console) -> bool:
    """One table; whether nothing went wrong (how long it took is for the reader to judge)."""
    largest = max(figures.batches, key=lambda batch: batch["seconds"], default=None)
    table = Table(title=f"{figures.orders:,} orders, {figures.lines:,} lines")
    for column in ("", "measured", "wanted on 2 quiet cores"):
        table.add_column(column, justify="left" if not column else "right")
    table.add_row("all taken in", f"{figures.imported:.1f} s", "")
    table.add_row(
        "all claimed", f"{figures.claimed / 60:.1f} min", f"≤ {CLAIMED_WITHIN / 60:.0f} min"
    )
    table.add_row("lines claimed in a second", f"{figures.lines / figures.claimed:.0f}", "")
    table.add_row("the other's orders", str(len(figures.ready)), "")
    table.add_row("  ready, p50", f"{percentile(figures.ready, 0.5):.2f} s", "")
    p99 = percentile(figures.ready, 0.99)
    table.add_row("  ready, p99", f"{p99:.2f} s", f"≤ {READY_WITHIN:.0f} s")
    if largest:
        told = f"{largest['orders']:.0f} orders, {largest['lines']:.0f} lines"
        table.add_row("calls that claimed for several orders", str(len(figures.batches)), "")
        table.add_row(f"  slowest call ({told})", f"{largest['seconds']:.2f} s", "")
    table.add_row(
        "longest transaction of any kind",
        f"{figures.longest:.2f} s",
        f"≤ {COMMITTED_WITHIN:.0f} s",
    )
    used = ", ".join(f"{name} {seconds:.0f}" for name, seconds in figures.cpu.items())
    table.add_row(f"CPU seconds ({used})", f"{sum(figures.cpu.values()):.0f}", "")
    table.add_row("activities done again", str(figures.retried), "0")
    table.add_row("  asked again, others came first", str(figures.asked_again), "")
    table.add_row("broken rules", str(len(figures.findings)), "0")
    console.print(table)
    for because, times in figures.retried_because.items():
        console.print(f"{times} activities were done again: {because}", markup=False)
    for finding in figures.findings:
        console.print(finding, markup=False)
    return not figures.findings and not figures.retried


PROCESSES = {"cli worker": "worker", "cli api": "API", "temporal": "engine", "postgres": "database"}


def cpu_seconds() -> dict[str, float]:
    """What the processes of the system have used: on a busy machine it says more than the time."""
    used = dict.fromkeys(PROCESSES.values(), 0.0)
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            told, times = " ".join(process.cmdline()), process.cpu_times()
            name = next((name for part, name in PROCESSES.items() if part in told), None)
            if name:
                used[name] += times.user + times.system
    return used


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share is not above."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def batches_in(log: Path) -> list[dict[str, float]]:
    """The first-claim transactions that the worker told of."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [json.loads(line) for line in lines if '"event": "first_claims"' in line]


NOT_YET = "not_claimed_yet"
"""Why an activity asks again that has done nothing: enough others came first."""


async def retries_of(
    temporal: Client, merchant: str, orders: Sequence[BookedOrder]
) -> tuple[dict[str, int], int]:
    """Why activities were done again and how many times; and how many times one only asked again.

    The engine keeps the last failure of each.
    """
    why: dict[str, int] = {}
    asked_again = 0
    for order in orders:
        handle = temporal.get_workflow_handle(names.order_workflow_id(merchant, order.number))
        async for event in handle.fetch_history_events():
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                started = event.activity_task_started_event_attributes
                failure = started.last_failure
                if failure.application_failure_info.type == NOT_YET:
                    asked_again += started.attempt - 1
                elif started.attempt > 1:
                    because = failure.message or "unknown"
                    why[because] = why.get(because, 0) + started.attempt - 1
    return why, asked_again
