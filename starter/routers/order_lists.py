"""Lists of orders."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import StringConstraints

from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.reading import orders
from fulfillment.store.reading.orders import SORTS, OrderFilter
from starter.auth.guard import GuardedRoute
from starter.auth.places import places_of
from starter.auth.session import ForMerchant
from starter.models.fields import NO_CONTROL_CHARACTERS, Instant, Location, Number, Sku
from starter.models.order_lists import OrderPage
from starter.paging import Cursor, Limit, paged, window

router = APIRouter(prefix="/v1/orders", tags=["orders"], route_class=GuardedRoute)

SortName = Literal["rank", "placed_at", "-placed_at", "ready_since", "ship_by", "target_ship_on"]

SearchText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=NO_CONTROL_CHARACTERS
    ),
]


def order_filter(  # noqa: PLR0913 -- each parameter of the list is one argument
    *,
    status: Annotated[list[OrderStatus] | None, Query(max_length=20)] = None,
    backordered: Annotated[bool | None, Query(description="With units that wait.")] = None,
    fulfillable: Annotated[
        bool | None, Query(description="Every unit still to go is allocated, or lies free for it.")
    ] = None,
    partially_fulfillable: Annotated[
        bool | None, Query(description="Some units still to go are, and not all.")
    ] = None,
    sku: Annotated[Sku | None, Query()] = None,
    location: Annotated[
        Location | None, Query(description="Shipped from, held or locked to.")
    ] = None,
    purchase_order: Annotated[Number | None, Query(description="Waiting for this one.")] = None,
    served_by_purchase_order: Annotated[
        Number | None, Query(description="Given units that came on this one, also long ago.")
    ] = None,
    served_by_receipt: Annotated[
        Number | None, Query(description="Given units that came with this receipt.")
    ] = None,
    still_holding: Annotated[
        bool | None,
        Query(description="Of those served: whether the order still holds such units there."),
    ] = None,
    ready: Annotated[bool | None, Query(description="Not on hold, and a part can go.")] = None,
    on_hold: Annotated[bool | None, Query()] = None,
    overdue: Annotated[bool | None, Query(description="Unfinished after its ship-by date.")] = None,
    placed_from: Annotated[Instant | None, Query()] = None,
    placed_before: Annotated[Instant | None, Query()] = None,
    q: Annotated[
        SearchText | None,
        Query(
            description="How a number, the customer's reference or a tracking number begins or"
            " ends, or how a SKU begins."
        ),
    ] = None,
) -> OrderFilter:
    """Which orders; what is not named is not asked about."""
    return OrderFilter(
        statuses=tuple(status) if status else None,
        backordered=backordered,
        fulfillable=fulfillable,
        partially_fulfillable=partially_fulfillable,
        sku=sku,
        location=location,
        purchase_order=purchase_order,
        served_by_purchase_order=served_by_purchase_order,
        served_by_receipt=served_by_receipt,
        still_holding=still_holding,
        ready=ready,
        on_hold=on_hold,
        overdue=overdue,
        placed_from=placed_from,
        placed_before=placed_before,
        q=q,
    )


@router.get("", summary="List orders")
def list_orders(
    session: ForMerchant,
    asked: Annotated[OrderFilter, Depends(order_filter)],
    sort: SortName = "rank",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> OrderPage:
    """A page of orders by rank, by date, by since when they are ready, or by a day to ship on.

    A row says how many units are allocated of those to go, what the rest waits for, and by when
    all of it is promised.
    """
    order = SORTS[sort]
    page = window(limit, cursor, order)
    seen = replace(asked, places=places_of(session.caller))
    found = session.read(lambda tx: orders.list_orders(tx, seen, sort, page))
    return paged(OrderPage, found, order)
