"""What happened, in the order in which it is told."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from fulfillment.domain.insight.public_events import EventType
from fulfillment.store.feed.cursors import LONGEST, Position, position_of
from fulfillment.store.feed.reading import end_of_feed
from starter.auth.feed import scope_of
from starter.auth.floor import ForFloor
from starter.auth.guard import GuardedRoute
from starter.auth.session import Session
from starter.feed.following import PAGE, Reader
from starter.models.events import EventsOut
from starter.paging import Limit
from starter.parts import parts_of
from starter.problems.documents import Told, answer
from starter.routers.responses import Responses, problems
from starter.waiting import Waits

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=GuardedRoute)

STREAM = "text/event-stream"
LONGEST_WAIT = 30
NOW = "now"

ANSWERS: Responses = problems(410) | {
    200: {
        "description": "Events, and the cursor up to which was looked.",
        "content": {STREAM: {"schema": {"type": "string"}}},
    }
}


@router.get("", summary="Read events", response_model=EventsOut, responses=ANSWERS)
async def list_events(  # noqa: PLR0913 -- each parameter of the feed is one argument
    *,
    request: Request,
    session: ForFloor,
    after: Annotated[
        str | None,
        Query(
            max_length=LONGEST,
            description="`next` of the answer before; `now` for what happens from now on;"
            " nothing for the oldest that is kept.",
        ),
    ] = None,
    types: Annotated[list[EventType] | None, Query(description="Only these; else all.")] = None,
    wait: Annotated[
        int,
        Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait while there is nothing."),
    ] = 0,
    limit: Limit = 50,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    last_event_id: Annotated[
        str | None, Header(max_length=LONGEST, include_in_schema=False)
    ] = None,
) -> EventsOut | Response:
    """What happened, the oldest first: as a page, or as a stream of server-sent events.

    In order for each order and document, none lost, each with an id that is the same whenever it is
    told. A cursor that can not be honoured is refused with the oldest one that can.
    """
    parts = parts_of(request)
    reader = Reader(request, session, scope_of(session, types), parts.feed)
    begin = await _begin(session, last_event_id or after)
    if STREAM in accept:
        return await _streamed(reader, begin, parts.streams)
    with parts.waits.place(wait) as seconds:
        page = await reader.wait(begin, limit, seconds or 0)
    return EventsOut.of(page)


async def _begin(session: Session, after: str | None) -> Position | None:
    if after == NOW:
        return await run_in_threadpool(session.read, end_of_feed)
    return None if after is None else position_of(after)


async def _streamed(reader: Reader, begin: Position | None, streams: Waits) -> Response:
    """The stream, once it is known that it can begin there; so many at once in a process."""
    first = await reader.page(begin, PAGE)
    if streams.is_full:
        told = Told(503, "too_many_streams", "no more streams are served at once; ask again later")
        return answer(told, {"Retry-After": "5"})

    async def content() -> AsyncIterator[Any]:
        with streams.place(0):
            async for part in reader.stream(first):
                yield part

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(content(), media_type=STREAM, headers=headers)
