"""What `pegboard up` leaves in its folder, so that other commands of this machine find it.

`connection.json` says where the system runs, and `operator-key` holds a key for its API. This user
alone may read them.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

CONNECTION = "connection.json"
OPERATOR_KEY = "operator-key"
SAME_START_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Connection:
    """What another command of this folder needs to know, and which process told it."""

    database_url: str
    api_url: str
    temporal_address: str
    pid: int
    started: float

    @property
    def is_live(self) -> bool:
        """Whether the process that told it is still there; its pid may belong to another now."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) < SAME_START_SECONDS
        except psutil.NoSuchProcess:
            return False


def publish(home: Path, database_url: str, api_url: str, temporal_address: str) -> None:
    """Tell where the system is; the file holds a password."""
    ours = psutil.Process(os.getpid())
    told = Connection(database_url, api_url, temporal_address, ours.pid, ours.create_time())
    write_private(home / CONNECTION, json.dumps(asdict(told)))


def withdraw(home: Path) -> None:
    """The system runs no more."""
    (home / CONNECTION).unlink(missing_ok=True)


def find(home: Path) -> Connection | None:
    """The system that runs in this folder; None where there is none, or it has ended."""
    try:
        found = Connection(**json.loads((home / CONNECTION).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.is_live else None


def keep_operator_key(home: Path, key: str) -> None:
    """Keep the key with which the commands of this machine ask the API."""
    write_private(home / OPERATOR_KEY, f"{key}\n")


def operator_key(home: Path) -> str | None:
    """The key that is kept; None where there is none."""
    try:
        return (home / OPERATOR_KEY).read_text().strip() or None
    except OSError:
        return None


def write_private(path: Path, text: str) -> Path:
    """Write a file, all of it or nothing, that this user alone may read."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
        file.write(text)
    return fresh.replace(path)
