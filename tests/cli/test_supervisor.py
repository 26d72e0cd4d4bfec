import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from cli.errors import CommandError
from cli.host.backoff import Backoff
from cli.host.lock import one_run_in

pytestmark = pytest.mark.slow


class Run:
    """A `pegboard up` of a test."""

    def __init__(self, home: Path) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "up"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(home),
        )

    def read_until(self, words: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError("".join(self.lines))

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def child(self, words: str) -> psutil.Process:
        return next(c for c in self.children() if words in " ".join(c.cmdline()))

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait()


def environment(home: Path) -> dict[str, str]:
    ours = {key: text for key, text in os.environ.items() if not key.startswith("TEMPORAL_")}
    ours.pop("PEGBOARD_DATABASE_URL", None)
    return {
        **ours,
        "PEGBOARD_HOME": str(home),
        "PEGBOARD_EMBEDDED_DURABLE": "false",
        "COLUMNS": "200",
    }


@pytest.fixture
def up(server_folder: Path) -> Iterator[Run]:
    run = Run(server_folder)
    yield run
    run.end()


def api_url(line: str) -> str:
    return line.split("http", 1)[1].join(["http", ""]).split("/docs")[0]


def test_everything_runs_restarts_and_stops_when_asked(up, server_folder):
    url = api_url(up.read_until("/docs"))
    assert httpx.get(f"{url}/health/ready").is_success
    started = up.children()
    assert len(started) == 4

    second = subprocess.run(
        [sys.executable, "-m", "cli", "up"],
        env=environment(server_folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "already runs in" in second.stderr

    for command in (["keys", "list"], ["audit"]):
        # Other commands find the system by its folder.
        found = subprocess.run(
            [sys.executable, "-m", "cli", *command],
            env=environment(server_folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stderr

    up.child("cli worker").kill()
    up.read_until("worker ended; starting it again in 1 s")
    up.read_until("worker runs again")
    started += up.children()

    up.process.send_signal(signal.SIGINT)
    up.read_until("stopping PostgreSQL")
    assert up.process.wait(30) == 0
    assert not [child for child in started if child.is_running()]
    assert not (server_folder / "connection.json").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has the signal")
def test_nothing_is_left_and_it_starts_again_when_it_was_killed(up, server_folder):
    up.read_until("/docs")
    left = up.children()

    up.process.kill()

    psutil.wait_procs(left, timeout=15)
    assert not [child for child in left if child.is_running()]
    again = Run(server_folder)
    try:
        again.read_until("/docs")
    finally:
        again.process.terminate()
        again.process.wait(30)
        again.end()


def test_second_run_is_refused_when_the_lock_is_held(tmp_path):
    with (
        one_run_in(tmp_path),
        pytest.raises(CommandError, match=f"process {os.getpid()}"),
        one_run_in(tmp_path),
    ):
        raise AssertionError("two hold it")


def test_wait_doubles_when_a_part_keeps_ending_and_starts_anew_after_a_healthy_minute():
    backoff = Backoff()
    waits = []
    for now in range(7):
        backoff.started(float(now))
        waits.append(backoff.plan(now + 0.5))
    assert waits == [1, 2, 4, 8, 16, 30, 30]

    backoff.started(100.0)
    assert backoff.plan(161.0) == 1
