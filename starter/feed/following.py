"""Read the feed, and wait for what is told next, as long poll and as server-sent events."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.feed.cursors import Position
from fulfillment.store.feed.reading import Events, Scope, read_events
from fulfillment.store.reading.views.feed import FeedEventView
from starter.auth.guard import check_again
from starter.auth.session import Session
from starter.feed.watch import FeedWatch
from starter.problems.errors import EdgeError

LIVES_SECONDS = 900.0
"""A stream ends then, and its client comes again with the last cursor."""

SIGN_OF_LIFE_SECONDS = 10.0
CHECK_SECONDS = 1.0
PAGE = 100

AS_JSON: TypeAdapter[FeedEventView] = TypeAdapter(FeedEventView)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: what the request may see, and how it is seen that more was told."""

    request: Request
    session: Session
    scope: Scope
    watch: FeedWatch

    async def page(self, after: Position | None, limit: int) -> Events:
        """What is there now."""
        return await run_in_threadpool(
            lambda: self.session.read(lambda tx: read_events(tx, after, self.scope, limit))
        )

    async def wait(self, after: Position | None, limit: int, seconds: float) -> Events:
        """What is there, or comes within so many seconds; the key must be good still."""
        deadline = time.monotonic() + seconds
        page = await self.page(after, limit)
        while not page.events:
            left = deadline - time.monotonic()
            if not page.more and not await self.watch.beyond(page.upto.place, max(left, 0)):
                return page
            page = await self.page(page.upto, limit)
        if seconds:
            await self.check()
        return page

    async def check(self) -> None:
        """Refuse a key that was revoked since the request came."""
        await run_in_threadpool(check_again, self.request)

    async def stream(self, first: Events) -> AsyncIterator[str]:
        """Each event with its cursor; what ends a stream is told to who comes again."""
        began = said = time.monotonic()
        page = first
        yield f"retry: 1000\n{_only_cursor(page)}"
        try:
            while time.monotonic() - began < LIVES_SECONDS and not _ends(self.request):
                for event, at in zip(page.events, page.positions, strict=True):
                    yield _event(event, at)
                if page.events:
                    said = time.monotonic()
                elif time.monotonic() - said > SIGN_OF_LIFE_SECONDS:
                    said = time.monotonic()
                    yield _only_cursor(page)
                if not page.more:
                    await self.watch.beyond(page.upto.place, CHECK_SECONDS)
                await self.check()
                page = await self.page(page.upto, PAGE)
        except (RefusedError, EdgeError, SQLAlchemyError):
            return


def _event(event: FeedEventView, at: Position) -> str:
    return f"id: {at.cursor}\nevent: {event.type}\ndata: {AS_JSON.dump_json(event).decode()}\n\n"


def _only_cursor(page: Events) -> str:
    """No event: but who comes again need not have looked again at what was passed over."""
    at = page.upto.cursor if not page.events else ""
    return f"id: {at}\n\n" if at else "\n"


def _ends(request: Request) -> bool:
    """Whether the server is about to end: it would wait for its streams."""
    ending = request.scope.get("state", {}).get("ending")
    return ending is not None and ending.is_set()
