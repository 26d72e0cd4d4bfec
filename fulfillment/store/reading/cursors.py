"""Cursors: where a page of a list begins, opaque to clients and checked when they come back."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.reading.paging import Key, Sort

LOW, HIGH = -(2**63), 2**63


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not LOW <= value < HIGH:
        raise ValueError(value)
    return value


def _text(value: object) -> str:
    text = str(value)
    if not text.isprintable():
        raise ValueError(value)
    return text


READERS: Mapping[str, Callable[[Any], object]] = {
    "int": _number,
    "bigint": _number,
    "text": _text,
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
}


def cursor_of(key: Key | None, sort: Sort) -> str | None:
    """A key of this sort as a client is given it; None where there is none."""
    if key is None:
        return None
    content = json.dumps([sort.order_by, *key], default=lambda value: value.isoformat())
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def key_of(cursor: str, sort: Sort) -> Key:
    """The key that a client was given; a cursor that is not of this sort is refused."""
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
