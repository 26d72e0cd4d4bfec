"""What changed, told to the pages that are open: never what it is now, which each page asks for."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import asdict

import orjson
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from console.changes import Changes, News
from console.headers import SIGNED_IN
from console.routing import PageRoute
from console.visits import STREAM, ForVisit, Visit

router = APIRouter(route_class=PageRoute)

HEADERS = {**SIGNED_IN, "X-Accel-Buffering": "no"}
AGAIN = {**SIGNED_IN, "Retry-After": "15"}
BUSY = 503

LOOK_SECONDS = 0.5
SIGN_OF_LIFE_SECONDS = 10.0
LIVES_SECONDS = 900.0
"""A stream ends then, and its page comes again with the last cursor."""

ANYTHING = News((), (), more=True)


@router.get("/m/{merchant}/stream")
async def stream(request: Request, visit: ForVisit) -> Response:
    """Which orders changed, by what: of the merchant, and at the user's locations.

    It ends with the session, which is looked at before anything is told. Who does not ask for
    events is told where the stream is now, and no more.
    """
    if visit.desk.changes.is_full:
        return Response(status_code=BUSY, headers=AGAIN)
    return StreamingResponse(_messages(request, visit), 200, HEADERS, STREAM)


async def _messages(request: Request, visit: Visit) -> AsyncIterator[str]:
    changes = visit.desk.changes
    with changes.looking_on(visit.of.id, visit.caller) as onlooker:
        await changes.begin()
        yield f"retry: 5000\n{_message('here', changes)}"
        if _missed(request, changes):
            yield _message("change", changes, ANYTHING)
        began = said = time.monotonic()
        while _goes_on(request, began) and not onlooker.is_over:
            await asyncio.sleep(LOOK_SECONDS)
            news = onlooker.take()
            if news is None and time.monotonic() - said < SIGN_OF_LIFE_SECONDS:
                continue
            if not await run_in_threadpool(visit.is_still):
                return
            said = time.monotonic()
            yield _message("change" if news else "here", changes, news)


def _message(name: str, changes: Changes, news: News | None = None) -> str:
    data = orjson.dumps(asdict(news) if news else {}).decode()
    return f"event: {name}\nid: {changes.at}\ndata: {data}\n\n"


def _missed(request: Request, changes: Changes) -> bool:
    """Whether something was told since the page heard something last."""
    heard = request.headers.get("last-event-id") or request.query_params.get("after")
    return bool(heard) and heard != changes.at


def _goes_on(request: Request, began: float) -> bool:
    """Whether the page still listens, is not sent away for a while, and the server does not end."""
    ending = request.scope.get("state", {}).get("ending")
    is_ending = ending is not None and ending.is_set()
    is_over = time.monotonic() - began >= LIVES_SECONDS
    return STREAM in request.headers.get("accept", "") and not is_over and not is_ending
