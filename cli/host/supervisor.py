"""Runs the whole system on one machine and keeps it running."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import NullPool
from temporalio.service import RPCError

from cli import folder
from cli.errors import CommandError
from cli.host import connection, secret_keys
from cli.host.backoff import Backoff
from cli.host.listening import check_host, url_of
from cli.host.parts import ApiPart, Part, PostgresPart, ServicePart, TemporalPart
from deliveries.mail.wiring import folder_of
from embedded.search_attributes import register_search_attributes
from fulfillment import engine
from fulfillment.contracts import search_attributes
from fulfillment.settings import Settings
from fulfillment.store.reading.health import check_database
from fulfillment.store.transactions.session import connect

READY_SECONDS = 90.0
WATCH_SECONDS = 0.5

Say = Callable[[str], None]


class System:
    """PostgreSQL and Temporal (unless others are named), a worker and the API.

    `start` must be called from a thread that lives as long as the system, because on Linux the
    servers end with the thread that started them.
    """

    def __init__(self, settings: Settings, *, say: Say) -> None:
        """Name the parts; nothing is started yet."""
        self.settings = settings
        self.log_folder: Path = settings.home.resolve() / "logs"
        self._say = say
        self._postgres = None if settings.database_url else PostgresPart(settings)
        self._temporal = (
            None if engine.is_configured() else TemporalPart(settings, search_attributes.TYPES)
        )
        self._api = ApiPart(settings, self.log_folder, self._environment)
        worker = ServicePart("worker", self.log_folder, self._environment)
        self._services = [worker, self._api]
        self._backoffs = {part.name: Backoff() for part in self._parts()}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)

    @property
    def api_url(self) -> str:
        """Where the API answers."""
        return url_of(self.settings.api_host, self._api.port)

    @property
    def ui_url(self) -> str | None:
        """Where Temporal's UI is; None for a Temporal that is not ours."""
        return self._temporal.server.ui_url if self._temporal else None

    @property
    def mail_folder(self) -> Path | None:
        """Where mails are written, as a trial has it; None where it is said how they leave.

        Nor where a database is named: other workers may send its mails to real customers.
        """
        if self.settings.mail_transport is not None or self.settings.database_url is not None:
            return None
        return folder_of(self.settings)

    @property
    def stopping(self) -> bool:
        """Whether it is being stopped, or was."""
        return self._stopping.is_set()

    @property
    def temporal_address(self) -> str:
        """Where Temporal answers."""
        return self._temporal.server.address if self._temporal else engine.address()

    @property
    def database_url(self) -> str:
        """The database that is used, with its password."""
        if self._postgres:
            return self._postgres.server.url
        return self.settings.require_database_url()

    def start(self) -> None:
        """Start all of it, in order, and wait until the API says that it is ready.

        Raises CommandError with the end of the log of what did not start, UnfitDatabaseError when
        the database that is named does not answer.
        """
        check_host(self.settings.api_host)
        self._check_database_that_is_named()
        self._start_servers()
        self._say("bringing the database's tables up to date")
        connection.migrate(self.database_url)
        self._register_search_attributes()
        self._start_services()
        self._wait_until_ready()
        self._publish()
        self._keeper.start()

    def stop(self) -> None:
        """Stop all of it, in reverse order; what is in the middle of something may finish it."""
        self._stopping.set()
        folder.withdraw(self.settings.home)
        with self._lock:
            for part in reversed(self._parts()):
                if part.running:
                    self._say(f"stopping {part.name}")
                part.stop()
        # Last, because what the keeper restarted ends when the keeper does.
        self._stopped.set()

    @contextmanager
    def services_stopped(self) -> Iterator[None]:
        """Worker and API do not run while the block lasts; the servers do."""
        with self._lock:
            for service in self._services:
                service.stop()
            yield
            for service in self._services:
                self._start(service)
        self._wait_until_ready()

    def kill(self) -> None:
        """End all of it at once."""
        self._stopping.set()
        for part in reversed(self._parts()):
            part.kill()

    def _parts(self) -> list[Part]:
        """In the order of starting."""
        servers = [part for part in (self._postgres, self._temporal) if part]
        return [*servers, *self._services]

    def _check_database_that_is_named(self) -> None:
        """Before anything is started for it."""
        if self._postgres is None:
            named = connect(self.database_url, poolclass=NullPool)
            check_database(named, with_tables=False)

    def _start_servers(self) -> None:
        if self._postgres:
            self._say("starting PostgreSQL")
            self._start(self._postgres)
        if self._temporal:
            self._say("starting Temporal")
            self._start(self._temporal)

    def _start_services(self) -> None:
        self._say("starting the worker and the API")
        for service in self._services:
            self._start(service)

    def _start(self, part: Part) -> None:
        wished = part.ports
        part.start()
        self._backoffs[part.name].started(time.monotonic())
        for what, port in part.ports.items():
            if wished[what] and port != wished[what]:
                self._say(f"port {wished[what]} is taken; {what} is on {port}")

    def _environment(self) -> dict[str, str]:
        """What the worker and the API are told, beside the caller's own variables."""
        own = {**self._servers(), "PEGBOARD_API_PORT": str(self._api.port)}
        if file := secret_keys.keys_for(self.settings):
            own["PEGBOARD_SECRET_KEYS_FILE"] = str(file)
        if self.mail_folder is not None:
            own["PEGBOARD_MAIL_TRANSPORT"] = "files"
        usual = {"PEGBOARD_PUBLIC_URL": self.api_url}
        if self.ui_url:
            usual["PEGBOARD_TEMPORAL_UI_URL"] = self.ui_url
        return {**usual, **os.environ, **own}

    def _servers(self) -> dict[str, str]:
        told = {"PEGBOARD_DATABASE_URL": self.database_url}
        if self._temporal:
            told["TEMPORAL_ADDRESS"] = self._temporal.server.address
        return told

    def _publish(self) -> None:
        """Tell other commands of this folder where the system is."""
        folder.publish(self.settings.home, self.database_url, self.api_url, self.temporal_address)

    def _register_search_attributes(self) -> None:
        """Embedded, they were registered at the start; a cluster may not let us do it."""
        if self._temporal:
            return
        try:
            asyncio.run(self._register_at_cluster())
        except (RPCError, ValueError) as error:
            self._say(f"search attributes could not be registered at Temporal: {error}")

    async def _register_at_cluster(self) -> None:
        await register_search_attributes(await engine.connect(), search_attributes.TYPES)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self._api.lost_its_port:
                # It was taken between our look and the API's start.
                self._start(self._api)
            for service in self._services:
                if not service.running:
                    raise CommandError(f"{service.name} did not start:\n{service.log_tail()}")
            if self._api.listens and _answers(f"{self.api_url}/health/ready"):
                return
            time.sleep(0.1)
        raise CommandError(f"the API was not ready in time; see {self.log_folder}")

    def _keep(self) -> None:
        while not self._stopped.wait(WATCH_SECONDS):
            with self._lock:
                for part in self._parts():
                    try:
                        self._keep_one(part)
                    except Exception as error:
                        # What goes wrong with one part must not leave the others unwatched.
                        self._say(f"{part.name} could not be looked after: {error}")

    def _keep_one(self, part: Part) -> None:
        """Start a part again that has ended, after a wait that grows while it keeps ending."""
        if self._stopping.is_set() or part.running:
            return
        backoff = self._backoffs[part.name]
        if backoff.due_at is None:
            wait = backoff.plan(time.monotonic())
            self._say(f"{part.name} ended; starting it again in {wait:.0f} s (see {part.log_file})")
        elif backoff.due_at <= time.monotonic():
            self._start_again(part)

    def _start_again(self, part: Part) -> None:
        before, at = self._servers(), self.api_url
        try:
            self._start(part)
        except Exception as error:
            self._backoffs[part.name].plan(time.monotonic())
            self._say(f"{part.name} did not start: {error}")
            return
        self._say(f"{part.name} runs again")
        if (self._servers(), self.api_url) != (before, at):
            self._publish()
        if self._servers() != before:
            # A server came back on another port, which the running services do not know.
            for service in self._services:
                service.stop()


def _answers(url: str) -> bool:
    try:
        # trust_env: a proxy named in the environment is not for our own API.
        return httpx.get(url, timeout=5.0, trust_env=False).is_success
    except httpx.HTTPError:
        return False
