"""What should be bought."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query

from fulfillment.store.commands.supply import purchase_orders
from fulfillment.store.reading import suggestions
from fulfillment.store.reading.suggestions import Wanted
from fulfillment.store.reading.views.purchasing import DraftedOrders
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey
from starter.models.fields import Location, ShortText, Sku
from starter.models.suggestions import DraftIn, SuggestionPage
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(
    prefix="/v1/purchase-suggestions", tags=["purchase orders"], route_class=GuardedRoute
)


def wanted_of(
    supplier: Annotated[
        ShortText | None, Query(description="Empty: products without a supplier.")
    ] = None,
    sku: Annotated[Sku | None, Query()] = None,
    location: Annotated[
        Location | None,
        Query(description="Only what is to be bought for it; what any may serve is, then."),
    ] = None,
) -> Wanted:
    """Which suggestions a list is of."""
    return Wanted(_one(supplier), _one(sku), location)


def _one(value: str | None) -> tuple[str, ...] | None:
    return None if value is None else (value,)


@router.get("", summary="List purchase suggestions")
def list_purchase_suggestions(
    session: ForMerchant,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SuggestionPage:
    """A page of what should be bought, the oldest need first, with the orders behind it.

    What waits, less what is free, coming or drafted, and what the reorder level asks for beyond.
    Demand bound to a location is met there only; the rest is bought for the merchant's first.
    """
    page = window(limit, cursor, suggestions.BY_NEED)
    found = session.read(lambda tx: suggestions.list_suggestions(tx, page, wanted))
    return paged(SuggestionPage, found, suggestions.BY_NEED)


@router.post("/draft", summary="Draft purchase orders", responses=problems(409))
def draft_purchase_orders(
    session: ForMerchant,
    wanted: Annotated[DraftIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> DraftedOrders:
    """One purchase order in draft for each supplier, with a line for each suggestion.

    What is drafted counts as bought from then on, so that nothing is drafted twice. Who waits is
    pegged once a draft is approved.
    """
    asked = wanted or DraftIn()
    content = asked.model_dump(mode="json")
    command = session.command("draft_purchase_orders", "suggestions", key, content)
    return purchase_orders.draft_purchase_orders(session.store, command, asked.to_domain())
