"""A process that dies at a chosen point of what it does in the database.

The points are found, not listed: each statement that the store sends, and the moments right
before and right after each commit, in the order in which they come.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event

from fulfillment.store.transactions import session
from fulfillment.store.transactions.dialogue import CHANGING, Dialogue, Question, dialogue

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
        WATCHED[engine] = self
        event.listen(engine, "before_cursor_execute", self._statement)

    def listen_to(self, said: Dialogue) -> None:
        """Have what is said in a transaction counted, its commit too."""
        ask = said.ask

        def counted(sql: str, *parameters: Any) -> Question:
            self.come_to(BEFORE_COMMIT if sql == "COMMIT" else sql)
            return ask(sql, *parameters)

        setattr(said, "ask", counted)  # noqa: B010 -- one transaction's alone

    def is_committed(self) -> None:
        """A commit was done, and this is the moment after it."""
        self.committed()
        self.come_to(AFTER_COMMIT)

    def _statement(self, _connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        self.come_to(sql)

    def come_to(self, point: str) -> None:
        """One more point: a statement, or a moment beside a commit."""
        point = " ".join(point.split())[:MOST_OF_A_STATEMENT]
        with self._lock:
            self.is_dead |= self.at == len(self.points)
            if self.is_dead:
                raise DiedError(point)
            self.points.append(point)


WATCHED: WeakKeyDictionary[Engine, Deaths] = WeakKeyDictionary()


@contextmanager
def watched(engine: Engine, begin: str = CHANGING, *, keep: bool = True) -> Iterator[Dialogue]:
    """A transaction as the session makes it, with its points where its engine is watched."""
    deaths, is_change = WATCHED.get(engine), keep and begin == CHANGING
    with dialogue(engine, begin, keep=keep) as said:
        if deaths and (is_change or begin != CHANGING):
            deaths.listen_to(said)
        yield said
    if deaths and is_change:
        deaths.is_committed()


@contextmanager
def watching() -> Iterator[None]:
    """Have transactions be watched while the block lasts."""
    setattr(session, "dialogue", watched)  # noqa: B010 -- it is the session's own name
    try:
        yield
    finally:
        setattr(session, "dialogue", dialogue)  # noqa: B010 -- as it was
