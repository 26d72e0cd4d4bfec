"""How much of a body is read, and for how long, as plain ASGI: it costs next to nothing."""

import asyncio
import contextlib
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from starter.problems.documents import Told, answer

LINGER_SECONDS = 0.5
"""How long an answer that did not need the body lets the rest of it come."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Bytes of a body at most, seconds for the whole of it, and seconds between two pieces."""

    most: int
    whole: float
    pause: float


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """Refuses a body that is too large or too slow, and keeps no connection for the rest of one.

    Too large: by its declared length, or while it comes in. Too slow: the whole, or one pause.
    """

    app: ASGIApp
    limits: BodyLimits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse at once, or watch."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif _declared_length(scope) > self.limits.most:
            told = Told(413, "body_too_large", f"a body has {self.limits.most} bytes at most")
            await answer(told, {"Connection": "close"})(scope, receive, send)
        else:
            body = _Watched(receive, self.limits, self.limits.most, is_whole=not _has_body(scope))
            await self.app(scope, body, _Closing(send, body))


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _has_body(scope: Scope) -> bool:
    is_chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
    return is_chunked or _declared_length(scope) > 0


@dataclass(slots=True)
class _Watched:
    """The body as it comes in; reading on beyond a limit fails. The time begins with reading."""

    receive: Receive
    limits: BodyLimits
    left: int
    is_whole: bool
    until: float | None = None

    async def __call__(self) -> Message:
        if self.is_whole:
            return await self.receive()
        message = await self._in_time()
        self.is_whole = not message.get("more_body", False)
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise HTTPException(413)
        return message

    async def _in_time(self) -> Message:
        now = asyncio.get_running_loop().time()
        if self.until is None:
            self.until = now + self.limits.whole
        try:
            async with asyncio.timeout_at(min(self.until, now + self.limits.pause)):
                return await self.receive()
        except TimeoutError:
            raise HTTPException(408) from None

    async def comes_to_its_end(self) -> bool:
        """Whether all of it is here, or comes while one lingers."""
        with contextlib.suppress(TimeoutError, HTTPException):
            async with asyncio.timeout(LINGER_SECONDS):
                while not self.is_whole:
                    await self()
        return self.is_whole


@dataclass(frozen=True, slots=True)
class _Closing:
    """Answers; the connection ends with the answer where the body did not."""

    send: Send
    body: _Watched

    async def __call__(self, message: Message) -> None:
        begins = message["type"] == "http.response.start"
        if begins and not await self.body.comes_to_its_end():
            headers = [*message.get("headers", ()), (b"connection", b"close")]
            message = {**message, "headers": headers}
        await self.send(message)
