"""`Prefer: wait=N` (RFC 7240): a client that would rather wait a little than ask again."""

import re
from typing import Annotated

from fastapi import Header

LONGEST_SECONDS = 10
WAIT = re.compile(r'(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?\s*(?:[,;]|$)', re.IGNORECASE)

Prefer = Annotated[
    str | None,
    Header(
        max_length=200,
        description=f"`wait=N`: wait up to N seconds ({LONGEST_SECONDS} at most) for the outcome.",
        examples=["wait=5"],
    ),
]


def seconds_to_wait(prefer: str | None) -> int | None:
    """How long the client would wait, as far as we grant it; None where it does not say."""
    found = WAIT.search(prefer or "")
    return min(int(found[1]), LONGEST_SECONDS) if found else None
