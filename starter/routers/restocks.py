"""What will come without a purchase order."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from fulfillment.store.commands.supply import restocks as commands
from fulfillment.store.commands.supply.receiving import receive
from fulfillment.store.reading import restocks
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.moves import RestockView
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey
from starter.models.fields import PathNumber, Sku
from starter.models.restocks import (
    ArrivalIn,
    RestockArrivalOut,
    RestockIn,
    RestockPage,
    WithdrawIn,
)
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/restocks", tags=["restocks"], route_class=GuardedRoute)


@router.put("/{number}", summary="Announce a restock", responses=problems(409))
def put_restock(number: PathNumber, wanted: RestockIn, session: ForMerchant) -> RestockView:
    """Announce it, or have it be so from now on; who waits is planned anew.

    Units and date may change while any are outstanding; the SKU and the location stay.
    """
    announced = wanted.to_domain(number)
    made = commands.announce_restock(session.store, session.merchant, announced, session.actor)
    return view(RestockView, made)


@router.get("/{number}", summary="Read a restock", responses=problems(404))
def get_restock(number: PathNumber, session: ForMerchant) -> RestockView:
    """What was announced, what of it is outstanding, and how much of that is pegged."""
    found = session.read(lambda tx: restocks.read_restock(tx, number))
    check_location(session, found.location)
    return found


@router.get("", summary="List restocks")
def list_restocks(
    session: ForMerchant,
    sku: Annotated[Sku | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> RestockPage:
    """A page of restocks, the newest first."""
    page = window(limit, cursor, restocks.NEWEST_FIRST)
    places = places_of(session.caller)
    found = session.read(lambda tx: restocks.list_restocks(tx, page, sku=sku, places=places))
    return paged(RestockPage, found, restocks.NEWEST_FIRST)


@router.post("/{number}/withdraw", summary="Withdraw a restock", responses=problems(404, 409))
def withdraw_restock(
    number: PathNumber,
    session: ForMerchant,
    wanted: Annotated[WithdrawIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> RestockView:
    """What is outstanding will not come; who was pegged on it is planned anew."""
    note = wanted.note if wanted else None
    command = session.command("withdraw_restock", number, key, {"note": note}, note)
    return view(RestockView, commands.withdraw_restock(session.store, command, number))


@router.post("/{number}/arrive", summary="Take in a restock", responses=problems(404, 409))
def arrive_restock(
    number: PathNumber, wanted: ArrivalIn, session: ForMerchant, key: IdempotencyKey = None
) -> RestockArrivalOut:
    """Units came: they are on hand at once, and who waits is served."""
    content = wanted.model_dump()
    command = session.command("arrive_restock", number, key, content, wanted.note)
    return view(RestockArrivalOut, receive(session.store, command, wanted.to_domain(number)))
