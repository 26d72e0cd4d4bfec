"""Schema migrations, run in the process that asks for them.

A migration adds; what is used no more is removed by a later one. So programs that are older than
the tables may go on, and the tables say which: each migration writes into `supported_revision`
the revisions whose programs it leaves able to work. One that takes away what the version before
still uses has a line `breaks_older = True`, and ends the list.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, pool, text


def configuration(database_url: str) -> Config:
    """Alembic's configuration, made here so that it needs no file beside the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database up to a revision; safe to run again and from several processes.

    Nothing is done where the tables are newer and still support this version of the program.
    """
    if revision == "head" and _is_newer_and_supports_us(database_url):
        return
    command.upgrade(configuration(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to a revision; `base` removes everything."""
    command.downgrade(configuration(database_url), revision)


def scripts() -> ScriptDirectory:
    """The migrations that this version of the program knows."""
    return ScriptDirectory.from_config(configuration(""))


def supported(head: str) -> list[str]:
    """Revisions whose programs can work with the tables of this one: back to one that breaks."""
    found = []
    for script in scripts().walk_revisions("base", head):
        found.append(script.revision)
        if getattr(script.module, "breaks_older", False):
            break
    return found


def current(connection: Connection) -> str | None:
    """The revision that the database is at; None where no migration has run."""
    if not _has(connection, "alembic_version"):
        return None
    rows = connection.execute(text("SELECT version_num FROM alembic_version")).fetchall()
    return str(rows[0].version_num) if rows else None


def supports(connection: Connection, revision: str | None) -> bool:
    """Whether a program whose newest revision this is can work with the tables as they are."""
    if current(connection) == revision:
        return revision is not None
    if not _has(connection, "supported_revision"):
        return False
    sql = text("SELECT 1 FROM supported_revision WHERE revision = :revision")
    return connection.execute(sql, {"revision": revision}).first() is not None


def note_supported(connection: Connection, head: str | None) -> None:
    """Write which programs can work with the tables of this revision, in its own transaction."""
    if not _has(connection, "supported_revision"):
        return
    connection.execute(text("DELETE FROM supported_revision"))
    if head:
        rows = [{"revision": revision} for revision in supported(head)]
        connection.execute(text("INSERT INTO supported_revision VALUES (:revision)"), rows)


def _has(connection: Connection, table: str) -> bool:
    sql = text("SELECT to_regclass(:table) IS NOT NULL AS has")
    return bool(connection.execute(sql, {"table": table}).scalar_one())


def _is_newer_and_supports_us(database_url: str) -> bool:
    known = {script.revision for script in scripts().walk_revisions()}
    engine = create_engine(database_url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            is_newer = current(connection) not in {None, *known}
            return is_newer and supports(connection, scripts().get_current_head())
    finally:
        engine.dispose()
