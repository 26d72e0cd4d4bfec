"""Lists of orders that are archived."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from fulfillment.store.reading.archived_orders import (
    LAST_FINISHED_FIRST,
    ArchivedFilter,
    list_archived,
)
from starter.auth.guard import GuardedRoute
from starter.auth.places import places_of
from starter.auth.session import ForMerchant
from starter.models.archived_orders import ArchivedOrderPage
from starter.paging import Cursor, Limit, paged, window
from starter.routers.order_lists import SearchText

router = APIRouter(prefix="/v1/archived-orders", tags=["orders"], route_class=GuardedRoute)

Month = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Archived in this month, as 2026-03."),
]


@router.get("", summary="List archived orders")
def list_archived_orders(
    session: ForMerchant,
    q: Annotated[
        SearchText | None,
        Query(description="A whole number, customer's reference or tracking number."),
    ] = None,
    month: Month = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ArchivedOrderPage:
    """A page of archived orders, the one that finished last first. They are in no other list.

    An archived order is read, and anything is asked of it, by its number as ever: that brings it
    back.
    """
    first_day = date.fromisoformat(f"{month}-01") if month else None
    asked = ArchivedFilter(q, first_day, places_of(session.caller))
    page = window(limit, cursor, LAST_FINISHED_FIRST)
    return paged(
        ArchivedOrderPage,
        session.read(lambda tx: list_archived(tx, asked, page)),
        LAST_FINISHED_FIRST,
    )
