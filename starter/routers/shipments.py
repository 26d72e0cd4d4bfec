"""What the warehouse works on, and what it confirms."""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query

from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.commands.floor import warehouse
from fulfillment.store.commands.orders import manual
from fulfillment.store.insight import shipment_pages
from fulfillment.store.insight.shipment_pages import ShipmentFilter
from fulfillment.store.planning.change import Change
from fulfillment.store.reading.views.shipments import ShipmentView
from fulfillment.store.transactions.session import Command, Store
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.fields import Location, Rowid
from starter.models.order_hands import PreviewOut
from starter.models.orders_in import NoteIn
from starter.models.shipments import ShipmentPage
from starter.order_change import Asked, Changing, ForChange
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/shipments", tags=["shipments"], route_class=GuardedRoute)

SortName = Literal["rank", "target_ship_on"]

Step = Callable[[Store, Command, int], None]

VERBS: Mapping[Step, str] = {
    warehouse.start_picking: "start_picking",
    warehouse.pick: "pick",
}


@router.get("", summary="List shipments")
def list_shipments(  # noqa: PLR0913 -- each parameter of the list is one argument
    *,
    session: ForMerchant,
    status: Annotated[list[ShipmentStatus] | None, Query(max_length=20)] = None,
    location: Annotated[Location | None, Query()] = None,
    late: Annotated[bool | None, Query(description="Not shipped on its target day.")] = None,
    sort: SortName = "rank",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ShipmentPage:
    """A page of shipments: by the rank of their orders, or by the day on which they should go."""
    order = shipment_pages.SORTS[sort]
    page = window(limit, cursor, order)
    asked = ShipmentFilter(status or None, location, places_of(session.caller), late)
    found = session.read(lambda tx: shipment_pages.list_shipments(tx, page, asked, sort))
    return paged(ShipmentPage, found, order)


@router.get("/{shipment}", summary="Read a shipment", responses=problems(404))
def get_shipment(shipment: Rowid, session: ForMerchant) -> ShipmentView:
    """A shipment with its lines, and what the warehouse can do with it now."""
    found = session.read(lambda tx: shipment_pages.read_shipment(tx, shipment))
    check_location(session, found.location)
    return found


@router.post("/{shipment}/start-picking", summary="Start picking", responses=problems(404, 409))
def start_picking(
    shipment: Rowid, session: ForMerchant, key: IdempotencyKey = None
) -> ShipmentView:
    """A picker took it: from now on no plan touches it."""
    return _confirm(session, warehouse.start_picking, shipment, key)


@router.post("/{shipment}/pick", summary="Confirm a pick", responses=problems(404, 409))
def pick_shipment(
    shipment: Rowid, session: ForMerchant, key: IdempotencyKey = None
) -> ShipmentView:
    """All of it was picked."""
    return pick(session, shipment, key)


def pick(session: Session, shipment: int, key: str | None, note: str | None = None) -> ShipmentView:
    """Pick a shipment, once for its key."""
    return _confirm(session, warehouse.pick, shipment, key, note)


@router.post("/{shipment}/send-back", summary="Send it back", responses=problems(404, 409))
def send_shipment_back(
    shipment: Rowid, changing: ForChange, sent: Annotated[NoteIn | None, Body()] = None
) -> ShipmentView | PreviewOut:
    """What is ready waits again with what it holds; the dispatch it was to be is given back."""
    check_place(changing.session, shipment)
    number = changing.session.read(lambda tx: shipment_pages.order_of_shipment(tx, shipment))
    change = manual.send_back(number, shipment)
    return shipment_after(changing, shipment, Asked("send_back", shipment, sent), change)


def _confirm(
    session: Session, step: Step, shipment: int, key: str | None, note: str | None = None
) -> ShipmentView:
    check_place(session, shipment)
    command = session.command(VERBS[step], shipment, key, {"shipment": shipment}, note)
    step(session.store, command, shipment)
    return changed_shipment(session, shipment)


def shipment_after(
    changing: Changing, shipment: int, asked: Asked, change: Change
) -> ShipmentView | PreviewOut:
    """A change of a shipment's order: done, or only looked at."""
    if changing.preview:
        return changing.looked_at(change)
    changing.done(asked, change)
    return changed_shipment(changing.session, shipment)


def changed_shipment(session: Session, shipment: int) -> ShipmentView:
    """The shipment as it is now: what each of its steps is answered with."""
    return session.read(lambda tx: shipment_pages.read_shipment(tx, shipment))


def check_place(session: Session, shipment: int) -> None:
    """A key that is bound to locations works on what is there."""
    if places_of(session.caller) is not None:
        at = session.read(lambda tx: shipment_pages.location_of_shipment(tx, shipment))
        check_location(session, at)
