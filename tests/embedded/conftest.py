import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

Abandon = Callable[[str], int]


@pytest.fixture
def abandon() -> Iterator[Abandon]:
    """Run a script that starts a server and prints its pid, kill -9 the script, tell the pid."""
    pids: list[int] = []

    def run(script: str) -> int:
        parent = subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        assert parent.stdout is not None
        pids.append(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        parent.stdout.close()
        return pids[-1]

    yield run
    for pid in pids:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def ends_soon() -> Callable[[int], bool]:
    """Whether a process ends within ten seconds."""

    def check(pid: int) -> bool:
        deadline = time.monotonic() + 10
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not is_alive(pid)

    return check
