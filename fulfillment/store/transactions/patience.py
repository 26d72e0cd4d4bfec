"""How long the database may keep us waiting, and a connection that waits no longer.

The server ends what waits for a lock, runs or idles for too long, while it is well. One that is
frozen, or out of reach, ends nothing: there the client gives up by itself.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg.abc import PQGen

Result = TypeVar("Result")

GRACE = 5.0
"""Seconds beyond the longest statement after which a server that says nothing is given up."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait; none of them is without end but where 0 says so.

    For a connection to be made, for one of the pool to be free, for a lock, for a statement, and
    for a transaction of ours to go on.
    """

    connect: float = 5.0
    pool: float = 5.0
    lock: float = 10.0
    statement: float = 30.0
    idle: float = 60.0

    @property
    def options(self) -> str:
        """As PostgreSQL takes them when a session begins."""
        limits = {
            "lock_timeout": self.lock,
            "statement_timeout": self.statement,
            "idle_in_transaction_session_timeout": self.idle,
        }
        return " ".join(f"-c {name}={round(value * 1000)}" for name, value in limits.items())

    @property
    def connection_class(self) -> type[psycopg.Connection]:
        """Connections that give up a silent server a little later than it should have answered."""
        if not self.statement:
            return psycopg.Connection
        silent = self.statement + GRACE
        return type("Watched", (_Watched,), {"silent_seconds": silent})


PATIENCE = Patience()


class _SilentError(Exception):
    """The server has said nothing for too long."""


class _Watched(psycopg.Connection[Any]):
    silent_seconds: ClassVar[float]

    def wait(self, gen: PQGen[Result], *given: Any, **named: Any) -> Result:
        """Wait for an answer of the server, but not for ever."""
        try:
            return super().wait(
                _until(gen, time.monotonic() + self.silent_seconds), *given, **named
            )
        except _SilentError:
            # Nobody knows what state it is in; closed, the pool makes another.
            self.close()
            msg = f"the database server has said nothing for {self.silent_seconds:.0f} seconds"
            raise psycopg.OperationalError(msg) from None


def _until(gen: PQGen[Result], deadline: float) -> Generator[Any, Any, Result]:
    """The same generator, until then: it is resumed many times a second while nothing comes."""
    try:
        asked = next(gen)
        while True:
            got = yield asked
            if not got and time.monotonic() > deadline:
                raise _SilentError
            asked = gen.send(got)
    except StopIteration as end:
        result: Result = end.value
        return result
