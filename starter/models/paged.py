"""Pages of lists."""

from typing import Generic, TypeVar

from pydantic import BaseModel

Item = TypeVar("Item")


class Paged(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    """In the order of the list."""
    next: str | None
    """Send it as `cursor` for the next page; null at the end."""
