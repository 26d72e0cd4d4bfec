"""Tasks that must not end while their process lives, and what they say of themselves.

A task that fails is started again after a pause. It beats each time it comes round; from outside,
`pegboard health` and the API's readiness see whether it does, so that one that died, or hangs, is
not taken for one that works.
"""

import asyncio
import json
import os
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
HEALTHY_SECONDS = 60.0
"""A task that lived so long begins with short pauses again."""

FAILING = 3
"""So many ends in a row, and it is said to fail."""

REPORT_SECONDS = 5.0
FRESH_SECONDS = 30.0
"""A report that is older comes from a process that does nothing any more."""


@dataclass
class Pulse:
    """When a task came round last, and how often it failed since it was well.

    `silent_seconds` is the longest that one round may take.
    """

    name: str
    silent_seconds: float = 120.0
    beat_at: float = field(default_factory=time.monotonic)
    failed_at: float = float("-inf")
    failures: int = 0
    error: str | None = None

    def beat(self) -> None:
        """It has come round."""
        self.beat_at = time.monotonic()
        if self.failures and self.beat_at - self.failed_at > HEALTHY_SECONDS:
            self.failures, self.error = 0, None

    def failed(self, error: Exception) -> None:
        """It has ended, and is to be started again."""
        self.failed_at = time.monotonic()
        self.failures += 1
        self.error = type(error).__qualname__

    @property
    def trouble(self) -> str | None:
        """What is wrong with it; None while it works."""
        if self.failures >= FAILING:
            return f"{self.name} fails again and again ({self.error})"
        silent = time.monotonic() - self.beat_at
        if silent > self.silent_seconds:
            return f"{self.name} has not come round for {silent:.0f} seconds"
        return None


async def keep_running(run: Callable[[], Awaitable[None]], pulse: Pulse) -> None:
    """Run it until cancelled; what fails is told, and started again after a growing pause."""
    while True:
        pulse.beat()
        try:
            await run()
        except Exception as error:
            pulse.failed(error)
            _tell(error, pulse)
        else:
            return
        await asyncio.sleep(min(FIRST_PAUSE * 2 ** (pulse.failures - 1), LONGEST_PAUSE))


def _tell(error: Exception, pulse: Pulse) -> None:
    # The error's own words are left out: they can quote what a customer sent.
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    log.error(
        "task_failed",
        task=pulse.name,
        failures=pulse.failures,
        error=pulse.error,
        where=[f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What a process says of its tasks: what is wrong with them, and when it said so."""

    pid: int
    at: float
    troubles: tuple[str, ...]


async def keep_reporting(pulses: Sequence[Pulse]) -> None:
    """Write a report again and again, until cancelled."""
    is_told = False
    with _report_file() as file:
        while True:
            troubles = tuple(pulse.trouble for pulse in pulses if pulse.trouble)
            # Not on a thread: those may all be waiting for a server, and this must be told then.
            try:
                _write(file, Report(os.getpid(), time.time(), troubles))
            except OSError as error:
                if not is_told:
                    log.warning("report_not_written", error=type(error).__qualname__)
                is_told = True
            else:
                is_told = False
            await asyncio.sleep(REPORT_SECONDS)


@contextmanager
def _report_file() -> Iterator[Path]:
    file = _file_of(os.getpid())
    _remove_old(file.parent)
    try:
        yield file
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _remove_old(folder: Path) -> None:
    """What processes of this user left behind that had no time to remove it."""
    for file in folder.glob(f"pegboard-{os.getuid()}-*.json*"):
        with suppress(OSError):
            if time.time() - file.lstat().st_mtime > HEALTHY_SECONDS:
                file.unlink()


def _file_of(pid: int) -> Path:
    return Path(tempfile.gettempdir()) / f"pegboard-{os.getuid()}-{pid}.json"


def _write(file: Path, report: Report) -> None:
    """Written aside and put in place, so that a reader never sees half of it."""
    handle, fresh = tempfile.mkstemp(prefix=file.name, dir=file.parent)
    with os.fdopen(handle, "w") as written:
        json.dump(asdict(report), written)
    Path(fresh).replace(file)


def read_report(pid: int) -> Report | None:
    """The report of a process of this user on this machine; None where there is no fresh one."""
    file = _file_of(pid)
    try:
        if file.lstat().st_uid != os.getuid():
            return None
        said = json.loads(file.read_text())
        found = Report(said["pid"], said["at"], tuple(said["troubles"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if time.time() - found.at < FRESH_SECONDS else None
