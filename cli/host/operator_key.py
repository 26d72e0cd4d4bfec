"""The key with which the commands of this machine ask the API that `pegboard up` runs."""

from pathlib import Path

from cli import folder
from fulfillment.domain.model.scope import EVERYTHING
from fulfillment.store.commands.administration.keys import Caller, Role, caller_of, create_key
from fulfillment.store.transactions.session import Store, connect

NAME = "command line"


def leave(home: Path, database_url: str) -> None:
    """Keep a key for all merchants in the folder: the one that is there, while it opens all."""
    engine = connect(database_url, pool_size=1)
    try:
        store = Store(engine)
        kept = folder.operator_key(home)
        if kept is None or not _opens_all(caller_of(store, kept)):
            folder.keep_operator_key(home, create_key(store, NAME, Role.ADMIN, None))
    finally:
        engine.dispose()


def _opens_all(caller: Caller | None) -> bool:
    return caller is not None and caller.role is Role.ADMIN and caller.scope == EVERYTHING
