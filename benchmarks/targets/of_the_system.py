"""Rows of what is measured on a whole system: servers, worker and API."""

import asyncio
from collections.abc import Callable

from rich.console import Console

from benchmarks.clients.measuring import Sizes as ClientSizes
from benchmarks.clients.measuring import measure as measure_clients
from benchmarks.clients.rows import rows_of as client_rows
from benchmarks.intake import tables
from benchmarks.intake.bench import Figures
from benchmarks.intake.running import Measured, Sizes
from benchmarks.intake.running import measure as measure_intake
from benchmarks.intake.system import a_folder, a_system
from benchmarks.targets.row import Limit, Row
from benchmarks.waiters.measuring import measure as measure_waiters
from benchmarks.waiters.rows import rows_of as waiter_rows
from benchmarks.weeks import book
from benchmarks.weeks.__main__ import SEED, measured
from benchmarks.weeks.scenario import Scenario

Say = Callable[[str], None]

ALONE = Limit(tables.LONGEST_ALONE, " ms")
LINES = Limit(1_000, " lines/s", at_least=True)
MOST_KILOBYTES, MOST_EVENTS = 22, 17


def intake(sizes: Sizes, say: Say) -> list[Row]:
    """To ready and to shipped against the floor's workflow, one alone, and what its history is."""
    with a_system(say) as system:
        found = asyncio.run(measure_intake(system, sizes, say))
    rates = [_rate(found.figures, row) for row in tables.ROWS]
    return [*rates, _alone(found.figures), _history(found)]


def _rate(figures: Figures, row: tables.Row) -> Row:
    ours, floor = figures.middle(row.ours), figures.middle(row.floor)
    ratios = figures.ratios(row.ours, row.floor)
    limit = Limit(row.target, at_least=True)
    cpu = [_cpu(figures, row.ours, ("worker", "engine", "API", "database"))]
    cpu.append(_cpu(figures, row.floor, ("floor", "engine")))
    return Row(
        row.title,
        str(limit),
        ours=f"{ours:.1f}/s",
        floor=f"{floor:.1f}/s",
        ratio=f"{ours / floor:.2f}",
        absolute=f"CPU ms an order: ours {cpu[0]}; floor {cpu[1]};"
        f" rounds {min(ratios):.2f} to {max(ratios):.2f}",
        is_met=limit.is_met(ours / floor),
    )


def _cpu(figures: Figures, phase: str, parts: tuple[str, ...]) -> str:
    taken = {part: figures.middle(f"{phase}: {part}") for part in parts}
    told = " + ".join(f"{part} {spent:.1f}" for part, spent in taken.items())
    return f"{sum(taken.values()):.1f} ({told})"


def _alone(figures: Figures) -> Row:
    taken, each = figures.middle("alone"), figures.rounds["alone"]
    return Row(
        "`Prefer: wait` of one order, idle, p50",
        str(ALONE),
        ours=f"{taken:.0f} ms",
        absolute=f"rounds {min(each):.0f} to {max(each):.0f} ms",
        is_met=ALONE.is_met(taken),
    )


def _history(found: Measured) -> Row:
    one = found.one_order
    kilobytes, events = one["bytes of history"] / 1024, one["history events"]
    return Row(
        "the same order in Temporal's history",
        f"< {MOST_KILOBYTES} KB, ≤ {MOST_EVENTS} events",
        ours=f"{events} events, {kilobytes:.1f} KB",
        absolute=f"{one['workflow tasks']} workflow tasks, {one['billable actions']} actions",
        is_met=events <= MOST_EVENTS and kilobytes < MOST_KILOBYTES,
    )


def clients(sizes: ClientSizes, say: Say) -> list[Row]:
    """Intake and waits of clients side by side, against a bare API."""
    with a_system(say) as system:
        return client_rows(asyncio.run(measure_clients(system, sizes, say)))


def weeks(share: float, console: Console) -> list[Row]:
    """Big orders: lines claimed a second, and what another merchant feels of it."""
    scenario = Scenario(book.generated(SEED, share), 0.5, 1.0, console)
    with a_folder("pegboard-weeks-") as home:
        found = measured(home, scenario)
    rate = found.lines / found.claimed
    cpu = 1000 * sum(found.cpu.values()) / found.lines
    broken = f"; broken: {'; '.join(found.findings)}" if found.findings else ""
    return [
        Row(
            f"big orders, {found.orders:,} with {found.lines:,} lines: lines claimed",
            str(LINES),
            ours=f"{rate:.0f} lines/s",
            absolute=f"CPU {cpu:.2f} ms a line of all processes;"
            f" longest transaction {found.longest:.2f} s{broken}",
            is_met=LINES.is_met(rate) and not found.findings,
        )
    ]


def waiters(sizes: list[int], say: Say) -> list[Row]:
    """Memory, a restart and the audit beside many that wait."""
    return waiter_rows(measure_waiters(sizes, say))
