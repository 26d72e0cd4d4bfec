"""Orders per second against a floor in the same run: see README.md."""

import asyncio

import typer
from rich.console import Console

from benchmarks.intake.running import Sizes, measure
from benchmarks.intake.system import a_system
from benchmarks.intake.tables import show
from cli.exit_status import run_and_end

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=140)


def say(line: str) -> None:
    """How far it is."""
    console.print(line, style="dim", markup=False)


@app.command()
def main(
    orders: int = typer.Option(300, min=10, help="Orders in each phase of a round."),
    rounds: int = typer.Option(5, min=1, help="Rounds that are counted, after one warm-up."),
    concurrency: int = typer.Option(16, min=1, max=64, help="Clients at the same time."),
) -> None:
    """Measure intake to ready, and on to shipped, against a floor in the same run."""
    with a_system(say) as system:
        found = asyncio.run(measure(system, Sizes(orders, rounds, concurrency), say))
    show(console, found.figures)
    told = ", ".join(f"{value} {what}" for what, value in found.one_order.items())
    console.print(f"one order, in stock, one shipment, picked and shipped: {told}")


if __name__ == "__main__":
    run_and_end(app)
