"""Who runs a server on some data, so that what a killed process left behind can be found."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from embedded.errors import ServerInUseError

SAME_START_SECONDS = 3.0
STOP_SECONDS = 20.0


@dataclass(frozen=True)
class _Entry:
    pid: int
    started: float
    owner: int
    owner_started: float


@dataclass(frozen=True)
class PidFile:
    """A file that names a server process and the process that started it.

    A pid alone proves nothing, since pids are used again: a process counts only when it also
    started at the noted time, and as a leftover only when it runs the named program.
    """

    path: Path
    program: str

    def write(self, pid: int) -> None:
        """Note the server's process, and this one as its owner."""
        ours = os.getpid()
        entry = _Entry(
            pid, psutil.Process(pid).create_time(), ours, psutil.Process(ours).create_time()
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f"{self.path.name}.{ours}")
        fresh.write_text(json.dumps(asdict(entry)))
        fresh.replace(self.path)

    def remove(self) -> None:
        """Forget the server."""
        self.path.unlink(missing_ok=True)

    def stop_leftover(self) -> None:
        """Stop the noted server if the process that started it is gone.

        Raises ServerInUseError when that process still lives.
        """
        entry = self._read()
        if entry is None:
            return
        server = _process(entry.pid, entry.started)
        if server is not None and _runs(server, self.program):
            if _process(entry.owner, entry.owner_started) is not None:
                msg = (
                    f"process {entry.owner} already runs {self.program} on {self.path.parent} "
                    f"(as process {entry.pid}); stop it first"
                )
                raise ServerInUseError(msg)
            end(server)
        self.remove()

    def _read(self) -> _Entry | None:
        try:
            return _Entry(**json.loads(self.path.read_text()))
        except (OSError, ValueError, TypeError):
            return None


def end(process: psutil.Process) -> None:
    """Ask the process to end, and kill it if it does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


def _process(pid: int, started: float) -> psutil.Process | None:
    """The live process with this pid and start; zombies count as gone."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < SAME_START_SECONDS
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _runs(process: psutil.Process, program: str) -> bool:
    try:
        # A Mac calls its Python "Python".
        return process.name().lower().startswith(program)
    except psutil.NoSuchProcess:
        return False
