"""Where the system that runs in this folder is: told by `pegboard up`, found by other commands."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from sqlalchemy.exc import OperationalError

from cli.errors import CommandError, ServiceAwayError
from fulfillment import engine
from fulfillment.settings import Settings
from fulfillment.store.transactions.held import HeldError
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect

FILE = "connection.json"
UNHURRIED = {"lock": 60.0, "statement": 3600.0}
"""Seconds: an audit may read for long, and nobody else waits for a person's command."""

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
    """Tell where the system is, in a file that only this user may read: it holds a password."""
    ours = psutil.Process(os.getpid())
    told = Connection(database_url, api_url, temporal_address, ours.pid, ours.create_time())
    fresh = home / f"{FILE}.{ours.pid}"
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
        json.dump(asdict(told), file)
    fresh.replace(home / FILE)


def withdraw(home: Path) -> None:
    """The system runs no more."""
    (home / FILE).unlink(missing_ok=True)


def find(home: Path) -> Connection | None:
    """The system that runs in this folder; None where there is none, or it has ended."""
    try:
        found = Connection(**json.loads((home / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.is_live else None


def database_url(settings: Settings) -> str:
    """The database that is named, else that of the system running here."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    found = find(settings.home)
    if found is None:
        raise ServiceAwayError(
            "no database: start `pegboard up` in this folder, or set PEGBOARD_DATABASE_URL"
        )
    return found.database_url


def api_url(settings: Settings) -> str:
    """The API of the system running here, else the one that the settings describe."""
    found = find(settings.home)
    return found.api_url if found else f"http://{settings.api_host}:{settings.api_port}"


def use_temporal_of(settings: Settings) -> None:
    """Let the client use the Temporal of the system running here, unless another is named."""
    found = find(settings.home)
    if found and found.temporal_address and not engine.is_configured():
        os.environ["TEMPORAL_ADDRESS"] = found.temporal_address


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """The store, for as long as the block lasts.

    Raises ServiceAwayError when the database does not answer, with nothing of a statement or its
    values in the message; CommandError when somebody holds what is needed.
    """
    patience = Patience(**settings.database_patience | UNHURRIED)
    opened = connect(database_url(settings), pool_size=2, patience=patience)
    try:
        yield Store(opened)
    except HeldError as error:
        raise CommandError(f"{error}; try again, or look who holds it in the log") from None
    except OperationalError as error:
        raise ServiceAwayError(f"the database does not answer ({_cause(error)})") from None
    finally:
        opened.dispose()


def only_merchant(store: Store, named: str | None) -> str:
    """The merchant that was named, else the only one there is."""
    ids = store.read("*", lambda tx: [row.id for row in tx.rows("SELECT id FROM merchant")])
    if named is None and len(ids) == 1:
        return str(ids[0])
    if named is None:
        raise CommandError(f"name one with --merchant: {', '.join(sorted(ids)) or 'none is there'}")
    if named not in ids:
        raise CommandError(f"there is no merchant {named}")
    return named


def _cause(error: OperationalError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error).__name__
