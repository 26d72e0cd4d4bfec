"""A copy of the database, taken and put back while neither worker nor API runs."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import sql

from cli.host.supervisor import System

COPY = "copy_of_before"


@dataclass
class Copies:
    """Takes one copy, and puts it back; Temporal runs on and knows what came between."""

    system: System

    def take(self) -> None:
        """Keep the database as it is now."""
        with self.system.services_stopped():
            self.keep()

    def keep(self) -> None:
        """Keep the database as it is, which nobody uses now."""
        self._copy(self._name, COPY)

    def put_back(self, meanwhile: Callable[[], None]) -> None:
        """Have the database as it was, and do something before anybody works on it."""
        with self.system.services_stopped():
            self._copy(COPY, self._name)
            meanwhile()

    @property
    def _name(self) -> str:
        return self.system.database_url.rpartition("/")[2]

    def _copy(self, source: str, target: str) -> None:
        server = self.system.database_url.rpartition("/")[0].replace("+psycopg", "")
        names = {"source": sql.Identifier(source), "target": sql.Identifier(target)}
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            for statement in (
                "DROP DATABASE IF EXISTS {target} WITH (FORCE)",
                "CREATE DATABASE {target} TEMPLATE {source}",
            ):
                connection.execute(sql.SQL(statement).format(**names))
