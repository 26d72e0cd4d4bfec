"""The id of an event: a UUID (version 7) that is the same whenever it is made."""

import hashlib
from datetime import datetime
from uuid import UUID

VERSION_7 = 7 << 76
VARIANT = 2 << 62
RANDOM_A = (1 << 12) - 1
RANDOM_B = (1 << 62) - 1


def event_id(at: datetime, *names: object) -> UUID:
    """The moment in milliseconds, and a hash of what names the event where others have chance.

    The names hold the exact moment: after a restore another event may have its subject's number
    and sequence, but not its moment.
    """
    named = "\0".join([at.isoformat(), *map(str, names)])
    digest = int.from_bytes(hashlib.sha256(named.encode()).digest()[:16], "big")
    milliseconds = int(at.timestamp() * 1000)
    random = ((digest >> 64 & RANDOM_A) << 64) | (digest & RANDOM_B)
    return UUID(int=milliseconds << 80 | VERSION_7 | VARIANT | random)
