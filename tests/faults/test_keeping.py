"""Tasks that fail are started again, and tell of it to who asks."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.client import Client

import worker
from cli.errors import CommandError, ServiceAwayError
from cli.host import health
from cli.host.connection import store_of
from embedded.temporal import EmbeddedTemporal
from fulfillment import engine as temporal
from fulfillment import keeping
from fulfillment.keeping import Pulse, keep_reporting, keep_running, read_report
from fulfillment.relay.relay import Relay
from fulfillment.relay.sweep import Sweep
from fulfillment.settings import Settings
from fulfillment.store.transactions.held import HeldError
from tests.builders.warehouse import Warehouse


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(keeping, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(keeping, "REPORT_SECONDS", 0.05)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@contextlib.asynccontextmanager
async def task(coroutine: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    running = asyncio.create_task(coroutine)
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_task_that_fails_is_started_again_and_told() -> None:
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs < 4:
            raise ValueError("Zebedee Quux lives at 7 Secret Lane")
        await asyncio.Event().wait()

    pulse = Pulse("relay")
    with capture_logs() as lines:
        async with task(keep_running(run, pulse)):
            while runs < 4:  # noqa: ASYNC110 -- it is told by a number alone
                await asyncio.sleep(0.01)
    assert [(line["event"], line["task"], line["error"]) for line in lines] == [
        ("task_failed", "relay", "ValueError")
    ] * 3
    assert "Zebedee" not in str(lines)
    assert pulse.trouble == "relay fails again and again (ValueError)"


def test_task_is_well_again_when_it_has_lived_for_a_while() -> None:
    pulse = Pulse("sweep")
    for _ in range(3):
        pulse.failed(ValueError())
    assert pulse.trouble
    pulse.failed_at -= keeping.HEALTHY_SECONDS + 1
    pulse.beat()
    assert pulse.trouble is None


def test_task_that_hangs_is_told() -> None:
    pulse = Pulse("sweep", silent_seconds=10)
    assert pulse.trouble is None
    pulse.beat_at -= 11
    assert pulse.trouble == "sweep has not come round for 11 seconds"


async def test_report_tells_of_every_task_and_goes_with_its_process() -> None:
    well, ill = Pulse("relay"), Pulse("sweep", silent_seconds=0)
    async with task(keep_reporting([well, ill])):
        while (found := read_report(os.getpid())) is None:  # noqa: ASYNC110 -- it is a file
            await asyncio.sleep(0.01)
    (trouble,) = found.troubles
    assert trouble.startswith("sweep has not come round")
    assert read_report(os.getpid()) is None


async def test_reports_that_killed_processes_left_behind_are_removed(tmp_path: Path) -> None:
    left = tmp_path / f"pegboard-{os.getuid()}-1.json"
    left.write_text("{}")
    os.utime(left, (0, 0))
    async with task(keep_reporting([])):
        while read_report(os.getpid()) is None:  # noqa: ASYNC110 -- it is a file
            await asyncio.sleep(0.01)
    assert not left.exists()


@pytest.mark.parametrize(
    "said", ["", "{}", "null", json.dumps({"pid": 1, "at": 1e9, "troubles": []})]
)
def test_report_that_is_old_or_no_report_is_none(tmp_path: Path, said: str) -> None:
    (tmp_path / f"pegboard-{os.getuid()}-1.json").write_text(said)
    assert read_report(1) is None


async def test_health_tells_that_the_workers_relay_is_dead_though_it_polls(
    database_url: str,
    temporal_server: EmbeddedTemporal,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)
    client = await temporal.connect()
    queue = "health-of-a-worker"
    async with worker.running(client, database_url, queue):
        await until_it_polls(queue)
        await asyncio.to_thread(health._ask_temporal, queue)
        assert "its tasks work" in capsys.readouterr().out

    async def fail(_: Relay) -> bool:
        raise ValueError("a fault that nobody foresaw")

    monkeypatch.setattr(Relay, "_round", fail)
    async with worker.running(client, database_url, queue):
        await until_it_polls(queue)
        with pytest.raises(ServiceAwayError, match="relay fails again and again"):
            await ask_until_it_is_ill(queue)


async def ask_until_it_is_ill(queue: str) -> None:
    for _ in range(100):
        await asyncio.to_thread(health._ask_temporal, queue)
        await asyncio.sleep(0.1)


async def until_it_polls(queue: str) -> None:
    for _ in range(100):
        if await health._polling(queue) and read_report(os.getpid()):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("no worker polls")


async def test_steps_of_the_sweep_are_done_when_another_fails(database_url: str) -> None:
    warehouse = Warehouse.on(database_url).furnish()
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE merchant SET replan_due = true")
    asked = 0

    async def away() -> Client:
        nonlocal asked
        asked += 1
        raise ValueError("nobody foresaw it")

    sweep = Sweep(warehouse.store, away, every_seconds=0.01)
    with capture_logs() as lines:
        async with task(keep_running(sweep.run, sweep.pulse)):
            while asked < 2:  # noqa: ASYNC110 -- it is told by a number alone
                await asyncio.sleep(0.01)
    assert warehouse.one("SELECT kind FROM outbox") == "replan"
    assert sweep.pulse.trouble is None
    assert {(line["event"], line.get("step")) for line in lines} <= {
        ("sweep_could_not_look", "closed_runs"),
        ("sweep_could_not_look", "both_sides"),
    }
    warehouse.engine.dispose()


def test_command_tells_that_something_is_held(database_url: str) -> None:
    settings = Settings(database_url=SecretStr(database_url))
    with pytest.raises(CommandError, match="queue K1 is held"), store_of(settings):
        raise HeldError("queue", ["K1"])
