"""What the warehouse works on, and what it confirms."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from fulfillment.domain.statuses import ShipmentStatus
from fulfillment.store.commands import hands, warehouse
from fulfillment.store.reading import shipments
from fulfillment.store.session import Command, Store
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.changing import Asked, ForChange
from starter.models.fields import Location, Rowid
from starter.models.order_hands import PreviewOut
from starter.models.orders_in import NoteIn
from starter.models.orders_out import ProgressOut
from starter.models.shipments import ShipIn, ShipmentOut, ShipmentPage
from starter.paging import Cursor, Limit, body, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/shipments", tags=["shipments"], route_class=GuardedRoute)

Step = Callable[[Store, Command, int], dict[str, Any]]

VERBS: Mapping[Step, str] = {
    warehouse.start_picking: "start_picking",
    warehouse.pick: "pick",
    warehouse.pack: "pack",
}


@router.get("", summary="List shipments")
def list_shipments(
    session: ForMerchant,
    status: Annotated[list[ShipmentStatus] | None, Query(max_length=20)] = None,
    location: Annotated[Location | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ShipmentPage:
    """A page of shipments, those of the orders that rank first before the others."""
    page = window(limit, cursor, shipments.BY_RANK)
    found = session.read(
        lambda tx: shipments.list_shipments(tx, page, statuses=status or (), location=location)
    )
    return ShipmentPage.model_validate(body(found, shipments.BY_RANK))


@router.get("/{shipment}", summary="Read a shipment", responses=problems(404))
def get_shipment(shipment: Rowid, session: ForMerchant) -> ShipmentOut:
    """A shipment with its lines, and what the warehouse can do with it now."""
    found = session.read(lambda tx: shipments.read_shipment(tx, shipment))
    return ShipmentOut.model_validate(found)


@router.post("/{shipment}/start-picking", summary="Start picking", responses=problems(404, 409))
def start_picking(shipment: Rowid, session: ForMerchant, key: IdempotencyKey = None) -> ProgressOut:
    """A picker took it: from now on no plan touches it."""
    return _confirm(session, warehouse.start_picking, shipment, key)


@router.post("/{shipment}/pick", summary="Confirm a pick", responses=problems(404, 409))
def pick_shipment(shipment: Rowid, session: ForMerchant, key: IdempotencyKey = None) -> ProgressOut:
    """All of it was picked."""
    return _confirm(session, warehouse.pick, shipment, key)


@router.post("/{shipment}/pack", summary="Confirm packing", responses=problems(404, 409))
def pack_shipment(shipment: Rowid, session: ForMerchant, key: IdempotencyKey = None) -> ProgressOut:
    """It is in its parcels."""
    return _confirm(session, warehouse.pack, shipment, key)


@router.post("/{shipment}/ship", summary="Confirm the dispatch", responses=problems(404, 409))
def ship_shipment(
    shipment: Rowid,
    session: ForMerchant,
    ship: Annotated[ShipIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> ProgressOut:
    """It left the building: its units leave on hand, once."""
    label = (ship or ShipIn()).model_dump()
    command = session.command("ship", shipment, key, {"shipment": shipment, **label})
    done = warehouse.ship(session.store, command, shipment, **label)
    return ProgressOut.model_validate(done)


@router.post("/{shipment}/send-back", summary="Send it back", responses=problems(404, 409))
def send_shipment_back(
    shipment: Rowid, changing: ForChange, sent: Annotated[NoteIn | None, Body()] = None
) -> ProgressOut | PreviewOut:
    """What is ready waits again with what it holds; the dispatch it was to be is given back."""
    number = changing.session.read(lambda tx: shipments.order_of_shipment(tx, shipment))
    change = hands.send_back(number, shipment)
    return changing.answer(Asked("send_back", shipment, sent), change)


def _confirm(session: Session, step: Step, shipment: int, key: str | None) -> ProgressOut:
    command = session.command(VERBS[step], shipment, key, {"shipment": shipment})
    return ProgressOut.model_validate(step(session.store, command, shipment))
