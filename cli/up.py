"""`pegboard up`: everything on one machine, until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

if TYPE_CHECKING:
    from cli.supervisor import System

console = Console()


def up() -> None:
    """Start everything here: PostgreSQL, Temporal, a worker and the API, until Ctrl-C.

    The data stays in the folder .pegboard, so the next start goes on where this one ended.
    Servers named by PEGBOARD_DATABASE_URL or TEMPORAL_ADDRESS are used, not started.

    Example: PEGBOARD_API_PORT=8000 pegboard up
    """
    from cli.foreground import run_until_stopped
    from cli.supervisor import System
    from fulfillment import settings

    system = System(settings.load(), say=say)
    run_until_stopped(system, on_ready=lambda _api_url: show_links(system))


def say(line: str) -> None:
    """Tell what is going on, in one line."""
    console.print(line, style="dim", highlight=False, markup=False)


def show_links(system: System) -> None:
    """Tell where to look."""
    links = Table.grid(padding=(0, 2))
    links.add_row("API", f"{system.api_url}/docs")
    if system.ui_url:
        links.add_row("Temporal", system.ui_url)
    links.add_row("Logs", str(system.log_folder))
    links.add_row("Stop", "Ctrl-C")
    console.print(Panel(links, title="Pegboard is up", expand=False, border_style="green"))
