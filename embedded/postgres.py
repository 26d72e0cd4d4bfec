"""A PostgreSQL server of our own, on loopback, in a folder of ours."""

import contextlib
import logging
import os
import secrets
import shutil
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self

import psutil
import psycopg
from psycopg import sql

from embedded import account, postgres_programs
from embedded.errors import EmbeddedServerError
from embedded.pidfile import PidFile, end
from embedded.ports import LOOPBACK, preferred_or_free
from embedded.process import Child, Program

SUPERUSER = "postgres"
DATABASE = "pegboard"
START_SECONDS = 60.0
TRIES = 3

ALWAYS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    # A statement or an error's detail can quote a customer's data, which no log may hold.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

log = logging.getLogger(__name__)


class EmbeddedPostgres:
    """One cluster in `data_dir`, with a database `pegboard` and a random password.

    The password is in a file beside the folder that only its owner can read. The log goes to
    `logs/postgres.log` beside the folder. Start it from a thread that lives as long as it.
    """

    def __init__(self, data_dir: Path, *, port: int | None = None, durable: bool = True) -> None:
        """Name the place; nothing is started or written yet."""
        self.data_dir = data_dir.resolve()
        self.log_file = self.data_dir.parent / "logs" / "postgres.log"
        self._password_file = self.data_dir.parent / f"{self.data_dir.name}.password"
        self._pid_file = PidFile(self.data_dir.parent / f"{self.data_dir.name}.pid", "postgres")
        self._preferred_port = port
        self._durable = durable
        self._child: Child | None = None
        self._port = 0

    def start(self) -> None:
        """Start it, after whatever a killed process left behind was stopped.

        Raises EmbeddedServerError with PostgreSQL's own words when it does not start.
        """
        programs = postgres_programs.folder()
        user = account.unprivileged()
        self._prepare_folder(user, programs)
        self._stop_leftover()
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise(user, programs)
        try:
            self._launch(user, programs)
            self._create_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it cleanly; open connections are closed. Nothing happens when it is not running."""
        if self._child is not None:
            self._child.stop(seconds=30)
            self._child = None

    def restart(self) -> None:
        """Stop and start, on the same port unless somebody takes it in between."""
        self.stop()
        self.start()

    def crash(self) -> None:
        """End it as a power cut would, without writing anything more; `start` recovers."""
        if self._child is not None:
            self._child.ask_to_stop(signal.SIGQUIT)
            self._child.stop(seconds=30)
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
    def url(self) -> str:
        """SQLAlchemy URL of the database `pegboard`; it holds the password."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """SQLAlchemy URL of any database of this cluster."""
        password = self._password_file.read_text().strip()
        return f"postgresql+psycopg://{SUPERUSER}:{password}@{LOOPBACK}:{self._port}/{database}"

    def execute(self, statement: LiteralString, **names: str) -> None:
        """Run a statement outside a transaction, as the superuser; `{name}` is quoted into it."""
        with self._connect() as connection:
            quoted = {key: sql.Identifier(name) for key, name in names.items()}
            connection.execute(sql.SQL(statement).format(**quoted))

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

    def _prepare_folder(self, user: account.Account | None, programs: Path) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir.chmod(0o700)
        if user is not None:
            account.make_reachable(self.data_dir)
            account.make_reachable(programs / "postgres")
            user.own(self.data_dir)

    def _stop_leftover(self) -> None:
        """Stop a server that runs in the folder, and remove the lock file of one that does not.

        PostgreSQL refuses to start when the pid in a stale lock file is in use by anything.
        """
        self._pid_file.stop_leftover()
        lock = self.data_dir / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, IndexError, ValueError):
            pid = int(lock.read_text().splitlines()[0])
            if (server := _server_in(self.data_dir, pid)) is not None:
                log.warning("stopping PostgreSQL %d, left behind in %s", pid, self.data_dir)
                end(server)
        lock.unlink(missing_ok=True)

    def _initialise(self, user: account.Account | None, programs: Path) -> None:
        """Make the cluster elsewhere and move it here, so that half a cluster is never started."""
        fresh = self.data_dir.with_name(f"{self.data_dir.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if user is not None:
            user.own(fresh)
        self._write_password(user)
        command = (
            str(programs / "initdb"),
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            f"--pwfile={self._password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            *(() if self._durable else ("--no-sync",)),
        )
        child = Child(Program(command, self.log_file, account=user))
        if not child.wait(START_SECONDS) or child.exit_code != 0:
            child.kill()
            raise EmbeddedServerError(f"PostgreSQL's initdb failed:\n{child.log_tail()}")
        fresh.replace(self.data_dir)

    def _write_password(self, user: account.Account | None) -> None:
        self._password_file.unlink(missing_ok=True)
        descriptor = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
        if user is not None:
            user.own(self._password_file)

    def _launch(self, user: account.Account | None, programs: Path) -> None:
        """Try a few ports, since a free one can be taken before PostgreSQL listens on it."""
        for attempt in range(1, TRIES + 1):
            wanted = self._port or self._preferred_port
            self._port = preferred_or_free(wanted if attempt < TRIES else None)
            self._child = Child(self._program(user, programs))
            if self._wait_until_it_serves():
                return
            words = self._child.log_tail()
            self._child.kill()
            if attempt == TRIES:
                raise EmbeddedServerError(f"PostgreSQL did not start:\n{words}")

    def _program(self, user: account.Account | None, programs: Path) -> Program:
        options = {**ALWAYS, "port": str(self._port), **({} if self._durable else FAST)}
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = (str(programs / "postgres"), "-D", str(self.data_dir), *flags)
        # SIGINT is PostgreSQL's fast stop; SIGTERM would wait for every client to leave.
        return Program(command, self.log_file, self._pid_file, signal.SIGINT, user)

    def _wait_until_it_serves(self) -> bool:
        """Whether it answers with our password, so it is ours, before its process ends."""
        deadline = time.monotonic() + START_SECONDS
        while self.running and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError), self._connect():
                return True
            time.sleep(0.05)
        return False

    def _create_database(self) -> None:
        with contextlib.suppress(psycopg.errors.DuplicateDatabase):
            self.execute("CREATE DATABASE {name}", name=DATABASE)

    def _connect(self) -> psycopg.Connection:
        url = self.url_of("postgres").replace("+psycopg", "")
        return psycopg.connect(url, autocommit=True, connect_timeout=5)


def _server_in(data_dir: Path, pid: int) -> psutil.Process | None:
    """The process if it is a PostgreSQL server that works in the folder."""
    try:
        process = psutil.Process(pid)
        named = process.name().startswith("postgres")
        return process if named and Path(process.cwd()) == data_dir else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
