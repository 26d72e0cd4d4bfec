"""Cursors: opaque to clients, checked when they come back."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query

from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.reading.paging import Item, Page, Sort, Window
from starter.models.paged import Paged

Answer = TypeVar("Answer", bound=Paged[Any])

Limit = Annotated[int, Query(ge=1, le=200, description="Items on a page.")]
Cursor = Annotated[
    str | None,
    Query(max_length=500, description="`next` of the page before, for the same sort."),
]

LOW, HIGH = -(2**63), 2**63


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not LOW <= value < HIGH:
        raise ValueError(value)
    return value


def _text(value: object) -> str:
    text = str(value)
    if not text.isprintable() or not text.isascii():
        raise ValueError(value)
    return text


READERS: Mapping[str, Callable[[Any], object]] = {
    "int": _number,
    "bigint": _number,
    "text": _text,
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
}


def window(limit: int, cursor: str | None, sort: Sort) -> Window:
    """The page that is asked for; a cursor that is not of this sort is refused."""
    if cursor is None:
        return Window(limit)
    return Window(limit, _key(cursor, sort))


def paged(kind: type[Answer], page: Page[Item], sort: Sort) -> Answer:
    """A page as it is answered."""
    return kind(items=page.items, next=_cursor(page, sort))


def _cursor(page: Page[Item], sort: Sort) -> str | None:
    if page.next_key is None:
        return None
    content = json.dumps([sort.order_by, *page.next_key], default=lambda value: value.isoformat())
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _key(cursor: str, sort: Sort) -> tuple[object, ...]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        order_by, *values = json.loads(base64.b64decode(padded, b"-_", validate=True))
        pairs = zip(sort.types, values, strict=True)
        key = tuple(READERS[kind](value) for kind, value in pairs)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise _bad_cursor() from error
    if order_by != sort.order_by:
        raise _bad_cursor()
    return key


def _bad_cursor() -> RefusedError:
    return invalid("bad_cursor", "the cursor is not one of this list and sort", "cursor")
