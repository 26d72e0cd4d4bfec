"""What is packed into what, and what leaves."""

from typing import Annotated

from fastapi import APIRouter, Body

from fulfillment.store.commands.floor import packing
from fulfillment.store.reading import packages
from fulfillment.store.reading.views.shipments import Packages, ShipmentView
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.booking import booked
from starter.models.fields import Rowid
from starter.models.orders_in import NoteIn
from starter.models.packages import PackIn, PathPackage, RepackIn, ShipIn
from starter.routers.responses import problems
from starter.routers.shipments import changed_shipment, check_place

router = APIRouter(
    prefix="/v1/shipments",
    tags=["shipments"],
    route_class=GuardedRoute,
    responses=problems(404, 409),
)


@router.get("/{shipment}/packages", summary="List the packages of a shipment")
def list_packages(shipment: Rowid, session: ForMerchant) -> Packages:
    """All of them, by number: also those that left before the rest, as a shipment of their own."""
    check_place(session, shipment)
    found = session.read(lambda tx: packages.packages_of_dispatch(tx, shipment))
    return Packages(packages=tuple(found))


@router.post("/{shipment}/pack", summary="Pack")
def pack_shipment(
    shipment: Rowid,
    session: ForMerchant,
    sent: Annotated[PackIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> ShipmentView:
    """Units of it are in new packages; packed is what has its last unit in one."""
    return pack(session, shipment, sent or PackIn(), key)


def pack(session: Session, shipment: int, asked: PackIn, key: str | None) -> ShipmentView:
    """Pack a shipment, once for its key."""
    check_place(session, shipment)
    content = {"shipment": shipment, **asked.model_dump()}
    command = session.command("pack", shipment, key, content, asked.note)
    contents = [one.to_domain() for one in asked.packages or ()]
    packing.pack(session.store, command, shipment, contents)
    return changed_shipment(session, shipment)


@router.put("/{shipment}/packages/{number}", summary="Change a package")
def change_package(
    shipment: Rowid,
    number: PathPackage,
    sent: RepackIn,
    session: ForMerchant,
    key: IdempotencyKey = None,
) -> ShipmentView:
    """It holds this from now on, while it has not left; what it no longer holds is to be packed."""
    check_place(session, shipment)
    content = {"shipment": shipment, "number": number, **sent.model_dump()}
    command = session.command("repack", f"{shipment}-{number}", key, content, sent.note)
    packing.repack(session.store, command, shipment, number, sent.to_domain())
    return changed_shipment(session, shipment)


@router.delete("/{shipment}/packages/{number}", summary="Take a package apart")
def delete_package(
    shipment: Rowid,
    number: PathPackage,
    session: ForMerchant,
    sent: Annotated[NoteIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> ShipmentView:
    """Its units are picked, and in no package, while it has not left."""
    check_place(session, shipment)
    note = sent.note if sent else None
    content = {"shipment": shipment, "number": number}
    command = session.command("unpack", f"{shipment}-{number}", key, content, note)
    packing.unpack(session.store, command, shipment, number)
    return changed_shipment(session, shipment)


@router.post("/{shipment}/ship", summary="Confirm the dispatch")
def ship_shipment(
    shipment: Rowid,
    session: ForMerchant,
    sent: Annotated[ShipIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> ShipmentView:
    """All of it, or the packages named, left the building: their units leave on hand, once."""
    return ship(session, shipment, sent or ShipIn(), key)


def ship(session: Session, shipment: int, asked: ShipIn, key: str | None) -> ShipmentView:
    """Send a shipment off, once for its key; its carriers are asked first."""
    check_place(session, shipment)
    content = {"shipment": shipment, **asked.model_dump()}
    command = session.command("ship", shipment, key, content, asked.note)
    packing.ship(session.store, command, shipment, booked(session, shipment, asked))
    return changed_shipment(session, shipment)
