"""`pegboard up` at a terminal: what the signals do."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from cli.host.lock import one_run_in
from cli.host.supervisor import System


def run_until_stopped(system: System, body: Callable[[], None]) -> bool:
    """Start the system, and run `body` in the foreground until it ends or somebody stops it.

    Ctrl-C, SIGTERM or a closed terminal stops everything cleanly, a second one at once; `body` is
    interrupted by it with KeyboardInterrupt. Whether `body` ended by itself.
    """
    with one_run_in(system.settings.home):
        _install_handlers(system)
        try:
            system.start()
            body()
        except KeyboardInterrupt:
            return False
        finally:
            system.stop()
    return True


def _install_handlers(system: System) -> None:
    seen: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        seen.append(number)
        if len(seen) > 1 or system.stopping:
            _end_at_once(system)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)


def _end_at_once(system: System) -> NoReturn:
    system.kill()
    with contextlib.suppress(OSError):
        sys.stderr.write("\nended at once\n")
    os._exit(1)


def idle() -> NoReturn:
    """Wait for a signal; the keeper does the work."""
    while True:
        time.sleep(3600)
