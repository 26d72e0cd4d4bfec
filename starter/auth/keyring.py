"""Keys that were verified a moment ago, so that not every request asks the database."""

import hashlib
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fulfillment.store.commands.administration.keys import Caller, caller_of, fingerprint
from fulfillment.store.reading.keys import fingerprints
from fulfillment.store.transactions.session import Store

REMEMBERED_SECONDS = 1.0
"""A revoked key is refused this much later at most, in every process."""

LOOK_AGAIN_SECONDS = 1.0
"""How often the database is asked, at most, while somebody tries one wrong key after the other."""

MOST = 10_000
KEY = re.compile(r"pb_[0-9a-f]{16}_[A-Za-z0-9_-]{20,100}")


@dataclass
class Keyring:
    """Callers by the hash of their key. Unknown keys are not remembered."""

    store: Store
    now: Callable[[], float] = time.monotonic
    known: dict[bytes, tuple[Caller, float]] = field(default_factory=dict)
    _right: frozenset[bytes] = frozenset()
    _looked_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def caller(self, key: str) -> Caller | None:
        """Whose key this is; None for one that is unknown, wrong or revoked."""
        if not KEY.fullmatch(key):
            return None
        return self.remembered(key) or self._ask(_digest(key), key)

    def remembered(self, key: str) -> Caller | None:
        """Whose key this is, if it was verified a moment ago: nobody is asked."""
        found = self.known.get(_digest(key))
        return found[0] if found is not None and self.now() < found[1] else None

    def is_right(self, key: str) -> bool:
        """Whether the key opens something, as of a second ago, without a question for each key.

        So that one who is wrong costs nothing however often, and one who is right is let in.
        """
        return KEY.fullmatch(key) is not None and fingerprint(key) in self._fresh()

    def _fresh(self) -> frozenset[bytes]:
        with self._lock:
            now = self.now()
            if self._looked_at is None or now - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._right = self.store.read("*", fingerprints)
                self._looked_at = now
            return self._right

    def _ask(self, digest: bytes, key: str) -> Caller | None:
        caller = caller_of(self.store, key)
        if caller is None:
            self.known.pop(digest, None)
        else:
            if len(self.known) >= MOST:
                self.known.clear()
            self.known[digest] = (caller, self.now() + REMEMBERED_SECONDS)
        return caller


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
