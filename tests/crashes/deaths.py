"""A process that dies at a chosen point of what it does in the database.

The points are found, not listed: each statement that the store sends, and the moments right
before and right after each commit, in the order in which they come.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

AFTER_COMMIT, BEFORE_COMMIT = "right after a commit", "right before a commit"
MOST_OF_A_STATEMENT = 90


class DiedError(BaseException):
    """The process is gone. Not an `Exception`: what catches those does not outlive a process."""


@dataclass
class Deaths:
    """Counts the points that an engine comes to, and dies at one of them.

    Once dead it stays dead: a thread that still runs comes no further than its next point.
    `committed` is called with each commit that was done before that.
    """

    at: int | None = None
    committed: Callable[[], None] = lambda: None
    points: list[str] = field(default_factory=list)
    is_dead: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, engine: Engine) -> None:
        """Have every statement and every commit of this engine counted."""
        event.listen(engine, "before_cursor_execute", self._statement)
        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            self._come_to(BEFORE_COMMIT)
            commit(connection)
            self.committed()
            self._come_to(AFTER_COMMIT)

        setattr(engine.dialect, "do_commit", do_commit)  # noqa: B010 -- one engine's alone

    def _statement(self, _connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        self._come_to(" ".join(sql.split())[:MOST_OF_A_STATEMENT])

    def _come_to(self, point: str) -> None:
        with self._lock:
            self.is_dead |= self.at == len(self.points)
            if self.is_dead:
                raise DiedError(point)
            self.points.append(point)
