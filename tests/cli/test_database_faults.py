"""Every command that works on the database, on one that it can not work on: one line, code 3."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlalchemy import NullPool, make_url
from structlog.testing import capture_logs

import worker
from embedded.postgres import EmbeddedPostgres
from fulfillment.settings import Settings
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import serving

FILE = "products.csv"
COMMANDS = {
    "audit": ("audit", "--no-engine"),
    "reconcile": ("reconcile", "--preview"),
    "keys create": ("keys", "create", "--name", "shop", "--role", "intake"),
    "keys list": ("keys", "list"),
    "keys revoke": ("keys", "revoke", "1f2e3d4c5b6a7988"),
    "import products": ("import", "products", FILE),
    "import orders": ("import", "orders", FILE),
    "migrate": ("migrate",),
    "up": ("up",),
    "worker": ("worker",),
    "api": ("api",),
}
WAITS = {"worker", "api"}
"""What goes on when the database is put right."""

BRINGS_TABLES = {"migrate", "up"}

MALFORMED = {
    "nonsense": "nonsense",
    "another driver": "postgres://me:secret@127.0.0.1/pegboard",
    "another database": "mysql://me:secret@127.0.0.1/pegboard",
    "a port of letters": "postgresql+psycopg://me:secret@127.0.0.1:port/pegboard",
}


@pytest.fixture(scope="module")
def empty(postgres: EmbeddedPostgres) -> str:
    """A database without tables."""
    postgres.execute("CREATE DATABASE {name}", name="without_tables")
    return postgres.url_of("without_tables")


@pytest.fixture
def unfit(empty: str) -> Callable[[str], tuple[str, str]]:
    """The address of a database with that fault, and what is said of it."""
    url = make_url(empty)
    faults = {
        "no such database": (
            url.set(database="misspelt"),
            'database "misspelt" does not exist): make it with CREATE DATABASE',
        ),
        "wrong password": (
            url.set(password="secret"),
            "look at the user and the password in PEGBOARD_DATABASE_URL",
        ),
        "nobody listens": (url.set(port=1), "see that it runs, and look at host and port"),
        "unknown option": (
            url.set(query={"sslmod": "require"}),
            "look at what follows the ? in PEGBOARD_DATABASE_URL",
        ),
        "no tables": (url, "no tables of Pegboard: run `pegboard migrate`"),
    }

    def named(fault: str) -> tuple[str, str]:
        address, words = faults[fault]
        return address.render_as_string(hide_password=False), words

    return named


@pytest.fixture
def line(pegboard, write) -> Iterator[Callable[..., str]]:
    """The one line with which a command ends with code 3."""
    file = write(FILE, "sku,name\nTEA,Tea\n")
    kept = {number: signal.getsignal(number) for number in
            (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}  # fmt: skip
    interval = sys.getswitchinterval()

    def ended(command: str, url: str) -> str:
        arguments = [str(file) if one == FILE else one for one in COMMANDS[command]]
        done = pegboard(*arguments, PEGBOARD_DATABASE_URL=url)
        assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
        assert "secret" not in done.stdout + done.stderr
        return str(done.stderr)

    yield ended
    for number, handler in kept.items():
        signal.signal(number, handler)
    sys.setswitchinterval(interval)
    logging.getLogger().handlers.clear()


@pytest.mark.parametrize("fault", MALFORMED)
@pytest.mark.parametrize("command", COMMANDS)
def test_command_ends_with_one_line_when_the_address_is_none(line, command, fault):
    assert "PEGBOARD_DATABASE_URL is no address of a PostgreSQL" in line(command, MALFORMED[fault])


@pytest.mark.parametrize(
    "fault",
    ["no such database", "wrong password", "nobody listens", "unknown option", "no tables"],
)
@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - WAITS))
def test_command_ends_with_one_line_when_the_database_is_unfit(line, unfit, command, fault):
    if fault == "no tables" and command in BRINGS_TABLES:
        return
    url, words = unfit(fault)
    assert words in line(command, url)


async def test_worker_takes_no_work_until_the_database_is_fit(new_database, empty):
    with capture_logs() as lines:
        waiting = asyncio.create_task(worker.database_is_fit(empty, asyncio.Event()))
        while not lines:  # noqa: ASYNC110 -- it is told in the log alone
            await asyncio.sleep(0.01)
        waiting.cancel()
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("worker_waits_for_database", "warning")
    assert "run `pegboard migrate`" in line["why"]
    assert await worker.database_is_fit(new_database(), asyncio.Event())


async def test_worker_that_waits_ends_when_asked_and_has_not_asked_temporal(empty, monkeypatch):
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with capture_logs() as lines:
        work = asyncio.create_task(worker.serve(Settings(database_url=empty)))
        while not lines:  # noqa: ASYNC110 -- it is told in the log alone
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        await work


def test_api_tells_once_what_is_wrong_and_answers_503(empty):
    store = Store(connect(empty, poolclass=NullPool))
    key = {"Authorization": f"Bearer pb_{'0' * 16}_{'x' * 43}"}
    with (
        capture_logs() as lines,
        serving(build_app(store, None, Settings())) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        for _ in range(2):
            answer = client.get("/health/ready")
            assert (answer.status_code, answer.json()["database"]) == (503, "not_migrated")
        refused = client.get("/v1/orders", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (503, "database_not_migrated")
    assert "Retry-After" in refused.headers
    assert [line["event"] for line in lines] == ["database_not_ready"]
