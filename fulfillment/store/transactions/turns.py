"""Transactions that change something, of each merchant only so many at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class BusyError(Exception):
    """As many of a merchant's transactions are under way as may be at once. Nothing was done."""

    def __init__(self) -> None:
        super().__init__("as many changes of this merchant are under way as may be at once")


class Turns:
    """What one merchant waits for must not take the connections that others, and reads, need."""

    def __init__(self, most: int, seconds: float) -> None:
        """So many at once, and how long one waits for one's turn."""
        self._most, self._seconds = most, seconds
        self._turns: dict[str, threading.Semaphore] = {}

    @contextmanager
    def take(self, merchant: str) -> Iterator[None]:
        """Wait for one's turn, and have it for as long as the block lasts."""
        # Of two that come first at once, both are given the same one.
        turn = self._turns.setdefault(merchant, threading.Semaphore(self._most))
        if not turn.acquire(timeout=self._seconds):
            raise BusyError
        try:
            yield
        finally:
            turn.release()
