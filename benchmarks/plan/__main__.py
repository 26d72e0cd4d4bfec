"""Seconds to plan queues of growing length, without a database: see README.md."""

import gc
import statistics
import time

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.plan.cases import CASES, Case, snapshot
from cli.exit_status import run_and_end
from fulfillment.domain.planning.plan import plan

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()


def seconds_to_plan(case: Case, lines: int, rounds: int) -> float:
    """The median of the rounds, in seconds of the processor: who else uses it does not count."""
    taken = []
    given = snapshot(case, lines)
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        plan(given)
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def rows(case: Case, sizes: list[int], rounds: int) -> list[tuple[str, ...]]:
    """A row for each size; the ratio is a line's time here to its time in the size before."""
    made: list[tuple[str, ...]] = []
    before: float | None = None
    for lines in sizes:
        seconds = seconds_to_plan(case, lines, rounds)
        ratio = "" if before is None else f"{seconds / lines / before:.2f}"
        name = "" if made else case.name
        made.append((name, f"{lines:,}", f"{seconds:.3f}", f"{lines / seconds:,.0f}", ratio))
        before = seconds / lines
    return made


@app.command()
def main(
    lines: list[int] = typer.Option([1_000, 10_000, 100_000], min=100, help="Waiting lines."),
    rounds: int = typer.Option(3, min=1, help="Rounds of which the median counts."),
    only: str = typer.Option("", help="Only cases with this in their name."),
) -> None:
    """Plan queues of growing length; a line should cost the same in each."""
    plan(snapshot(CASES[0], 1_000))
    table = Table(title="one plan, without a database (median of the rounds)")
    for column in ("case", "lines", "seconds", "lines/s", "time per line, ratio"):
        table.add_column(column, justify="left" if column == "case" else "right")
    for case in (case for case in CASES if only in case.name):
        console.print(f"{case.name}", style="dim")
        for row in rows(case, sorted(lines), rounds):
            table.add_row(*row)
        table.add_section()
    console.print(table)


if __name__ == "__main__":
    run_and_end(app)
