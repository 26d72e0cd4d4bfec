"""Pick and stage: what waits is put in containers, and what is in them."""

from typing import Annotated

from fastapi import APIRouter, Query

from fulfillment.domain.floor.staging import Moving
from fulfillment.store.commands import floor
from fulfillment.store.reading import staged
from fulfillment.store.reading.views.changes import StagedView
from fulfillment.store.reading.views.orders import OrderSummary
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.fields import Location, Number, PathNumber
from starter.models.order_hands import PreviewOut
from starter.models.staging import (
    ContainerPage,
    StageIn,
    StagingSuggestionsOut,
    UnstageIn,
)
from starter.order_change import Asked, ForChange, changed_order
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1", tags=["staging"], route_class=GuardedRoute)


@router.post("/orders/{number}/stage", summary="Stage units", responses=problems(404, 409))
def stage_order(
    number: PathNumber, sent: StageIn, session: ForMerchant, key: IdempotencyKey = None
) -> StagedView:
    """What is allocated on an order that waits is in a container: claimed, and still waiting."""
    check_location(session, sent.location)
    asked = floor.Staging(number, sent.location, sent.container, sent.units)
    content = sent.model_dump(mode="json")
    command = session.command("stage", number, key, content, sent.note)
    return changed_order(session, StagedView, number, floor.stage(session.store, command, asked))


@router.post(
    "/orders/{number}/unstage", summary="Release units from staging", responses=problems(404, 409)
)
def unstage_order(
    number: PathNumber, sent: UnstageIn, changing: ForChange
) -> OrderSummary | PreviewOut:
    """Units are on the shelf again: the order's as before, and free to move by the plan."""
    check_location(changing.session, sent.location)
    change = floor.unstaging(number, Moving(sent.location, sent.units))
    return changing.answer(Asked("unstage", number, sent), change)


@router.get("/staging", summary="List what is staged")
def list_staging(
    session: ForMerchant,
    location: Annotated[Location | None, Query()] = None,
    order: Annotated[Number | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ContainerPage:
    """A page of the containers in use, the oldest first, with what their orders wait for."""
    places = _places(session, location)
    page = window(limit, cursor, staged.OLDEST_FIRST)
    found = session.read(lambda tx: staged.list_staged(tx, page, locations=places, order=order))
    return paged(ContainerPage, found, staged.OLDEST_FIRST)


@router.get("/staging/suggestions", summary="Suggest what to stage together")
def list_staging_suggestions(
    session: ForMerchant,
    location: Annotated[Location | None, Query()] = None,
    limit: Limit = 50,
) -> StagingSuggestionsOut:
    """Orders that wait for the same SKU and have units on the shelf; the largest group first."""
    places = _places(session, location)
    found = session.read(lambda tx: staged.staging_suggestions(tx, limit, places))
    return StagingSuggestionsOut(items=found)


def _places(session: Session, location: str | None) -> list[str] | None:
    if location is None:
        return places_of(session.caller)
    check_location(session, location)
    return [location]
