"""What is there, and what is counted anew."""

from typing import Annotated

from fastapi import APIRouter, Query

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.supply import stock as commands
from fulfillment.store.reading import stock
from fulfillment.store.reading.stock import StockFilter
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey
from starter.models.fields import Location, Sku
from starter.models.stock import AdjustmentsIn, LevelsOut, StockPage
from starter.paging import Cursor, Limit, paged, window
from starter.problems.documents import within
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/stock", tags=["stock"], route_class=GuardedRoute)


@router.post("/adjustments", summary="Adjust stock", responses=problems(409))
def adjust_stock(
    wanted: AdjustmentsIn, session: ForMerchant, key: IdempotencyKey = None
) -> LevelsOut:
    """Change on hand with a reason, all of it or none; who waits is served at once."""
    for one in wanted.adjustments:
        check_location(session, one.location)
    command = session.command("adjust", "stock", key, wanted.model_dump())
    adjustments = [adjustment.to_domain() for adjustment in wanted.adjustments]
    try:
        return LevelsOut.model_validate(commands.adjust(session.store, command, adjustments))
    except RefusedError as refusal:
        raise within(refusal, "adjustments") from refusal


@router.get("", summary="Read stock")
def list_stock(
    session: ForMerchant,
    sku: Annotated[Sku | None, Query()] = None,
    location: Annotated[
        Location | None, Query(description="SKUs that are there; totals stay over all locations.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> StockPage:
    """A page of SKUs: on hand, allocated, available, inbound, waiting, and what can be promised.

    A key that is bound to locations sees what is there alone.
    """
    if location is not None:
        check_location(session, location)
    page = window(limit, cursor, stock.BY_SKU)
    asked = StockFilter(sku, location, places_of(session.caller))
    found = session.read(lambda tx: stock.list_stock(tx, page, asked))
    return paged(StockPage, found, stock.BY_SKU)
