"""What `pegboard up` runs: each part starts, stops and says whether it runs."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from embedded.pidfile import PidFile
from embedded.ports import is_free, listens, preferred_or_free
from embedded.postgres import EmbeddedPostgres
from embedded.process import Child, Program
from embedded.temporal import EmbeddedTemporal, TemporalOptions
from fulfillment.settings import Settings


class Part(Protocol):
    """One of the processes."""

    name: str

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        ...

    @property
    def log_file(self) -> Path:
        """Where it writes."""
        ...

    @property
    def ports(self) -> Mapping[str, int]:
        """What is on which port; before the first start, on which it is wished. 0 is any."""
        ...

    def start(self) -> None:
        """Start it, also again."""
        ...

    def stop(self) -> None:
        """Stop it cleanly; nothing happens when it is not running."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


class PostgresPart:
    """The embedded database."""

    name = "PostgreSQL"

    def __init__(self, settings: Settings) -> None:
        """Its data is in `postgres` under the home folder."""
        self.server = EmbeddedPostgres(
            settings.home.resolve() / "postgres",
            port=settings.postgres_port,
            durable=settings.embedded_durable,
        )
        self._wished = settings.postgres_port
        self.log_file = self.server.log_file
        self.start = self.server.start
        self.stop = self.server.stop
        self.kill = self.server.crash

    @property
    def ports(self) -> Mapping[str, int]:
        """That of the server."""
        return {self.name: self.server.port or self._wished}

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self.server.running


class TemporalPart:
    """The embedded Temporal."""

    name = "Temporal"

    def __init__(self, settings: Settings, search_attributes: Mapping[str, str]) -> None:
        """Its data is in `temporal.db` under the home folder."""
        home = settings.home.resolve()
        options = TemporalOptions(
            db_file=home / "temporal.db",
            port=settings.temporal_port,
            ui_port=settings.temporal_ui_port,
            search_attributes=search_attributes,
        )
        self.server = EmbeddedTemporal(options)
        self._wished = settings.temporal_port, settings.temporal_ui_port
        self.log_file = self.server.log_file
        self.start = self.server.start
        self.stop = self.server.stop
        self.kill = self.server.kill

    @property
    def ports(self) -> Mapping[str, int]:
        """That of the server, and that of its UI."""
        port, ui_port = self._wished
        return {
            self.name: self.server.port or port,
            "Temporal's UI": self.server.ui_port or ui_port,
        }

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self.server.running


class ServicePart:
    """One of our own processes, `pegboard <name>`."""

    def __init__(
        self, name: str, log_folder: Path, environment: Callable[[], Mapping[str, str]]
    ) -> None:
        """The environment is asked for at each start."""
        self.name = name
        self.log_file = log_folder / f"{name}.log"
        self._environment = environment
        self._pid_file = PidFile(log_folder.parent / f"{name}.pid", "python")
        self._child: Child | None = None

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._child is not None and self._child.exit_code is None

    @property
    def ports(self) -> Mapping[str, int]:
        """It listens on none."""
        return {}

    def start(self) -> None:
        """Start it, after one that a killed `pegboard up` left behind was stopped."""
        self._pid_file.stop_leftover()
        self._child = Child(
            Program(
                (sys.executable, "-m", "cli", self.name),
                self.log_file,
                self._pid_file,
                environment=self._environment(),
            )
        )

    def stop(self) -> None:
        """Stop it cleanly."""
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        """End it at once."""
        if self._child is not None:
            self._child.kill()

    def log_tail(self) -> str:
        """The last lines of its log."""
        return self._child.log_tail() if self._child is not None else ""


class ApiPart(ServicePart):
    """The API: on the port that it had, or is wished on, else on a free one; at each start."""

    def __init__(
        self, settings: Settings, log_folder: Path, environment: Callable[[], Mapping[str, str]]
    ) -> None:
        """Its port is chosen before the environment is asked for."""
        super().__init__("api", log_folder, environment)
        self.host = settings.api_host
        self.port = settings.api_port

    @property
    def ports(self) -> Mapping[str, int]:
        """The one."""
        return {"the API": self.port}

    @property
    def listens(self) -> bool:
        """Whether it is our process that one reaches there."""
        return self._child is not None and listens(self._child.pid, self.port)

    @property
    def lost_its_port(self) -> bool:
        """Whether it ended, and somebody else has the port that it should have."""
        return not self.running and not is_free(self.port, self.host)

    def start(self) -> None:
        """Choose the port and start it."""
        self.port = preferred_or_free(self.port, self.host)
        super().start()
