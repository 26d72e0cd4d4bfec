"""What many look at and few moments change: computed once for all of them."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Found = TypeVar("Found")

SECONDS = 10.0
"""How old what is shown may be."""

MOST = 500


@dataclass
class Recent:
    """Values by name, each computed by the first who asks and kept for ten seconds."""

    now: Callable[[], float] = time.monotonic
    _kept: dict[Hashable, tuple[Any, float]] = field(default_factory=dict)
    _locks: dict[Hashable, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, name: Hashable, compute: Callable[[], Found]) -> tuple[Found, int]:
        """The value, and how many seconds old it is; who asks meanwhile waits for the first."""
        with self._lock:
            if len(self._locks) > MOST:
                self._kept.clear()
                self._locks.clear()
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            found = self._kept.get(name)
            if found is None or self.now() - found[1] >= SECONDS:
                began = self.now()
                found = self._kept[name] = (compute(), began)
            return found[0], int(self.now() - found[1])

    def forget(self) -> None:
        """Compute all anew."""
        with self._lock:
            self._kept.clear()
