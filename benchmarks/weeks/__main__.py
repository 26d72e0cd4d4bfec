"""Five weeks of a wholesaler at once, and another merchant beside it: see README.md."""

import asyncio
import os
import sys
from contextlib import nullcontext
from pathlib import Path

import typer
from rich.console import Console

from benchmarks.intake.system import a_folder, running, without_settings_of_others
from benchmarks.weeks import book
from benchmarks.weeks.measuring import Figures, show
from benchmarks.weeks.scenario import Scenario
from cli.exit_status import run_and_end
from fulfillment.settings import Settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()
SEED = 1


@app.command()
def main(
    folder: Path | None = typer.Argument(None, help="The public order history; else a made one."),
    *,
    share: float = typer.Option(1.0, min=0.001, max=1, help="How much of the made book."),
    stock: float = typer.Option(0.5, min=0, help="How much of what is asked for is on hand."),
    every: float = typer.Option(1.0, min=0.05, help="Seconds between the other's orders."),
    home: Path | None = typer.Option(None, help="Keep the servers' data and logs here."),
) -> None:
    """Import an order book, have all of it claimed, and see what others feel of it."""
    orders = book.read(_file(folder)) if folder else book.generated(SEED, share)
    scenario = Scenario(orders, stock, every, console)
    with nullcontext(home) if home else a_folder("pegboard-weeks-") as kept:
        figures = measured(kept, scenario)
    sys.exit(0 if show(figures, console) else 1)


def _file(folder: Path) -> Path:
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".csv", ".csv.gz")))
    if len(files) != 1:
        msg = f"{folder} should hold one CSV file (.csv or .csv.gz) with the columns of the history"
        raise typer.BadParameter(msg)
    return files[0]


def measured(kept: Path, scenario: Scenario) -> Figures:
    """Run it on a system of its own in this folder."""
    without_settings_of_others()
    os.environ["PEGBOARD_LOG_FORMAT"] = "json"
    kept.mkdir(parents=True, exist_ok=True)
    # The database's server does not run as root, and has to reach its folder.
    kept.chmod(0o711)
    settings = Settings(home=kept, embedded_durable=False, log_format="json")

    def say(line: str) -> None:
        scenario.console.print(line, style="dim", markup=False)

    with running(settings, say) as system:
        return asyncio.run(scenario.run(system))


if __name__ == "__main__":
    run_and_end(app)
