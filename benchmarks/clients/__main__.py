"""Clients side by side, against a bare API and its workflows: see README.md."""

import asyncio

import typer
from rich.console import Console

from benchmarks.clients.measuring import Sizes, measure
from benchmarks.clients.rows import rows_of
from benchmarks.intake.system import a_system
from benchmarks.targets.table import show
from cli.exit_status import run_and_end

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=160)


def say(line: str) -> None:
    """How far it is."""
    console.print(line, style="dim", markup=False)


@app.command()
def main(
    orders: int = typer.Option(500, min=64, help="Orders in each phase of a round."),
    rounds: int = typer.Option(5, min=1, help="Rounds that are counted, after one warm-up."),
) -> None:
    """Send orders from 16 and 64 clients, to ours and to a bare API, in turns."""
    with a_system(say) as system:
        found = asyncio.run(measure(system, Sizes(orders, rounds), say))
    show(console, rows_of(found), f"{orders} orders in each phase, {rounds} rounds")


if __name__ == "__main__":
    run_and_end(app)
