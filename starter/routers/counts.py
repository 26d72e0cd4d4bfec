"""What was counted."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from fulfillment.store.commands.supply.moves.counts import post_count
from fulfillment.store.commands.supply.moves.documents import count_command
from fulfillment.store.reading import counts
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.stock import CountView
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant
from starter.models.counts import CountIn, CountPage
from starter.models.fields import Location, PathNumber
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/counts", tags=["counts"], route_class=GuardedRoute)


@router.post("", status_code=201, summary="Post a count", responses=problems(409))
def create_count(wanted: CountIn, session: ForMerchant, response: Response) -> CountView:
    """What was counted is on hand from now on, all of it or none. A count's number counts once.

    More units serve who waits. Fewer take claims back, the latest in rank first. A count covers the
    shelf unless it says otherwise: what is picked, staged or to be put back stays on hand beside
    what was counted. One that covers hands too is refused below what is picked or staged.
    """
    check_location(session, wanted.location)
    count = wanted.to_domain()
    command = count_command(session.merchant, session.actor, count)
    counted = post_count(session.store, command, count)
    response.headers["Location"] = f"/v1/counts/{quote(wanted.number, safe='')}"
    return view(CountView, counted)


@router.get("/{number}", summary="Read a count", responses=problems(404))
def get_count(number: PathNumber, session: ForMerchant) -> CountView:
    """What the books had of each SKU, what was there, and the difference."""
    found = session.read(lambda tx: counts.read_count(tx, number))
    check_location(session, found.location)
    return found


@router.get("", summary="List counts")
def list_counts(
    session: ForMerchant,
    location: Annotated[Location | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> CountPage:
    """A page of counts, the newest first."""
    page = window(limit, cursor, counts.NEWEST_FIRST)
    places = places_of(session.caller)
    found = session.read(lambda tx: counts.list_counts(tx, page, location=location, places=places))
    return paged(CountPage, found, counts.NEWEST_FIRST)
