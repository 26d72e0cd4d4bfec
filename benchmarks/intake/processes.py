"""How much processor time each part of the system has taken."""

from collections.abc import Mapping
from contextlib import suppress

import psutil

NAMES = {
    "worker": ("cli", "worker"),
    "API": ("cli", "api"),
    "engine": ("server", "start-dev"),
}
"""Words of the command line by which a part is known; PostgreSQL is known by its name."""


def find() -> dict[str, list[psutil.Process]]:
    """The processes of each part, among those that this one started."""
    parts: dict[str, list[psutil.Process]] = {name: [] for name in (*NAMES, "database")}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            words = process.cmdline()
            for name, wanted in NAMES.items():
                if all(word in words for word in wanted):
                    parts[name].append(process)
            if "postgres" in process.name() and "postgres" not in _parent(process):
                parts["database"].append(process)
    return parts


def _parent(process: psutil.Process) -> str:
    parent = process.parent()
    return parent.name() if parent else ""


def taken(parts: Mapping[str, list[psutil.Process]]) -> dict[str, float]:
    """Seconds of processor time of each part, with what its children took and take."""
    return {name: sum(_seconds(each) for each in some) for name, some in parts.items()}


def _seconds(process: psutil.Process) -> float:
    total = 0.0
    with suppress(psutil.Error):
        times = process.cpu_times()
        total = times.user + times.system
        total += getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
        total += sum(_own(child) for child in process.children(recursive=True))
    return total


def _own(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def memory(parts: Mapping[str, list[psutil.Process]], name: str) -> float:
    """Megabytes that a part has in memory."""
    return sum(float(each.memory_info().rss) for each in parts[name]) / 2**20
