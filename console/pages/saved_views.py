"""Saved views: lists of orders under a name, one's own or shared."""

from uuid import uuid4

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import form_values
from console.entries import RIGHT, Wrong, wrong
from console.headers import SIGNED_IN
from console.lists import Asked
from console.routing import SEE_OTHER, PageRoute, shown
from console.saved_views import (
    MAY_ALL,
    list_of,
    list_said,
    may_change,
    owner_of,
    tab_of,
    tabs_of,
    told,
)
from console.visits import ForVisit, Visit
from fulfillment.domain.model.refusals import RefusalKind, RefusedError, conflict, invalid, missing
from fulfillment.store.commands.administration.saved_views import (
    MOST_VIEWS,
    NewView,
    ViewChange,
    change_view,
    delete_view,
    save_view,
)
from fulfillment.store.reading.saved_views import read_saved_view
from fulfillment.store.reading.views.saved_views import SavedView

router = APIRouter(route_class=PageRoute)

LONGEST_ID = 15
NAMES = ("name",)
"""What is typed in the forms."""


@router.get("/m/{merchant}/views")
def saved_views(request: Request, visit: ForVisit) -> Response:
    """The user's own views and shared ones; who may change all sees all."""
    tabs = tabs_of(visit, everybodys=visit.may(MAY_ALL))
    done = request.query_params.get("done") == "deleted"
    return shown("saved_views.html", visit, tabs=tabs, done=done, most=MOST_VIEWS)


@router.get("/m/{merchant}/views/new")
def new_saved_view(request: Request, visit: ForVisit) -> Response:
    """The form that gives a list a name, or has it replace what a view of one's own asks for."""
    return _new(visit, list_said(request.query_params.get("list", "")))


@router.post("/m/{merchant}/views/new")
def save_new_view(visit: ForVisit) -> Response:
    """Save it, once for the key of the form, and show the list under its name."""
    form, owner = visit.form, owner_of(visit)
    asked = list_said(form.get("list", ""))
    try:
        key, name, is_shared = form_values.key(form), form.get("name", ""), "shared" in form
        said = {"name": name, "shared": is_shared, "asked": asked.parameters}
        command = visit.session.command("save_view", owner, key, said)
        new = NewView(owner, name, asked.parameters, is_shared)
        made = save_view(visit.desk.store, command, new)
    except RefusedError as error:
        return _new(visit, asked, wrong(error, NAMES))
    return _to(visit, made)


def _new(visit: Visit, asked: Asked, faults: Wrong = RIGHT) -> Response:
    mine = [tab for tab in tabs_of(visit) if tab.is_own]
    return shown(
        "new_saved_view.html",
        visit,
        faults.status,
        list=asked.query,
        told=told(asked),
        mine=mine,
        name=visit.form.get("name", ""),
        is_shared="shared" in visit.form,
        wrong=faults,
        key=uuid4(),
    )


@router.get("/m/{merchant}/views/{view}")
def saved_view(request: Request, view: str, visit: ForVisit) -> Response:
    """What it asks for, and the forms that change and delete it; with a list, what it would be."""
    found = _found(visit, view)
    query = request.query_params.get("list")
    return _page(visit, found, None if query is None else list_said(query))


@router.post("/m/{merchant}/views/{view}")
def change_saved_view(view: str, visit: ForVisit) -> Response:
    """Change it, if it is as the page showed it."""
    found, form = _owned(visit, view), visit.form
    asked = list_said(form["list"]) if "list" in form else None
    try:
        name, is_shared = form.get("name", ""), "shared" in form
        parameters = None if asked is None else asked.parameters
        change = ViewChange(found.id, form_values.version(form), name, is_shared, parameters)
        said = {"name": name, "shared": is_shared, "asked": parameters, "version": change.version}
        command = visit.session.command("change_view", found.id, form_values.key(form), said)
        changed = change_view(visit.desk.store, command, change)
    except RefusedError as error:
        return _page(visit, _found(visit, view), asked, wrong(error, NAMES))
    return _to(visit, changed)


@router.post("/m/{merchant}/views/{view}/delete")
def delete_saved_view(view: str, visit: ForVisit) -> Response:
    """Delete it, if it is as the page showed it; the orders of it stay as they are."""
    target = RedirectResponse(f"{visit.home}/views?done=deleted", SEE_OTHER, dict(SIGNED_IN))
    try:
        found, form = _owned(visit, view), visit.form
    except RefusedError as error:
        if error.kind is RefusalKind.MISSING:
            return target  # It is gone, as it would be by a second click.
        raise
    try:
        version = form_values.version(form)
        said = {"version": version}
        command = visit.session.command("delete_view", found.id, form_values.key(form), said)
        delete_view(visit.desk.store, command, found.id, version)
    except RefusedError as error:
        return _page(visit, _found(visit, view), None, wrong(error, ()))
    return target


def _found(visit: Visit, view: str) -> SavedView:
    """A view that the user has; what others keep for themselves there is not."""
    if not view.isdecimal() or len(view) > LONGEST_ID:
        raise missing("saved view", view)
    found = visit.session.read(lambda tx: read_saved_view(tx, int(view)))
    if not found.shared and not may_change(visit, found):
        raise missing("saved view", view)
    return found


def _owned(visit: Visit, view: str) -> SavedView:
    found = _found(visit, view)
    if not may_change(visit, found):
        message = f"this view is {found.owner}'s; save the list under a name of your own"
        raise conflict("not_your_view", message)
    return found


def _page(visit: Visit, found: SavedView, asked: Asked | None, faults: Wrong = RIGHT) -> Response:
    """The page of a view; of a form that was refused, what was typed stands in it still."""
    tab, form = tab_of(visit, found), visit.form
    return shown(
        "saved_view.html",
        visit,
        faults.status,
        tab=tab,
        name=form.get("name", found.name),
        is_shared="shared" in form if "name" in form else found.shared,
        now=told(list_of(found.asked)) if tab.why is None else None,
        then=asked and told(asked),
        list=asked and asked.query,
        may=may_change(visit, found),
        wrong=faults,
        key=uuid4(),
    )


def _to(visit: Visit, view: SavedView) -> Response:
    address = tab_of(visit, view).address
    if address is None:
        raise invalid("unknown_list", "this view asks for what is not known any more", "list")
    return RedirectResponse(address, SEE_OTHER, dict(SIGNED_IN))
