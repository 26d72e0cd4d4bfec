"""What people on the floor are asked to look at."""

from typing import Annotated

from fastapi import APIRouter, Query

from fulfillment.store.commands import floor
from fulfillment.store.reading import tasks
from fulfillment.store.reading.views.floor import TaskKind, TaskView
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey
from starter.models.fields import Location, Rowid
from starter.models.staging import TaskPage
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/tasks", tags=["tasks"], route_class=GuardedRoute)


@router.get("", summary="List open tasks")
def list_tasks(
    session: ForMerchant,
    location: Annotated[Location | None, Query()] = None,
    kind: Annotated[TaskKind | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> TaskPage:
    """A page of what is to be looked at, the oldest first."""
    if location is not None:
        check_location(session, location)
    places = places_of(session.caller) if location is None else [location]
    page = window(limit, cursor, tasks.OLDEST_FIRST)
    found = session.read(lambda tx: tasks.list_tasks(tx, page, locations=places, kind=kind))
    return paged(TaskPage, found, tasks.OLDEST_FIRST)


@router.post("/{task}/done", summary="Say that a task is done", responses=problems(404, 409))
def finish_task(task: Rowid, session: ForMerchant, key: IdempotencyKey = None) -> TaskView:
    """It is not listed any more."""
    found = session.read(lambda tx: tasks.read_task(tx, task))
    check_location(session, found.location)
    command = session.command("finish_task", task, key, {"task": task})
    return floor.finish_task(session.store, command, task)
