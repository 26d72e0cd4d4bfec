"""Whether the database answers, and whether this version can work with its tables."""

from functools import cache

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from fulfillment.store import migrations

REFUSALS = (
    ("authentication failed", "look at the user and the password in PEGBOARD_DATABASE_URL"),
    ("role", "look at the user in PEGBOARD_DATABASE_URL"),
    ("database", "make it with CREATE DATABASE, or look at its name in PEGBOARD_DATABASE_URL"),
    ("permission denied", "give the user of PEGBOARD_DATABASE_URL the rights to it"),
    ("connection option", "look at what follows the ? in PEGBOARD_DATABASE_URL"),
)
"""What PostgreSQL says, and what is to be done about it."""

AWAY = "see that it runs, and look at host and port in PEGBOARD_DATABASE_URL"


class UnfitDatabaseError(Exception):
    """The database can not be worked with; the message says what to do, in one line.

    It is away where it gives no answer at all.
    """

    def __init__(self, message: str, *, is_away: bool = False) -> None:
        super().__init__(message)
        self.is_away = is_away


@cache
def newest_revision() -> str | None:
    """The revision that this version of the program was made for."""
    return migrations.scripts().get_current_head()


def check_database(engine: Engine, *, with_tables: bool = True) -> None:
    """Raise UnfitDatabaseError unless it answers, and has tables that this version can work with.

    Without them, as before a migration, it has only to answer.
    """
    try:
        with engine.connect() as connection:
            why = _why_tables(connection) if with_tables else None
    except SQLAlchemyError as error:
        raise UnfitDatabaseError(_why_away(error), is_away=True) from None
    if why:
        raise UnfitDatabaseError(why)


def _why_tables(connection: Connection) -> str | None:
    if migrations.supports(connection, newest_revision()):
        return None
    at = migrations.current(connection)
    if at is None:
        return "the database has no tables of Pegboard: run `pegboard migrate`"
    if at in {script.revision for script in migrations.scripts().walk_revisions()}:
        return "the database's tables are of an older version: run `pegboard migrate`"
    return "the database's tables are of a newer version: run that version of Pegboard"


def _why_away(error: SQLAlchemyError) -> str:
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    refused = said.partition("FATAL:")[2] or said.partition("invalid")[2]
    advice = next((what for word, what in REFUSALS if word in refused), AWAY)
    return f"the database does not answer ({said}): {advice}"
