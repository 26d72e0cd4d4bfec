"""`Prefer: wait=N` (RFC 7240): a client that would rather wait a little than ask again."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from starlette.concurrency import run_in_threadpool

from starter.parts import parts_of
from starter.waiting import Waits

LONGEST_SECONDS = 10
LONGEST_AT_FIRST = 1.0
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


@dataclass(frozen=True, slots=True)
class Wait:
    """What a request's client would wait for its outcome, and how the answer tells that it did."""

    waits: Waits
    seconds: int | None
    response: Response

    async def until(
        self, is_so: Callable[[], bool], first: Callable[[], object] | None = None
    ) -> bool | None:
        """Whether it became so in time; None where the client does not wait, or finds no place.

        What is to be done `first`, for who waits, is not waited for long.
        """
        with self.waits.place(self.seconds) as seconds:
            if seconds is None:
                return None
            self.response.headers["Preference-Applied"] = f"wait={seconds}"
            if first and seconds:
                doing = asyncio.ensure_future(run_in_threadpool(first))
                await asyncio.wait({doing}, timeout=LONGEST_AT_FIRST)
            return await self.waits.until(is_so, seconds)


async def _wait(request: Request, response: Response, prefer: Prefer = None) -> Wait:
    return Wait(parts_of(request).waits, seconds_to_wait(prefer), response)


MayWait = Annotated[Wait, Depends(_wait)]
