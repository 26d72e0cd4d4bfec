"""Databases for tests: each test has one that is empty, and most get one that was emptied.

To copy a database for each test, and to have new connections learn its tables and plan their
statements, costs more than most tests do. So a database goes back when its test is over, with the
connections that were kept open to it, and what was written is deleted before the next test has it.
One whose tables were changed, or to which anybody is still connected, is dropped instead.
"""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from embedded.postgres import EmbeddedPostgres
from fulfillment.store import migrations
from fulfillment.store.transactions.session import connect

TEMPLATE = "migrated"
CONNECTIONS = 12

WRITTEN = """
SELECT c.oid::regclass::text AS name, pg_relation_size(c.oid) > 262144 AS is_large
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0
"""
"""Tables that have held a row since they were made or truncated. In a large one what was deleted
is in the way."""

SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename) AS name, start_value, last_value
  FROM pg_sequences
"""

OURS = "IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
CATALOGS = {
    "pg_class": "relnamespace = 'public'::regnamespace",
    "pg_attribute": f"attrelid {OURS}",
    "pg_constraint": "connamespace = 'public'::regnamespace",
    "pg_proc": "pronamespace = 'public'::regnamespace",
    "pg_trigger": f"tgrelid {OURS}",
    "pg_statistic": f"starelid {OURS}",
}
SHAPE = " UNION ALL ".join(
    f"SELECT '{name}' AS catalog, count(*) AS entries, max(xmin::text::bigint) AS newest"
    f" FROM {name} WHERE {of_ours}"
    for name, of_ours in CATALOGS.items()
)
"""What tells that tables, columns, rules or the planner's statistics are others than they were."""

OTHERS = """
SELECT count(*) AS sessions FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

SETTINGS = """
SELECT count(*) AS settings FROM pg_db_role_setting
 WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Session:
    """One connection, outside of transactions, to which no trigger and no foreign key speaks."""

    def __init__(self, url: str) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(
            url.replace("+psycopg", ""), autocommit=True, row_factory=namedtuple_row
        )
        self.run("SET session_replication_role = replica")

    def rows(self, statement: str) -> list[Any]:
        return self._connection.execute(statement.encode()).fetchall()

    def run(self, statements: str) -> None:
        self._connection.execute(statements.encode())

    def shape(self) -> list[Any]:
        return self.rows(SHAPE)

    def close(self) -> None:
        self._connection.close()


class Database:
    """One that a test has now, and that the next may have."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = Session(url)
        # Counted while empty, all tests plan alike, and no audit has to count before it asks.
        self.session.run("ANALYZE")
        self.shape = self.session.shape()
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """One whose connections outlive the test."""
        self._engine = self._engine or connect(self.url, pool_size=CONNECTIONS)
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
        self.session.close()

    def is_as_it_was_made(self) -> bool:
        """Whether only rows were written, and nobody is connected but those that are kept."""
        (others,), (set_,) = self.session.rows(OTHERS), self.session.rows(SETTINGS)
        return (
            others.sessions == self._calmed()
            and not set_.settings
            and self.session.shape() == self.shape
        )

    def empty(self, seeds: str, first: Mapping[str, str]) -> None:
        """Delete what was written, in whatever order, and count from the start again."""
        written = self.session.rows(WRITTEN)
        if large := ", ".join(table.name for table in written if table.is_large):
            self.session.run(f"TRUNCATE {large} CASCADE")
            self.session.run("ANALYZE")
            self.shape = self.session.shape()
        used = [one.name for one in self.session.rows(SEQUENCES) if one.last_value is not None]
        deletes = [f"DELETE FROM {table.name}" for table in written if not table.is_large]
        self.session.run("; ".join([*deletes, seeds, *(first[name] for name in used)]))

    def _calmed(self) -> int:
        """How many connections are kept; what was noted at one of them is forgotten."""
        if self._engine is None:
            return 0
        kept: int = self._engine.pool.checkedin()  # type: ignore[attr-defined]
        connections = [self._engine.connect() for _ in range(kept)]
        for connection in connections:
            connection.info.clear()
            connection.close()
        return kept


class Databases:
    """Copies of a migrated database, in one cluster."""

    def __init__(self, cluster: EmbeddedPostgres) -> None:
        self._cluster = cluster
        self._numbers = itertools.count(1)
        self._free: list[Database] = []
        cluster.execute("CREATE DATABASE {name}", name=TEMPLATE)
        migrations.upgrade(cluster.url_of(TEMPLATE))
        session = Session(cluster.url_of(TEMPLATE))
        self._seeds = "; ".join(_seed(session, table.name) for table in session.rows(WRITTEN))
        self._first = {one.name: _first(one) for one in session.rows(SEQUENCES)}
        session.close()

    def new(self) -> str:
        """Makes one that nobody had, and tells its URL."""
        name = f"test_{next(self._numbers)}"
        # Copying files is faster than copying through the log while nothing is written to disk.
        self._cluster.execute(
            "CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy",
            name=name,
            template=TEMPLATE,
        )
        return self._cluster.url_of(name)

    def drop(self, url: str) -> None:
        """Whoever is connected to it is thrown out."""
        self._cluster.execute("DROP DATABASE {name} WITH (FORCE)", name=url.rpartition("/")[2])

    @contextmanager
    def own(self) -> Iterator[Engine]:
        """An engine of a database that nobody had, and that no other session knows."""
        url = self.new()
        engine = connect(url, pool_size=CONNECTIONS)
        try:
            yield engine
        finally:
            engine.dispose()
            self.drop(url)

    @contextmanager
    def lent(self) -> Iterator[Database]:
        """One without rows, for as long as a test lasts."""
        database = self._free.pop() if self._free else Database(self.new())
        try:
            yield database
        finally:
            if self._is_emptied(database):
                self._free.append(database)
            else:
                database.close()
                self.drop(database.url)

    def close(self) -> None:
        """Leave those that are free."""
        for database in self._free:
            database.close()

    def _is_emptied(self, database: Database) -> bool:
        try:
            if not database.is_as_it_was_made():
                return False
            database.empty(self._seeds, self._first)
        except (psycopg.Error, SQLAlchemyError):
            return False
        return True


def _seed(session: Session, table: str) -> str:
    """What puts the rows back with which a table is made."""
    (row,) = session.rows(f"SELECT quote_literal(json_agg(t)::text) AS held FROM {table} t")
    if row.held is None:
        return "SELECT 1"
    return (
        f"INSERT INTO {table} OVERRIDING SYSTEM VALUE"
        f" SELECT * FROM json_populate_recordset(NULL::{table}, {row.held}::json)"
    )


def _first(sequence: Any) -> str:
    is_used = sequence.last_value is not None
    value = sequence.last_value if is_used else sequence.start_value
    return f"SELECT setval('{sequence.name}', {value}, {str(is_used).lower()})"
