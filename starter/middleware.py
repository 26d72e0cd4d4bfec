"""What stands between the network and the routes, as plain ASGI: it costs next to nothing."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fulfillment.domain.model.names import SLASH
from starter.problems.documents import Told, answer
from starter.problems.pages import page_for

log = structlog.get_logger(__name__)

INTERNAL = Told(500, "internal_error", "the request could not be done; the failure was logged")


@dataclass(frozen=True, slots=True)
class SlashesInParts:
    """Keeps a slash that the client escaped inside one part of a path, such as a number.

    Servers decode the whole path before it is divided; here a sign stands for such a slash, and
    the field that takes the part puts the slash back.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decode the path part by part."""
        raw: bytes = scope.get("raw_path") or b""
        if scope["type"] == "http" and b"%2f" in raw.lower():
            parts = raw.decode("ascii", "replace").partition("?")[0].split("/")
            decoded = [unquote(part).replace("/", SLASH) for part in parts]
            scope = {**scope, "path": "/".join(decoded)}
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class HeadAsGet:
    """Answers HEAD as it would GET, wherever there is GET; the server leaves the body out."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for the whole."""
        if scope.get("method") == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class LastResort:
    """Answers 500 to what nobody foresaw, and logs where it happened.

    The error's own words are not logged: they can quote what a customer sent.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and catch what falls."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            _report(error, scope)
            if not started:
                told = page_for(scope, INTERNAL) or answer(INTERNAL)
                await told(scope, receive, send)


def _report(error: Exception, scope: Scope) -> None:
    route = scope.get("route")
    log.error(
        "request failed",
        route=getattr(route, "path", None),
        method=scope["method"],
        error=type(error).__qualname__,
        sqlstate=getattr(getattr(error, "orig", None), "sqlstate", None),
        where=[
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-8:]
        ],
    )
