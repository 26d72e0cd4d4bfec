"""Memory, the audit and a restart beside many orders that wait: see README.md."""

import typer
from rich.console import Console

from benchmarks.targets.table import show
from benchmarks.waiters.measuring import measure
from benchmarks.waiters.rows import rows_of
from cli.exit_status import run_and_end

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=160)


def say(line: str) -> None:
    """How far it is."""
    console.print(line, style="dim", markup=False)


@app.command()
def main(
    waiting: list[int] = typer.Option([2_000, 10_000], min=1, help="Orders that wait, in turn."),
) -> None:
    """Have more and more orders wait, by real intake, some twenty to forty a second."""
    show(console, rows_of(measure(sorted(waiting), say)), "beside orders that wait")


if __name__ == "__main__":
    run_and_end(app)
