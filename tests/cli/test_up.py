"""`pegboard up` as a person starts, kills and starts it again: one folder's life."""

import json
import os
import pty
import re
import select
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import psutil
import pytest

UP = (sys.executable, "-m", "cli", "up")
WAIT_SECONDS = 90.0
STOP_SECONDS = 15.0


class Run:
    """A `pegboard up` whose output is kept, at a terminal or not."""

    def __init__(self, env: Mapping[str, str], *options: str, terminal: bool = False) -> None:
        self.text = ""
        self.children: dict[int, psutil.Process] = {}
        self.reading, writing = pty.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen(
            [*UP, *options], stdin=subprocess.DEVNULL, stdout=writing, stderr=writing, env=env
        )
        os.close(writing)

    def read_until(self, words: str) -> str:
        """Read on until the words come; all that was read, without colours."""
        deadline = time.monotonic() + WAIT_SECONDS
        while words not in self.plain:
            assert time.monotonic() < deadline, self.plain
            assert self._read(), f"ended without {words!r}: {self.plain}"
        return self.plain

    def end(self) -> int:
        """Read the rest, and wait for its end."""
        while self._read():
            continue
        return self.process.wait(STOP_SECONDS)

    def stop(self) -> tuple[int, float]:
        """Ctrl-C; the exit code, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        return self.end(), time.monotonic() - began

    def kill(self) -> None:
        self._note_children()
        self.process.kill()
        self.process.wait()

    def parts(self) -> list[psutil.Process]:
        """What it keeps running."""
        return psutil.Process(self.process.pid).children()

    def kill_worker(self) -> None:
        next(one for one in self.parts() if one.cmdline()[-1] == "worker").kill()

    def left(self) -> list[psutil.Process]:
        """The children that were seen, and still run a few seconds later."""
        _, alive = psutil.wait_procs(list(self.children.values()), timeout=15)
        return alive

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.reading)

    @property
    def plain(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text)

    @property
    def api_url(self) -> str:
        found = re.search(r"(http://127\.0\.0\.1:\d+)/docs", self.plain)
        assert found
        return found[1]

    def _note_children(self) -> None:
        try:
            for child in psutil.Process(self.process.pid).children(recursive=True):
                self.children[child.pid] = child
        except psutil.NoSuchProcess:
            return

    def _read(self) -> bool:
        """Whether there may be more."""
        self._note_children()
        if not select.select([self.reading], [], [], 0.5)[0]:
            return True
        try:
            chunk = os.read(self.reading, 65536)
        except OSError:  # a pseudo-terminal's way of saying that nobody writes any more
            return False
        self.text += chunk.decode(errors="replace")
        return bool(chunk)


@pytest.fixture
def env(server_folder: Path) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("TEMPORAL_", "PEGBOARD_"))}
    ports = ("API", "POSTGRES", "TEMPORAL", "TEMPORAL_UI")
    return {
        **ours,
        **{f"PEGBOARD_{name}_PORT": str(free_port()) for name in ports},
        "PEGBOARD_HOME": str(server_folder),
        "PEGBOARD_EMBEDDED_DURABLE": "false",
        "PEGBOARD_PLAY_SPEED": "100",
        "COLUMNS": "200",
    }


@pytest.fixture
def start(env: dict[str, str]) -> Iterator[type]:
    runs: list[Run] = []

    def started(*options: str, terminal: bool = False, **variables: str) -> Run:
        runs.append(Run(env | variables, *options, terminal=terminal))
        return runs[-1]

    yield started  # type: ignore[misc]
    for run in runs:
        run.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def orders(run: Run, home: Path) -> dict[str, str]:
    """Statuses by number, asked for with the key that was kept."""
    name, _, value = (home / "api-key").read_text().strip().partition(": ")
    answer = httpx.get(f"{run.api_url}/v1/orders", params={"limit": 200}, headers={name: value})
    return {order["number"]: order["status"] for order in answer.json()["items"]}


def listed(env: Mapping[str, str]) -> dict[str, str]:
    """The same, as a command in the folder tells it, without a setting that names the API."""
    command = [sys.executable, "-m", "cli", "order", "list", "--limit", "200", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return {order["number"]: order["status"] for order in json.loads(done.stdout)["items"]}


@pytest.mark.slow
def test_folder_lives_through_every_kind_of_end(start, env, server_folder):
    play_is_killed_half_way(start)
    play_begins_anew_and_ends(start, env, server_folder)
    known = run_looks_after_its_parts_until_it_is_killed(start, env, server_folder)
    run_stops_when_asked(start, env, server_folder, known)


def play_is_killed_half_way(start) -> None:
    run = start(PEGBOARD_PLAY_SPEED="20")
    run.read_until("W-1006 may go in two shipments")
    run.kill()
    assert run.left() == []


def play_begins_anew_and_ends(start, env, home: Path) -> None:
    run = start("--until-played")
    assert run.end() == 0, run.plain
    assert run.left() == []
    assert_is_played_anew(run, env)
    assert_key_is_kept_to_ourselves(run, home)


def run_looks_after_its_parts_until_it_is_killed(start, env, home: Path) -> dict[str, str]:
    """The orders that are known in the end."""
    with socket.create_server(("127.0.0.1", int(env["PEGBOARD_API_PORT"]))):
        run = start()
        run.read_until("W-2014 part shipped (3 KETTLE)")
    assert f"port {env['PEGBOARD_API_PORT']} is taken; the API is on" in run.plain
    assert "sample" not in run.plain
    assert_is_found_by_its_folder(env)
    assert len(run.parts()) == 4
    run.kill_worker()
    run.read_until("worker ended; starting it again in 1 s")
    run.read_until("worker runs again")
    known = orders(run, home)
    assert known.keys() >= {f"W-20{n:02}" for n in range(1, 15)} - {"W-2013"}
    run.kill()
    assert run.left() == []
    return known


def run_stops_when_asked(start, env, home: Path, known: dict[str, str]) -> None:
    run = start(terminal=True)
    run.read_until("Ctrl-C stops")
    run.read_until(f"Hearth & Leaf: {len(known)} orders")
    assert orders(run, home) == known
    assert listed(env) == known
    code, seconds = run.stop()
    assert (code, run.left()) == (0, [])
    assert seconds < STOP_SECONDS
    assert not (home / "connection.json").exists()


def assert_is_played_anew(run: Run, env: Mapping[str, str]) -> None:
    assert f"http://127.0.0.1:{env['PEGBOARD_API_PORT']}/docs" in run.plain
    assert f"http://127.0.0.1:{env['PEGBOARD_TEMPORAL_UI_PORT']}" in run.plain
    assert "W-2001 is in stock" in run.plain
    assert "W-2007 future at porto, due" in run.plain
    assert "W-2011 cancelled" in run.plain
    assert "W-2012 released at dublin" in run.plain
    assert "W-2013 refused (4 FIRST-FLUSH)" in run.plain
    assert "The play is over, and the audit is clean: 11 shipped" in run.plain


def assert_is_found_by_its_folder(env: Mapping[str, str]) -> None:
    """A second run is refused, and other commands find the one that runs."""
    for arguments, code, says in ((UP[3:], 1, "already runs in"), (("keys", "list"), 0, "")):
        command = [*UP[:3], *arguments]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert says in done.stderr


def assert_key_is_kept_to_ourselves(run: Run, home: Path) -> None:
    kept = home / "api-key"
    key = kept.read_text().strip().rpartition(" ")[2]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert f"curl -H @{kept} http://127.0.0.1:" in run.plain
    assert key.startswith("pb_")
    assert key not in run.plain
    for log in (home / "logs").iterdir():
        assert key.encode() not in log.read_bytes(), log


# --- what needs no server ------------------------------------------------------------------------


def test_reset_asks_when_there_is_data(env, server_folder):
    (server_folder / "temporal.db").write_text("data")

    done = subprocess.run(
        [*UP, "--reset"], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr == (
        "pegboard: --reset asks before it deletes; without a terminal, say --yes\n"
    )
    assert (server_folder / "temporal.db").exists()
