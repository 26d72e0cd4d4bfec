"""Five weeks of a wholesaler at once, and another merchant beside it: see README.md."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

import typer
from rich.console import Console

from benchmarks.weeks import book
from benchmarks.weeks.measuring import Figures, show
from benchmarks.weeks.scenario import Scenario
from cli.exit_status import run_and_end
from cli.host.supervisor import System
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
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "PEGBOARD_"))]:
        del os.environ[name]
    os.environ["PEGBOARD_LOG_FORMAT"] = "json"
    orders = book.read(_file(folder)) if folder else book.generated(SEED, share)
    kept = home or Path(tempfile.mkdtemp(prefix="pegboard-weeks-"))
    # The database's server does not run as root, and has to reach its folder.
    kept.mkdir(parents=True, exist_ok=True)
    kept.chmod(0o711)
    try:
        settings = Settings(home=kept, embedded_durable=False, log_format="json")
        figures = _measured(settings, Scenario(orders, stock, every, console))
    finally:
        if home is None:
            shutil.rmtree(kept, ignore_errors=True)
    sys.exit(0 if show(figures, console) else 1)


def _file(folder: Path) -> Path:
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".csv", ".csv.gz")))
    if len(files) != 1:
        msg = f"{folder} should hold one CSV file (.csv or .csv.gz) with the columns of the history"
        raise typer.BadParameter(msg)
    return files[0]


def _measured(settings: Settings, scenario: Scenario) -> Figures:
    system = System(settings, say=lambda line: console.print(line, style="dim", markup=False))
    try:
        system.start()
        return asyncio.run(scenario.run(system))
    finally:
        system.stop()


if __name__ == "__main__":
    run_and_end(app)
