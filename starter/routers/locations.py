"""Warehouses and stores: the operator's to say, and what is worked on there."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Body, Query

from fulfillment.domain.model.refusals import RefusalKind, RefusedError
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.catalogue import closures
from fulfillment.store.insight import shipment_pages
from fulfillment.store.insight.shipment_pages import ShipmentFilter
from fulfillment.store.reading import parties
from fulfillment.store.reading.paging import Page, Window
from fulfillment.store.reading.views.parties import LocationView
from fulfillment.store.reading.views.shipments import ShipmentView
from fulfillment.store.transactions.session import Tx
from starter.auth.floor import ForFloor
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location
from starter.auth.session import ForAll
from starter.models.catalogue import ClosureIn, LocationIn, LocationPage
from starter.models.fields import Day, Location
from starter.models.shipments import ShipmentPage
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/locations", tags=["locations"], route_class=GuardedRoute)


@router.put("/{location}", summary="Put a location")
def put_location(location: Location, wanted: LocationIn, session: ForAll) -> LocationView:
    """Create it, or change it and whom it serves. Locations are deactivated, never deleted."""
    try:
        catalogue.put_location(session.store, wanted.to_domain(location))
    except RefusedError as refusal:
        raise _named(refusal) from refusal
    return _read(session, location)


def _named(refusal: RefusedError) -> RefusedError:
    """A merchant that does not exist is a bad value of this request, not a missing location."""
    if refusal.kind is not RefusalKind.MISSING:
        return refusal
    fields: list[dict[str, object]] = [{"field": "serves"}]
    return RefusedError(RefusalKind.INVALID, refusal.code, str(refusal), fields)


def _read(session: ForAll, location: str) -> LocationView:
    return session.read(lambda tx: parties.read_location(tx, location))


@router.put("/{location}/closures/{day}", summary="Close a location", responses=problems(404))
def put_closure(
    location: Location, day: Day, session: ForAll, sent: Annotated[ClosureIn | None, Body()] = None
) -> LocationView:
    """For one day: what is ready there, and what will be, should go on a working day."""
    closures.put_closure(session.store, location, day, sent.reason if sent else None)
    return _read(session, location)


@router.delete("/{location}/closures/{day}", summary="Open a location", responses=problems(404))
def remove_closure(location: Location, day: Day, session: ForAll) -> LocationView:
    """On a day on which it was to be closed."""
    closures.remove_closure(session.store, location, day)
    return _read(session, location)


@router.get("/{location}/shipments", summary="List work at a location", responses=problems(404))
def list_location_shipments(  # noqa: PLR0913 -- each parameter of the list is one argument
    *,
    location: Location,
    session: ForFloor,
    status: Annotated[list[ShipmentStatus] | None, Query(max_length=20)] = None,
    late: Annotated[bool | None, Query(description="Not shipped on its target day.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ShipmentPage:
    """A page of its shipments by rank, of every merchant of the key or of the one named."""
    check_location(session, location)
    page = window(limit, cursor, shipment_pages.BY_RANK)
    asked = ShipmentFilter(status or None, location, late=late)
    found = session.read(lambda tx: _work_at(tx, page, asked, session.merchants))
    return paged(ShipmentPage, found, shipment_pages.BY_RANK)


def _work_at(
    tx: Tx, page: Window, asked: ShipmentFilter, merchants: Collection[str] | None
) -> Page[ShipmentView]:
    parties.check_serves(tx, str(asked.location), merchants)
    return shipment_pages.list_shipments_at(tx, page, asked, merchants=merchants)


@router.get("/{location}", summary="Read a location", responses=problems(404))
def get_location(location: Location, session: ForAll) -> LocationView:
    """One location with the merchants it serves."""
    return _read(session, location)


@router.get("", summary="List locations")
def list_locations(session: ForAll, cursor: Cursor = None, limit: Limit = 50) -> LocationPage:
    """A page of locations, by name."""
    page = window(limit, cursor, parties.LOCATION_SORT)
    found = session.read(lambda tx: parties.list_locations(tx, page))
    return paged(LocationPage, found, parties.LOCATION_SORT)
