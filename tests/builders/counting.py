"""What is sent to the database while a block runs, as the driver sends it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

ENDS = ("BEGIN", "COMMIT", "ROLLBACK")


@contextlib.contextmanager
def sent_statements(before: Callable[[str], object] | None = None) -> Iterator[list[str]]:
    """The statements that this process sends, without those that begin and end transactions.

    What is to be done `before` each, those that end too, is told it;
    where it raises, it is not sent.
    """
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def noting(self: Any, sql: Any, *given: Any, **named: Any) -> Any:
        if sql and not str(sql).startswith(ENDS):
            sent.append(str(sql))
        if before is not None:
            before(str(sql))
        return execute(self, sql, *given, **named)

    psycopg.Cursor.execute = noting  # type: ignore[assignment]
    try:
        yield sent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
