"""What the news of an order is called: by the most telling thing that happened."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from fulfillment.domain.model.orders import OrderEvent
from fulfillment.domain.model.statuses import OrderStatus


class News(StrEnum):
    """What happened to an order; where it stands then is told beside it."""

    CANCELLED = "cancelled"
    REJECTED = "rejected"
    SHIPPED = "shipped"
    PACKED = "packed"
    PICKED = "picked"
    PICKING_STARTED = "picking_started"
    PUT_ON_HOLD = "put_on_hold"
    RELEASED = "released"
    STOCK_ALLOCATED = "stock_allocated"
    PREPARED = "prepared"
    VERIFIED = "verified"
    DATE_MOVED = "date_moved"
    CHANGED = "changed"


ENDS: Mapping[object, News] = {
    OrderStatus.CANCELLED: News.CANCELLED,
    OrderStatus.REJECTED: News.REJECTED,
    OrderStatus.ON_HOLD: News.PUT_ON_HOLD,
}
"""Statuses that are news by themselves."""

KINDS: Mapping[str, News] = {
    "shipped": News.SHIPPED,
    "packed": News.PACKED,
    "picked": News.PICKED,
    "picking_started": News.PICKING_STARTED,
    "released": News.RELEASED,
    "allocated": News.STOCK_ALLOCATED,
    "prepared": News.PREPARED,
    "verified": News.VERIFIED,
    "date_moved": News.DATE_MOVED,
    "promise_moved": News.DATE_MOVED,
}

TELLING = tuple(News)
"""The most telling first: what is released was allocated just before."""


def news_of(events: Iterable[OrderEvent]) -> News:
    """The one name for all that happened at once."""
    found = {_called(event) for event in events}
    return min(found, key=TELLING.index, default=News.CHANGED)


def _called(event: OrderEvent) -> News:
    if event.kind == "status_changed":
        return ENDS.get(event.facts["to"], News.CHANGED)
    return KINDS.get(event.kind, News.CHANGED)
