"""Work that pickers take, walk and confirm."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from fulfillment.store.commands import floor
from fulfillment.store.insight.shipment_pages import order_of_shipment
from fulfillment.store.reading import pick_lists
from fulfillment.store.reading.views.changes import ShortView
from fulfillment.store.reading.views.floor import GivenUpList, PickListStatus, PickListView
from starter.auth.floor import ForFloor, check_list, for_shipment, merchants_of
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import IdempotencyKey
from starter.models.fields import Location, Rowid
from starter.models.pick_lists import (
    ConfirmIn,
    PickListIn,
    PickListPage,
    ShortIn,
    UnpickIn,
)
from starter.order_change import changed_order
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1", tags=["pick lists"], route_class=GuardedRoute)


@router.post(
    "/locations/{location}/pick-lists",
    status_code=201,
    summary="Take work",
    responses=problems(409),
)
def create_pick_list(
    location: Location,
    session: ForFloor,
    response: Response,
    wanted: Annotated[PickListIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> PickListView:
    """A list of what is most urgent there, by priority, day and rank; nobody else gets it.

    A key for all merchants gets the work of several on one list.
    """
    check_location(session, location)
    sent = wanted or PickListIn()
    asked = floor.Wanted(
        location,
        sent.picker or session.caller.name,
        sent.most_shipments,
        merchants_of(session, sent.merchants),
        sent.orders,
        to_stage=sent.kind == "stage",
    )
    command = session.command("take_work", location, key, sent.model_dump(mode="json"))
    made = floor.take_work(session.store, command, asked)
    response.headers["Location"] = f"/v1/pick-lists/{made.id}"
    return made


@router.get("/pick-lists", summary="List pick lists")
def list_pick_lists(
    session: ForFloor,
    location: Annotated[Location | None, Query()] = None,
    status: Annotated[PickListStatus | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PickListPage:
    """A page of lists, the newest first."""
    if location is not None:
        check_location(session, location)
    places = places_of(session.caller) if location is None else [location]
    page = window(limit, cursor, pick_lists.NEWEST_FIRST)
    found = session.read(
        lambda tx: pick_lists.list_lists(
            tx, page, merchants_of(session), locations=places, status=status
        )
    )
    return paged(PickListPage, found, pick_lists.NEWEST_FIRST)


@router.get("/pick-lists/{pick_list}", summary="Read a pick list", responses=problems(404))
def get_pick_list(pick_list: Rowid, session: ForFloor) -> PickListView:
    """The walk by SKU, with what goes to which shipment and what is left."""
    merchants = check_list(session, pick_list)
    return session.read(lambda tx: pick_lists.read_list(tx, pick_list, merchants))


@router.post(
    "/pick-lists/{pick_list}/confirm", summary="Confirm picks", responses=problems(404, 409)
)
def confirm_pick_list(
    pick_list: Rowid, done: ConfirmIn, session: ForFloor, key: IdempotencyKey = None
) -> PickListView:
    """Units are in the picker's hands, or in their containers; a shipment may become picked."""
    merchants = check_list(session, pick_list)
    asked = floor.Confirmation(pick_list, merchants, done.to_domain(), done.containers)
    command = session.command("confirm_picks", pick_list, key, done.model_dump(mode="json"))
    return floor.confirm(session.store, command, asked)


@router.post(
    "/pick-lists/{pick_list}/unpick", summary="Put picked units back", responses=problems(404, 409)
)
def unpick_pick_list(
    pick_list: Rowid, undone: UnpickIn, session: ForFloor, key: IdempotencyKey = None
) -> PickListView:
    """Units are on the shelf again, and on the list to be picked; nothing that is packed."""
    merchants = check_list(session, pick_list)
    asked = floor.Confirmation(pick_list, merchants, undone.to_domain())
    command = session.command("unpick", pick_list, key, undone.model_dump(mode="json"))
    return floor.unpick(session.store, command, asked)


@router.post(
    "/pick-lists/{pick_list}/give-up", summary="Give up a list", responses=problems(404, 409)
)
def give_up_pick_list(
    pick_list: Rowid, session: ForFloor, key: IdempotencyKey = None
) -> GivenUpList:
    """What nobody began to pick is ready for others; un-pick first what is partly picked."""
    merchants = check_list(session, pick_list)
    command = session.command("give_up", pick_list, key, {"list": pick_list})
    return floor.give_up(session.store, command, pick_list, merchants)


@router.post(
    "/pick-lists/{pick_list}/short", summary="Say that less is there", responses=problems(404, 409)
)
def pick_short(
    pick_list: Rowid, short: ShortIn, session: ForFloor, key: IdempotencyKey = None
) -> ShortView:
    """What is not there leaves on hand, is counted, and waits again at its order's rank.

    What was found goes on alone, or waits staged for the rest, as the order's policy says.
    """
    mine = for_shipment(session, pick_list, short.shipment)
    asked = floor.ShortPick(
        pick_list, short.shipment, short.order_line, short.found, short.container
    )
    content = short.model_dump(mode="json")
    command = mine.command("pick_short", pick_list, key, content, short.reason)
    told = floor.pick_short(mine.store, command, asked)
    number = mine.read(lambda tx: order_of_shipment(tx, short.shipment))
    return changed_order(mine, ShortView, number, told)
