"""How often somebody may be wrong about a secret: by the address, and by what is tried."""

import ipaddress
import math
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MOST = 10_000
KEY_ID = re.compile(r"pb_([0-9a-f]{16})_")
NETWORK_BITS = 64
"""Whoever has one address of IPv6 has all of its network."""


def names_of(address: str | None, key: str) -> tuple[str, ...]:
    """Who tries what: the address, and the first part of the key."""
    found = KEY_ID.match(key)
    return (network_of(address), *((f"key {found[1]}",) if found else ()))


def network_of(address: str | None) -> str:
    """From where somebody tries, as one name."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return f"from {address}"
    if parsed.version == 4:  # noqa: PLR2004 -- IPv4
        return f"from {parsed}"
    return f"from {ipaddress.ip_network((parsed, NETWORK_BITS), strict=False)}"


@dataclass
class Brake:
    """So many wrong tries at once, and as many again in each minute, for each name.

    Kept in this process. Right tries are not counted, or forgiven.
    """

    a_minute: int
    now: Callable[[], float] = time.monotonic
    _spent: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def seconds(self, names: Sequence[str]) -> int:
        """How long until one more wrong key may be tried; 0 for now."""
        with self._lock:
            over = max(self._left_of(name) for name in names) - (self.a_minute - 1)
        return math.ceil(over * 60 / self.a_minute) if over > 0 else 0

    def count(self, names: Sequence[str]) -> None:
        """A wrong key was tried. Beyond the limit nothing more is counted."""
        with self._lock:
            if len(self._spent) >= MOST:
                self._drop()
            for name in names:
                spent = min(self._left_of(name) + 1, self.a_minute)
                self._spent[name] = (spent, self.now())

    def take(self, names: Sequence[str]) -> int:
        """Count a try before it is known whether it is wrong; how long to wait where it may not be.

        Of many at once no more are let through than of as many one after the other.
        """
        with self._lock:
            seconds = self.seconds(names)
            if not seconds:
                self.count(names)
        return seconds

    def forgive(self, names: Sequence[str]) -> None:
        """The try that was counted was right."""
        with self._lock:
            for name in names:
                spent = max(0.0, self._left_of(name) - 1)
                self._spent[name] = (spent, self.now())

    def _left_of(self, name: str) -> float:
        """Tries that were counted and are not forgiven yet."""
        spent, since = self._spent.get(name, (0.0, 0.0))
        return max(0.0, spent - (self.now() - since) * self.a_minute / 60)

    def _drop(self) -> None:
        """Forget who has nothing left; of a crowd, those that were seen first."""
        self._spent = {name: kept for name, kept in self._spent.items() if self._left_of(name)}
        for name in list(self._spent)[: len(self._spent) - MOST // 2]:
            del self._spent[name]
