"""Cursors: opaque to clients, checked when they come back."""

from typing import Annotated, Any, TypeVar

from fastapi import Query

from fulfillment.store.reading.cursors import cursor_of, key_of
from fulfillment.store.reading.paging import Item, Page, Sort, Window
from starter.models.paged import Paged

Answer = TypeVar("Answer", bound=Paged[Any])

Limit = Annotated[int, Query(ge=1, le=200, description="Items on a page.")]
Cursor = Annotated[
    str | None,
    Query(max_length=500, description="`next` of the page before, for the same sort."),
]


def window(limit: int, cursor: str | None, sort: Sort) -> Window:
    """The page that is asked for; a cursor that is not of this sort is refused."""
    if cursor is None:
        return Window(limit)
    return Window(limit, key_of(cursor, sort))


def paged(kind: type[Answer], page: Page[Item], sort: Sort) -> Answer:
    """A page as it is answered."""
    return kind(items=page.items, next=cursor_of(page.next_key, sort))
