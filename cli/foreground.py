"""`pegboard up` at a terminal: what the signals do."""

import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from cli.lock import one_run_in
from cli.supervisor import System


def run_until_stopped(system: System, on_ready: Callable[[str], None] | None = None) -> None:
    """Start the system, call `on_ready` with the API's URL in the foreground, then wait.

    Ctrl-C or SIGTERM stops everything cleanly; a second one at once. `on_ready` is interrupted
    by it with KeyboardInterrupt.
    """
    with one_run_in(system.settings.home):
        _install_handlers(system)
        try:
            system.start()
            if on_ready is not None:
                on_ready(system.api_url)
            _idle()
        except KeyboardInterrupt:
            pass
        finally:
            system.stop()


def _install_handlers(system: System) -> None:
    seen: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        seen.append(number)
        if len(seen) > 1 or system.stopping:
            _end_at_once(system)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)


def _end_at_once(system: System) -> NoReturn:
    sys.stderr.write("\nending at once\n")
    system.kill()
    os._exit(1)


def _idle() -> None:
    """Wait for a signal; the keeper does the work."""
    while True:
        time.sleep(3600)
