"""What was measured, beside what was wanted of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.intake.bench import Figures

PARTS = ("worker", "engine", "API", "database", "client", "floor")


@dataclass(frozen=True, slots=True)
class Row:
    """A rate of ours against one of the floor's, and the least that the ratio should be."""

    title: str
    ours: str
    floor: str
    target: float


ROWS = (
    Row("to ready, one by one", "single ready", "floor ready", 0.9),
    Row("to ready, in batches", "batch ready", "floor ready", 0.95),
    Row("pick and ship confirmed", "shipped", "floor shipped", 0.8),
)

LONGEST_ALONE = 80.0
"""Milliseconds in which an order that comes alone is answered, prepared (`Prefer: wait`)."""


def show(console: Console, figures: Figures) -> None:
    """Rates against the floor, then the processor time of an order, part by part."""
    _rates(console, figures)
    _costs(console, figures)


def _rates(console: Console, figures: Figures) -> None:
    table = _table(
        "orders a second (median of the rounds)",
        "ours",
        "floor",
        "ratio",
        "of rounds",
        "target",
        "met",
    )
    for row in ROWS:
        ratios = figures.ratios(row.ours, row.floor)
        ratio = figures.middle(row.ours) / figures.middle(row.floor)
        table.add_row(
            row.title,
            f"{figures.middle(row.ours):.1f}",
            f"{figures.middle(row.floor):.1f}",
            f"{ratio:.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
            f">= {row.target}",
            "yes" if ratio >= row.target else "no",
        )
    for name in ("single intake", "batch intake"):
        values = figures.rounds[name]
        spread = f"{min(values):.0f} to {max(values):.0f}"
        table.add_row(f"{name} alone", f"{figures.middle(name):.1f}", "", "", spread, "", "")
    alone = figures.rounds["alone"]
    table.add_row(
        "`Prefer: wait`, one at a time, p50 ms",
        f"{figures.middle('alone'):.0f}",
        "",
        "",
        f"{min(alone):.0f} to {max(alone):.0f}",
        f"<= {LONGEST_ALONE:.0f}",
        "yes" if figures.middle("alone") <= LONGEST_ALONE else "no",
    )
    console.print(table)


def _costs(console: Console, figures: Figures) -> None:
    columns = [*PARTS, "worker + engine + API"]
    table = _table("processor time of an order, ms", *columns)
    for phase in ("floor ready", "floor shipped", "single ready", "batch ready", "shipped"):
        taken = {part: figures.middle(f"{phase}: {part}") for part in PARTS}
        ours = taken["worker"] + taken["engine"] + taken["API"]
        table.add_row(phase, *(f"{taken[part]:.1f}" for part in PARTS), f"{ours:.1f}")
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in _first("", columns):
        table.add_column(column, justify="right" if column else "left")
    return table


def _first(name: str, others: Iterable[str]) -> list[str]:
    return [name, *others]
