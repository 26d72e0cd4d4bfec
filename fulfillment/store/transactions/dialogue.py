"""A transaction as a dialogue with the database: sent at once, waited for where one must.

All that a transaction asks goes out in one pipeline. The server does it in that order, each
statement on what those before it left, and after the locks that they waited for. Who needs an
answer waits for it; what only writes is waited for once, by the commit.

What goes wrong with a statement that nobody waits for is raised by the next wait, as the error
that it would have been: a deadlock is one wherever it is heard of. No later statement is done.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import psycopg as driver
from sqlalchemy.exc import DBAPIError

CHANGING = "BEGIN ISOLATION LEVEL READ COMMITTED"
READING = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
AT_ONE_INSTANT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
IN_ONE_PICTURE = "BEGIN ISOLATION LEVEL REPEATABLE READ"
"""Reads are committed too: the driver forgets every prepared statement at a rollback."""

Parameters = Mapping[str, object]

DIALECT: Any = driver.dialect()  # type: ignore[no-untyped-call]


class NotKeptError(Exception):
    """The database ended a transaction otherwise than by the commit that it was asked for."""


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that is on its way."""

    cursor: psycopg.Cursor[Any]

    def rows(self) -> list[Any]:
        """Wait for its rows."""
        with _as_sqlalchemy_tells_it():
            return self.cursor.fetchall()


class Dialogue:
    """One open transaction of one connection."""

    def __init__(
        self, connection: psycopg.Connection[Any], pipeline: psycopg.Pipeline, known: dict[str, Any]
    ) -> None:
        """In `known` is what was read over this connection before, each with its version.

        It ends with the connection: a database that was put back is never taken for the other.
        """
        self._connection, self._pipeline, self.known = connection, pipeline, known

    def ask(self, sql: str, parameters: Parameters | None = None) -> Question:
        """Send a statement, and go on."""
        cursor = self._connection.cursor(row_factory=namedtuple_row)
        with _as_sqlalchemy_tells_it():
            cursor.execute(_as_the_driver_has_it(sql), parameters)
        return Question(cursor)

    def count(self, sql: str, parameters: Parameters) -> int:
        """Send a statement, and wait until it is told how many rows it touched."""
        cursor = self.ask(sql, parameters).cursor
        self.wait()
        return cursor.rowcount

    def wait(self) -> None:
        """Wait until all that was sent is done."""
        with _as_sqlalchemy_tells_it():
            self._pipeline.sync()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block did if it fails, and nothing that was done before."""
        self.ask("SAVEPOINT here")
        try:
            yield
            self.ask("RELEASE SAVEPOINT here")
            self.wait()
        except BaseException:
            self.drain()
            self.ask("ROLLBACK TO SAVEPOINT here")
            raise

    def drain(self) -> None:
        """Wait for what is under way, whatever becomes of it: an error is known already."""
        with suppress(psycopg.Error):
            self._pipeline.sync()


@contextmanager
def dialogue(engine: Engine, begin: str = CHANGING, *, keep: bool = True) -> Iterator[Dialogue]:
    """A transaction on a connection of the pool: kept unless something is raised, or not at all."""
    with engine.connect() as pooled:
        connection: Any = pooled.connection.driver_connection
        connection.autocommit = True  # The statement that begins it is ours.
        try:
            with _as_sqlalchemy_tells_it(), connection.pipeline() as pipeline:
                said = Dialogue(connection, pipeline, pooled.info)
                yield from _held(said, begin)
                end = said.ask("COMMIT" if keep else "ROLLBACK").cursor
            # To leave the pipeline was to wait for all of it.
            if keep and end.statusmessage != "COMMIT":
                raise NotKeptError(end.statusmessage)
        finally:
            _give_back(connection, pooled.invalidate)


def _held(said: Dialogue, begin: str) -> Iterator[Dialogue]:
    try:
        said.ask(begin)
        yield said
    except BaseException:
        said.drain()
        raise


def _give_back(connection: psycopg.Connection[Any], invalidate: Any) -> None:
    """Leave a connection as it was lent, with no transaction open; one that is broken is closed."""
    try:
        connection.rollback()
        connection.autocommit = False
    except psycopg.Error:
        invalidate()


@lru_cache(maxsize=2_000)
def _as_the_driver_has_it(sql: str) -> str:
    """The statement with its `:names` as the driver writes parameters."""
    return str(text(sql).compile(dialect=DIALECT))


@contextmanager
def _as_sqlalchemy_tells_it() -> Iterator[None]:
    """The driver's errors as those of SQLAlchemy, from which nobody learns a customer's data."""
    try:
        yield
    except psycopg.Error as error:
        # It ends the connection where it tells of no fault of the statement.
        is_over = error.sqlstate is None or error.sqlstate.startswith("57P")
        raise DBAPIError.instance(
            None,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=is_over and isinstance(error, psycopg.OperationalError),
        ) from error
