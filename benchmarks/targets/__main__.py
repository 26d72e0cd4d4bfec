"""All targets in one table: what `make bench` prints, see README.md."""

import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import psutil
import typer
from rich.console import Console

from benchmarks.intake.system import a_folder
from benchmarks.targets.row import Row, unmeasured
from benchmarks.targets.sources import Source, sources
from benchmarks.targets.table import show, this_machine
from cli.exit_status import run_and_end

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=180)


@app.command()
def main(
    *,
    quick: bool = typer.Option(default=False, help="Small sizes, one round: some five minutes."),
    only: str = typer.Option("", help="Only the benchmarks whose names hold these words."),
) -> None:
    """Measure everything that has a target, and print one table: ours, floor, ratio, met or not."""
    machine = this_machine()
    chosen = [one for one in sources(console, quick=quick) if only in one.name]
    if not chosen:
        raise typer.BadParameter(f"no benchmark has {only!r} in its name", param_hint="--only")
    minutes = sum(one.minutes for one in chosen)
    console.print(f"{machine}; some {minutes:.0f} minutes on two quiet ones", style="bold")
    with _everything_gone_afterwards():
        rows = [row for n, one in enumerate(chosen, start=1) for row in _rows(one, n, len(chosen))]
    show(console, rows, f"targets{' (a quick run: one round, small sizes)' * quick}: {machine}")
    met, missed = (sum(row.is_met is verdict for row in rows) for verdict in (True, False))
    console.print(f"{met} met, {missed} missed, {len(rows) - met - missed} not judged")


def _rows(source: Source, n: int, of: int) -> Sequence[Row]:
    """What a benchmark says; one that fails costs its own rows alone."""
    console.print(f"{n} of {of}: {source.name}, some {source.minutes:g} min", style="bold")
    began = time.perf_counter()
    try:
        rows = source.rows()
    except Exception as error:  # the others are still to be measured
        told = str(error).strip().partition("\n")[0]
        rows = [unmeasured(source.name, "", f"not measured: {type(error).__name__}: {told}")]
        console.print_exception(max_frames=5)
    took = (time.perf_counter() - began) / 60
    console.print(f"  took {took:.1f} min", style="dim")
    return rows


@contextmanager
def _everything_gone_afterwards() -> Iterator[None]:
    """All folders are made in one that goes; no process outlives the run, however it ends."""
    signal.signal(signal.SIGTERM, _end)
    with a_folder("pegboard-bench-") as folder:
        tempfile.tempdir = str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = None
            left = psutil.Process().children(recursive=True)
            for process in left:
                process.kill()
            psutil.wait_procs(left, timeout=10)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(1)


if __name__ == "__main__":
    run_and_end(app)
