"""Whether the database answers, and whether its tables are those of this version."""

from alembic.script import ScriptDirectory

from fulfillment.store import migrations
from fulfillment.store.session import Tx


def newest_revision() -> str | None:
    """The revision that this version of the program needs."""
    configuration = migrations.configuration("")
    return ScriptDirectory.from_config(configuration).get_current_head()


def revision(tx: Tx) -> str | None:
    """The revision that the database is at; None where no migration has run."""
    if not tx.rows("SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL"):
        return None
    rows = tx.rows("SELECT version_num FROM alembic_version")
    return rows[0].version_num if rows else None
