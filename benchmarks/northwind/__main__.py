"""Run a real order history through a whole system: see README.md."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import typer
from rich.console import Console

from benchmarks.northwind.copies import Copies
from benchmarks.northwind.scenario import Scenario
from cli.exit_status import run_and_end
from cli.host.supervisor import System
from fulfillment.settings import Settings

console = Console()


def main(
    folder: Path = typer.Argument(help="The Northwind CSV files."),
    home: Path | None = typer.Option(None, help="Keep the servers' data and logs here."),
    concurrency: int = typer.Option(8, min=1, max=64, help="Requests at the same time."),
    *,
    durable: bool = typer.Option(default=False, help="Write to disk as safely as in use."),
    restore: bool = typer.Option(default=False, help="Put an older copy back in the middle."),
) -> None:
    """Import Northwind, ship what can go, receive the rest by supplier, and check the sums."""
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "PEGBOARD_"))]:
        del os.environ[name]
    kept = home or Path(tempfile.mkdtemp(prefix="pegboard-northwind-"))
    # The database's server does not run as root, and has to reach its folder.
    kept.mkdir(parents=True, exist_ok=True)
    kept.chmod(0o711)
    failed = True
    try:
        settings = Settings(home=kept, embedded_durable=durable)
        failed = _run(folder, concurrency, settings, restore=restore)
    finally:
        if home is None and not failed:
            shutil.rmtree(kept, ignore_errors=True)
        elif failed:
            console.print(f"data and logs are kept in {kept}", markup=False)
    sys.exit(1 if failed else 0)


def _run(folder: Path, concurrency: int, settings: Settings, *, restore: bool) -> bool:
    system = System(settings, say=lambda line: console.print(line, style="dim", markup=False))
    try:
        system.start()
        copies = Copies(system) if restore else None
        home, url = settings.home, lambda: system.api_url
        return Scenario(folder, home, url, concurrency, console, copies).run()
    finally:
        system.stop()


if __name__ == "__main__":
    run_and_end(lambda: typer.run(main))
