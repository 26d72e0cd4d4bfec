"""The body of a request as JSON, in which no object names a key twice."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException


class KeyTwiceError(HTTPException):
    """A key that one object holds twice: which of its values is meant, only the client knows.

    `location` is its path, as the errors of pydantic have it. It is an HTTPException because the
    framework lets no other error of the body through.
    """

    def __init__(self, location: tuple[str | int, ...]) -> None:
        """Tell where it is."""
        super().__init__(422)
        self.location = location


class JsonRequest(Request):
    """A request whose body is read as strictly as JSON should be."""

    async def json(self) -> Any:
        """The body. Raises JSONDecodeError where it is none, KeyTwiceError for a key twice."""
        if not hasattr(self, "_json"):
            self._json = _parsed(await self.body())
        return self._json


class _Ambiguous(dict[str, Any]):
    """An object that held `twice` more than once."""

    twice: str


def _parsed(body: bytes) -> Any:
    found: list[_Ambiguous] = []

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        plain = dict(pairs)
        if len(plain) == len(pairs):
            return plain
        ambiguous = _Ambiguous(plain)
        ambiguous.twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        found.append(ambiguous)
        return ambiguous

    whole = json.loads(body, object_pairs_hook=made)
    if found:
        # One of them is in the whole: what overwrote the value that held another names a key twice.
        raise KeyTwiceError(next(_locations(whole)))
    return whole


def _locations(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, _Ambiguous):
        yield (*at, value.twice)
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _locations(part, (*at, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _locations(part, (*at, index))
