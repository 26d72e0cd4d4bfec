"""What was said to the database: how many statements, and how often somebody waited for it.

Counted in the driver's own record of the protocol. A statement is what the server executes. One
waits for each message that asks for all answers so far: Sync, Flush, or a query of the simple kind.
"""

import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import pq
from sqlalchemy import Engine, event

from tests.builders.counting import sent_statements

WAITS = {"Sync", "Flush", "Query"}


@dataclass(frozen=True, slots=True)
class Said:
    """Statements as they were sent, and messages of the protocol by their names, in order."""

    statements: list[str]
    messages: list[str]

    @property
    def waits(self) -> int:
        """How often the database was waited for: the round trips."""
        pairs = zip(["", *self.messages], self.messages, strict=False)
        # The driver ends a pipeline with a Sync and a Flush, sent together.
        return sum(name in WAITS and (last, name) != ("Sync", "Flush") for last, name in pairs)


@contextlib.contextmanager
def conversation(engine: Engine) -> Iterator[Said]:
    """Note what the block says to the database over connections of the engine's pool."""
    with tempfile.TemporaryFile() as record, sent_statements() as statements:
        said = Said(statements, [])

        def listen(connection: Any, *_more: Any) -> None:
            connection.pgconn.trace(record.fileno())
            connection.pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)

        def ignore(connection: Any, *_more: Any) -> None:
            connection.pgconn.untrace()

        event.listen(engine, "checkout", listen, insert=True)
        event.listen(engine, "checkin", ignore)
        try:
            yield said
        finally:
            event.remove(engine, "checkout", listen)
            event.remove(engine, "checkin", ignore)
            record.seek(0)
            said.messages.extend(SENT.findall(record.read().decode()))


SENT = re.compile(r"^F\t\d+\t(\w+)", re.MULTILINE)
"""A message of ours; the text of a statement may follow on lines of its own."""
