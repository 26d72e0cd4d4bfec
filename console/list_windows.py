"""Which part of a list an address asks for."""

from fulfillment.store.reading.cursors import key_of
from fulfillment.store.reading.paging import Sort, Window


def window_at(sort: Sort, after: str | None, before: str | None, limit: int) -> Window:
    """What follows a cursor, what stands before one, or the first part; refuses a wrong cursor."""
    if before:
        return Window(limit, key_of(before, sort), backwards=True)
    return Window(limit, key_of(after, sort) if after else None)
