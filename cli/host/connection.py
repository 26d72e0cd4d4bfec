"""The database and the Temporal of the system that runs in this folder, or that is named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import NullPool
from sqlalchemy.exc import OperationalError

from cli import folder
from cli.errors import CommandError, ServiceAwayError
from fulfillment import engine, settings
from fulfillment.settings import Settings
from fulfillment.store import migrations
from fulfillment.store.reading.health import check_database
from fulfillment.store.transactions.held import HeldError
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect

UNHURRIED = {"lock": 60.0, "statement": 3600.0}
"""Seconds: an audit may read for long, and nobody else waits for a person's command."""


def database_url(chosen: Settings) -> str:
    """The database that is named, else that of the system running here."""
    if chosen.database_url is not None:
        return chosen.require_database_url()
    found = folder.find(chosen.home)
    if found is None:
        raise ServiceAwayError(
            "no database: start `pegboard up` in this folder, or set PEGBOARD_DATABASE_URL"
        )
    return found.database_url


def use_temporal_of(chosen: Settings) -> None:
    """Let the client use the Temporal of the system running here, unless another is named."""
    found = folder.find(chosen.home)
    if found and found.temporal_address and not engine.is_configured():
        os.environ["TEMPORAL_ADDRESS"] = found.temporal_address


@contextmanager
def opened_store() -> Iterator[Store]:
    """The store of the system that runs here, or that the environment names."""
    with store_of(settings.load()) as store:
        yield store


@contextmanager
def store_of(chosen: Settings) -> Iterator[Store]:
    """The store, for as long as the block lasts.

    Raises UnfitDatabaseError when it can not be worked with, ServiceAwayError when it no longer
    answers, with nothing of a statement or its values in the message; CommandError when somebody
    holds what is needed.
    """
    patience = Patience(**chosen.database_patience | UNHURRIED)
    opened = connect(database_url(chosen), pool_size=2, patience=patience)
    try:
        check_database(opened)
        yield Store(opened)
    except HeldError as error:
        raise CommandError(f"{error}; try again, or look who holds it in the log") from None
    except OperationalError as error:
        raise ServiceAwayError(f"the database does not answer ({_cause(error)})") from None
    finally:
        opened.dispose()


def migrate(url: str) -> None:
    """Bring the database's tables to this version.

    Raises UnfitDatabaseError when it does not answer.
    """
    opened = connect(url, poolclass=NullPool)
    check_database(opened, with_tables=False)
    migrations.upgrade(url)


def _cause(error: OperationalError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error).__name__
