"""What many look at and few moments change: computed once for all of them."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

Found = TypeVar("Found")

log = structlog.get_logger(__name__)

SECONDS = 10.0
"""How old what is shown may be."""

SOON = 5.0
"""How old it is when it is computed anew behind who looks: who looks often never waits for it."""

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
        lock = self._lock_of(name)
        found = self._kept.get(name)
        if found is not None and self.now() - found[1] < SECONDS:
            if self.now() - found[1] >= SOON and lock.acquire(blocking=False):
                threading.Thread(
                    target=self._renew, args=(name, compute, lock), daemon=True
                ).start()
            return found[0], int(self.now() - found[1])
        with lock:
            found = self._kept.get(name)
            if found is None or self.now() - found[1] >= SECONDS:
                found = self._computed(name, compute)
            return found[0], int(self.now() - found[1])

    def _computed(self, name: Hashable, compute: Callable[[], Found]) -> tuple[Found, float]:
        began = self.now()
        found = self._kept[name] = (compute(), began)
        return found

    def _renew(self, name: Hashable, compute: Callable[[], Any], lock: threading.Lock) -> None:
        """What fails here is told; who looks later computes it and is told why it fails."""
        try:
            self._computed(name, compute)
        except Exception as error:
            log.warning("not_computed_again", name=str(name), error=type(error).__name__)
        finally:
            lock.release()

    def _lock_of(self, name: Hashable) -> threading.Lock:
        with self._lock:
            if len(self._locks) > MOST:
                self._kept.clear()
                self._locks.clear()
            return self._locks.setdefault(name, threading.Lock())

    def forget(self) -> None:
        """Compute all anew."""
        with self._lock:
            self._kept.clear()
