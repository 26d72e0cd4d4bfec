"""Servers that are frozen, and rows that are held, are told of in time; nothing hangs."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from embedded.postgres import EmbeddedPostgres
from embedded.temporal import EmbeddedTemporal
from fulfillment.settings import Settings
from fulfillment.store import migrations
from fulfillment.store.commands.administration.keys import Role, create_key
from fulfillment.store.transactions import patience
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app, turns_of
from tests.api.world import ACME, BOLT, order, serving, settle

HURRIED = Patience(connect=2, pool=1, lock=0.5, statement=1, idle=5)
NUT = {"name": "Hazelnut"}

PATIENT = replace(HURRIED, statement=20)
"""For what waits for a lock: a slow machine's statement must not be given up before its lock."""

CROWD = 50
"""More requests than the pool has connections."""


@contextlib.contextmanager
def frozen(pid: int | None) -> Iterator[None]:
    """A server that this test has started, and its children, stopped like by a debugger."""
    assert pid is not None
    server = psutil.Process(pid)
    pids = [server.pid, *(child.pid for child in server.children(recursive=True))]
    for each in pids:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)


@pytest.fixture
def server(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of this test's own."""
    with EmbeddedPostgres(server_folder / "postgres", durable=False) as made:
        migrations.upgrade(made.url)
        yield made


def ready(url: str) -> tuple[int, dict[str, str], float]:
    """Status, what is said, and how long it took."""
    began = time.monotonic()
    answer = httpx.get(f"{url}/health/ready", timeout=20)
    return answer.status_code, answer.json(), time.monotonic() - began


def until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_database_that_is_frozen_is_told_in_time_and_comes_back(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "GRACE", 1.0)
    store = Store(connect(server.url, patience=HURRIED))
    settle(store)
    headers = {"Authorization": f"Bearer {create_key(store, 'shop', Role.INTAKE, ACME)}"}
    with (
        serving(build_app(store, None, Settings())) as url,
        httpx.Client(base_url=url, headers=headers, timeout=30) as shop,
    ):
        assert shop.get("/v1/orders").status_code == 200
        assert ready(url)[0] == 200
        with frozen(server.pid):
            for _ in range(3):
                status, told, seconds = ready(url)
                assert (status, told["database"]) == (503, "unreachable")
                assert seconds < 5
            began = time.monotonic()
            answer = shop.get("/v1/orders")
            assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
            assert time.monotonic() - began < 12
        until(lambda: ready(url)[0] == 200)
        until(lambda: shop.get("/v1/orders").status_code == 200)


def test_server_that_is_frozen_is_given_up_in_the_midst_of_a_statement(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "GRACE", 1.0)
    engine = connect(server.url, patience=HURRIED)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        began = time.monotonic()
        with frozen(server.pid), pytest.raises(OperationalError) as given_up:
            connection.exec_driver_sql("SELECT 1")
        assert given_up.value.connection_invalidated
        assert time.monotonic() - began < 4
    engine.dispose()


def test_readiness_reads_and_other_merchants_go_on_while_one_session_holds_a_queue(
    database_url: str,
) -> None:
    few = Settings(database_pool_size=5, database_pool_seconds=1)
    store = Store(connect(database_url, pool_size=5, patience=PATIENT), turns=turns_of(few))
    settle(store)
    headers = {"Authorization": f"Bearer {create_key(store, 'admin', Role.ADMIN, ACME)}"}
    bolt = {"Authorization": f"Bearer {create_key(store, 'other', Role.ADMIN, BOLT)}"}
    hold = "SELECT 1 FROM sku_queue WHERE sku = 'TEA' FOR UPDATE"
    with (
        serving(build_app(store, None, Settings())) as url,
        httpx.Client(base_url=url, headers=headers, timeout=30) as shop,
        psycopg.connect(database_url.replace("+psycopg", "")) as somebody,
    ):
        assert shop.post("/v1/orders", json=order("SO-1")).status_code == 202
        somebody.execute(hold)
        cancels = _crowd(url, headers, "/v1/orders/SO-1/cancel")
        status, told, seconds = ready(url)
        assert (status, told["database"]) == (200, "migrated")
        assert seconds < 5
        assert shop.get("/v1/orders").status_code == 200
        assert httpx.put(f"{url}/v1/products/NUT", headers=bolt, json=NUT).status_code == 200
        answers = cancels()
        codes = {answer.json()["code"] for answer in answers}
        assert {answer.status_code for answer in answers} == {503}
        assert "locked" in codes <= {"locked", "database_busy"}
        locked = next(answer for answer in answers if answer.json()["code"] == "locked")
        assert locked.json()["errors"] == [{"held": "queue", "name": "TEA"}]
        assert int(locked.headers["Retry-After"]) > 0
        somebody.rollback()
        assert shop.post("/v1/orders/SO-1/cancel").status_code == 200


def _crowd(url: str, headers: dict[str, str], path: str) -> Callable[[], list[httpx.Response]]:
    """Post it many times at once; what gives the answers when they are there."""
    pool = ThreadPoolExecutor(CROWD)
    asked = [
        pool.submit(httpx.post, f"{url}{path}", headers=headers, timeout=30) for _ in range(CROWD)
    ]
    time.sleep(0.2)
    return lambda: [each.result() for each in asked]


def test_engine_that_is_frozen_is_told_as_unreachable_in_time(
    database_url: str, engine: EmbeddedTemporal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", engine.address)
    store = Store(connect(database_url))
    with serving(build_app(store, None, Settings())) as url:
        until(lambda: ready(url)[1]["engine"] == "reachable")
        with frozen(engine.pid):
            status, told, seconds = ready(url)
            assert (status, told["engine"]) == (200, "unreachable")
            assert seconds < 5
        until(lambda: ready(url)[1]["engine"] == "reachable")
    with frozen(engine.pid), serving(build_app(store, None, Settings())) as url:
        # One that was never reached: the port takes the connection, and nothing comes.
        _, told, seconds = ready(url)
        assert told["engine"] == "unreachable"
        assert seconds < 5
