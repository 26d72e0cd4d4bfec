"""One child process: started, watched and stopped by its pid."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embedded import tether
from embedded.account import Account
from embedded.pidfile import PidFile

TETHER = Path(tether.__file__)
LOG_BYTES = 20 * 1024 * 1024
TAIL_BYTES = 4000
KILL_SECONDS = 10.0


@dataclass(frozen=True)
class Program:
    """What to run, and how it is told to stop."""

    command: tuple[str, ...]
    log: Path
    pid_file: PidFile | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    environment: Mapping[str, str] | None = None
    follows_parent: bool = True


class Child:
    """A running program.

    It has its own session, so that a Ctrl-C at the terminal reaches only the process that
    started it, which then stops its children in the right order.
    """

    def __init__(self, program: Program) -> None:
        """Start the program."""
        self.program = program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        _rotate(program.log)
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                _command(program),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=None if program.environment is None else dict(program.environment),
            )
        if program.pid_file is not None:
            program.pid_file.write(self._process.pid)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    def ask_to_stop(self, with_signal: signal.Signals | None = None) -> None:
        """Send the stop signal without waiting."""
        if self.exit_code is None:
            self._process.send_signal(with_signal or self.program.stop_signal)

    def stop(self, *, seconds: float = 20.0) -> None:
        """Ask it to stop, wait, and kill it if it is still there after `seconds`."""
        self.ask_to_stop()
        if not self.wait(seconds):
            self.kill()
        self._forget()

    def kill(self) -> None:
        """End it at once."""
        if self.exit_code is None:
            self._process.kill()
        self._process.wait(KILL_SECONDS)
        self._forget()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within the time."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def log_tail(self) -> str:
        """The last lines of its log, to be shown when it failed."""
        with self.program.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL_BYTES))
            return log.read().decode(errors="replace")

    def _forget(self) -> None:
        if self.program.pid_file is not None:
            self.program.pid_file.remove()


def _command(program: Program) -> list[str]:
    follow = program.stop_signal if program.follows_parent else 0
    account = program.account or Account(tether.KEEP_USER, tether.KEEP_USER)
    numbers = [os.getpid(), int(follow), account.uid, account.gid]
    # -I and -S: the tether needs the standard library only, and starts in a few milliseconds.
    return [sys.executable, "-I", "-S", str(TETHER), *map(str, numbers), *program.command]


def _rotate(log: Path) -> None:
    """Keep one old log; a log grows only between two starts."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
