"""Archived orders, which are in no other list."""

from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from console.finding import searched
from console.list_windows import window_at
from console.routing import PageRoute, shown
from console.visits import ForVisit
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.reading.archived_orders import (
    LAST_FINISHED_FIRST,
    ArchivedFilter,
    list_archived,
)
from fulfillment.store.reading.cursors import cursor_of

router = APIRouter(route_class=PageRoute)

ON_A_PAGE = 50


@router.get("/m/{merchant}/archived-orders")
def archived_orders(request: Request, visit: ForVisit) -> Response:
    """One page of archived orders: all, those of a month, or those that have a name."""
    given = request.query_params
    q, month = searched(given), given.get("month", "").strip()
    asked = ArchivedFilter(q or None, _first_day(month), visit.caller.scope.location_list)
    window = window_at(LAST_FINISHED_FIRST, given.get("after"), given.get("before"), ON_A_PAGE)
    page = visit.session.read(lambda tx: list_archived(tx, asked, window))
    filters = {name: value for name, value in (("q", q), ("month", month)) if value}
    path = f"{visit.home}/archived-orders"
    previous = cursor_of(page.previous_key, LAST_FINISHED_FIRST)
    following = cursor_of(page.next_key, LAST_FINISHED_FIRST)
    return shown(
        "archived_orders.html",
        visit,
        orders=page.items,
        filters=filters,
        previous=previous and f"{path}?{urlencode({**filters, 'before': previous})}",
        following=following and f"{path}?{urlencode({**filters, 'after': following})}",
    )


def _first_day(month: str) -> date | None:
    if not month:
        return None
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        message = f"{month!r} is no month; write it as 2026-03"
        raise invalid("bad_month", message, "month") from None
