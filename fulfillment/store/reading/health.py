"""Whether the database answers, and whether this version can work with its tables."""

from functools import cache

from fulfillment.store import migrations
from fulfillment.store.transactions.session import Tx


@cache
def newest_revision() -> str | None:
    """The revision that this version of the program was made for."""
    return migrations.scripts().get_current_head()


def is_migrated(tx: Tx) -> bool:
    """Whether the tables are this version's, or newer ones that it can work with as well."""
    return migrations.supports(tx.connection, newest_revision())
