"""Alembic's entry: one connection, one migrator at a time, and no long wait for a lock."""

from collections.abc import Collection
from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool, text

from fulfillment.store.migrations import note_supported
from fulfillment.store.schema import metadata

MIGRATION_LOCK = 7_239_401
"""Advisory lock: two processes that start together migrate one after the other."""


def _note_supported(ctx: Any, step: Any, heads: Collection[Any], run_args: Any) -> None:  # noqa: ARG001 -- given by name
    note_supported(ctx.connection, next(iter(heads), None))


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Partitions come and go by months: the metadata has the table that they are of."""
    return kind != "table" or not str(name).startswith("archived_rows_")


def run() -> None:
    """Migrate the database that the configuration names."""
    url = context.config.attributes["database_url"]
    engine = create_engine(url, poolclass=pool.NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        # A migrator that hangs must not have the next one hang as well.
        connection.execute(text("SET lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_lock(:id)"), {"id": MIGRATION_LOCK})
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_type=True,
            compare_server_default=False,
            include_name=_is_ours,
            transaction_per_migration=True,
            on_version_apply=_note_supported,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
