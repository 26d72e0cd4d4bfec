"""All rows as one table, with what the machine was doing meanwhile in its head."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.targets.row import Row

COLUMNS = ("what", "ours", "floor", "ratio", "absolute", "target", "met")


@dataclass(frozen=True, slots=True)
class Machine:
    """How many processors there are, and how many processes stood in line for them at first."""

    processors: int
    load: float

    @property
    def is_busy(self) -> bool:
        """Whether others had work for all processors: then no time says much."""
        return self.load > self.processors

    def __str__(self) -> str:
        """For the head of the table."""
        told = f"{self.processors} processors, load {self.load:.1f} at the start"
        if self.is_busy:
            return f"{told}: A BUSY MACHINE. Believe CPU, pages and counts, not times and rates"
        return told


def this_machine() -> Machine:
    """As it is now."""
    return Machine(os.cpu_count() or 1, os.getloadavg()[0])


def as_table(rows: Iterable[Row], title: str) -> Table:
    """One line a row; why something is missing stands where its figures would."""
    table = Table(title=title)
    for column in COLUMNS:
        is_text = column in {"what", "absolute"}
        table.add_column(column, justify="left" if is_text else "right", overflow="fold")
    for row in rows:
        told = "; ".join(part for part in (row.absolute, row.note) if part)
        table.add_row(row.what, row.ours, row.floor, row.ratio, told, row.target, row.verdict)
    return table


def show(console: Console, rows: Iterable[Row], title: str) -> None:
    """Print the table."""
    console.print(as_table(rows, title))
