"""Warehouses and stores: the operator's, for all merchants."""

from fastapi import APIRouter

from fulfillment.domain.refusals import RefusalKind, RefusedError
from fulfillment.store.commands import catalogue
from fulfillment.store.reading import parties
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForAll
from starter.models.catalogue import LocationIn, LocationOut, LocationPage
from starter.models.fields import Location
from starter.paging import Cursor, Limit, body, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/locations", tags=["locations"], route_class=GuardedRoute)


@router.put("/{location}", summary="Put a location")
def put_location(location: Location, wanted: LocationIn, session: ForAll) -> LocationOut:
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


def _read(session: ForAll, location: str) -> LocationOut:
    return LocationOut.model_validate(session.read(lambda tx: parties.read_location(tx, location)))


@router.get("/{location}", summary="Read a location", responses=problems(404))
def get_location(location: Location, session: ForAll) -> LocationOut:
    """One location with the merchants it serves."""
    return _read(session, location)


@router.get("", summary="List locations")
def list_locations(session: ForAll, cursor: Cursor = None, limit: Limit = 50) -> LocationPage:
    """A page of locations, by name."""
    page = window(limit, cursor, parties.LOCATION_SORT)
    found = session.read(lambda tx: parties.list_locations(tx, page))
    return LocationPage.model_validate(body(found, parties.LOCATION_SORT))
