"""`pegboard up`: everything on one machine, until Ctrl-C."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from cli.demo.stage import Asked
    from cli.host.supervisor import System

console = Console()


def up(
    *,
    play: Annotated[
        bool | None,
        typer.Option(
            "--play/--no-play",
            help="Play sample orders, also again; or load no sample. "
            "Unless said, they are played on a fresh database.",
        ),
    ] = None,
    until_played: Annotated[
        bool,
        typer.Option(
            "--until-played",
            help="Play, and end: with code 0 if all went as scripted and the audit is clean.",
        ),
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Delete the data of this folder first; it asks.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before deleting.")] = False,
    speed: Annotated[
        float, typer.Option(min=0.1, max=100, hidden=True, envvar="PEGBOARD_PLAY_SPEED")
    ] = 1.0,
) -> None:
    """Start everything here: PostgreSQL, Temporal, a worker and the API, until Ctrl-C.

    The data stays in the folder .pegboard, so the next start goes on where this one ended.
    Servers named by PEGBOARD_DATABASE_URL or TEMPORAL_ADDRESS are used, not started.

    The first time, a sample catalogue is loaded and sample orders are played over HTTP.

    It leaves the API's address and a key in the folder, for this user alone: other commands find
    them there. The first time it makes a user for the desk, the pages at that address, and shows
    the password once. A database that is named is not ours, and gets neither: see `pegboard keys`
    and `pegboard users`.

    Example: PEGBOARD_API_PORT=8000 pegboard up
    """
    from cli.demo.stage import Asked
    from cli.errors import ExitCode
    from cli.host.foreground import run_until_stopped
    from cli.host.supervisor import System
    from fulfillment import settings

    chosen = settings.load()
    if reset:
        delete(chosen.home, yes=yes)
    asked = Asked(play, until_played, speed)
    system = System(chosen, say=say)
    problems: list[str] = []
    ended = run_until_stopped(system, lambda: problems.extend(present(system, asked)))
    if until_played and (problems or not ended):
        raise typer.Exit(ExitCode.FAILED)


def delete(home: Path, *, yes: bool) -> None:
    """Delete what is kept in the folder, after asking."""
    from cli.demo.resetting import found, reset
    from cli.errors import UsageError

    if not found(home):
        return
    if not yes and not sys.stdin.isatty():
        raise UsageError("--reset asks before it deletes; without a terminal, say --yes")
    if not yes:
        typer.confirm(f"Delete all orders, stock and history in {home.resolve()}?", abort=True)
    reset(home)
    say(f"deleted the data in {home}")


def present(system: System, asked: Asked) -> list[str]:
    """Show what runs, and the orders in it; what did not go as the play says, if it plays."""
    from cli.demo.show import Show
    from cli.demo.stage import Place, set_up
    from cli.host import first_user, operator_key
    from cli.host.foreground import idle

    password = None
    if system.settings.database_url is None:
        operator_key.leave(system.settings.home, system.database_url)
        password = first_user.make_first(system.database_url)
    stopping = threading.Event()
    place = Place(system.settings, system.database_url, system.api_url, stopping, say)
    try:
        stage = set_up(place, asked)
        show_links(system, with_key=stage is not None, password=password)
        if stage is None:
            idle()
        shown = Show(place, stage, system.ui_url, console)
        problems = list(shown.run(until_played=asked.until_played))
    finally:
        stopping.set()
    for problem in problems:
        say(problem)
    return problems


def say(line: str) -> None:
    """Tell what is going on, in one line. Nobody may be left to read it, and that is no fault."""
    with contextlib.suppress(OSError, SystemExit):
        console.print(line, style="dim", highlight=False, markup=False, soft_wrap=True)


def show_links(system: System, *, with_key: bool, password: str | None = None) -> None:
    """Tell where to look; the password of the first user is told this once."""
    from cli.demo import keyfile
    from cli.host import first_user

    home = system.settings.home
    links = Table.grid(padding=(0, 2))
    links.add_row("Desk", f"{system.api_url}/")
    if password:
        links.add_row("", f"sign in as {first_user.NAME} with {password} (shown this once)")
    links.add_row("API", f"{system.api_url}/docs")
    if system.ui_url:
        links.add_row("Temporal", system.ui_url)
    links.add_row("Logs", str(system.log_folder))
    if system.mail_folder is not None:
        links.add_row("Mails", str(system.mail_folder))
    if with_key:
        links.add_row("Key", f"{home / keyfile.NAME} (a header for curl)")
    links.add_row("Stop", "Ctrl-C")
    console.print(Panel(links, title="Pegboard is up", expand=False, border_style="green"))
    if with_key:
        console.print(keyfile.curl(home, f"{system.api_url}/v1/orders"), soft_wrap=True,
                      highlight=False, markup=False)  # fmt: skip
