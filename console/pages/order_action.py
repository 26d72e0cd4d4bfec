"""An action of an order: its form, what it would change, and the button; then it is done, once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import form_values
from console.actions import BY_NAME, SUPPLY_KINDS, Action, Field, readers_of
from console.entries import RIGHT, Values, Wrong, check, wrong
from console.headers import SIGNED_IN
from console.impacts import Touched, touched
from console.pages.order import order_path
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit, OrderNumber, Visit
from fulfillment.domain.insight.impact import Impact
from fulfillment.domain.model.refusals import RefusedError, missing
from fulfillment.store.insight.order_page import read_history, read_order
from fulfillment.store.planning.change import Change, change_order, of_version, preview_change
from fulfillment.store.reading.orders import OrderVersion, read_version
from fulfillment.store.reading.views.orders import EventView, OrderView
from fulfillment.store.records.loading import load_locations

router = APIRouter(route_class=PageRoute)

MOST_SINCE = 20
LONGEST_COUNT = 18
CHANGED = "order_changed"
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Looked:
    """An order as it was when the page was made, and where it may be shipped from."""

    order: OrderView
    version: OrderVersion
    locations: Sequence[str]


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says beside its form: of a preview, of a refusal, of what others did."""

    preview: Sequence[Touched] | None = None
    wrong: Wrong = RIGHT
    since: Sequence[EventView] = ()
    is_stale: bool = False

    @property
    def status(self) -> int:
        """Of the answer."""
        return CONFLICT if self.is_stale else self.wrong.status


@router.get("/m/{merchant}/orders/{number}/{action}")
def order_action(request: Request, number: OrderNumber, action: str, visit: ForVisit) -> Response:
    """The form; once it is filled in, what it would make of every order that it touches."""
    wanted = _known(action)
    _check(visit, wanted, number)
    values = _values(wanted, request.query_params)
    looked = _look(visit, number)
    if "look" not in request.query_params and wanted.fields:
        return _page(visit, wanted, looked, values, Told())
    told = Told(*_previewed(visit, wanted, number, values))
    if "seen" in request.query_params:
        # Who goes back after it was done is about to do it once more.
        told = replace(told, since=_since(visit, number, request.query_params))
    return _page(visit, wanted, looked, values, told)


@router.post("/m/{merchant}/orders/{number}/{action}")
def do_order_action(number: OrderNumber, action: str, visit: ForVisit) -> Response:
    """Do it, once for the key of the form, if the order is as the page showed it.

    If it is not, the page says what changed since, and has the button again.
    """
    wanted = _known(action)
    _check(visit, wanted, number)
    values = _values(wanted, visit.form)
    try:
        check(visit.form, readers_of(wanted.fields) | {"note": form_values.note})
        _do(visit, wanted, wanted.make(number, values), values)
    except RefusedError as error:
        return _not_done(visit, wanted, number, error)
    target = f"{order_path(visit, number)}?done={wanted.name}"
    return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))


def _known(action: str) -> Action:
    if action not in BY_NAME:
        raise missing("action", action)
    return BY_NAME[action]


def _check(visit: Visit, action: Action, number: str) -> None:
    visit.check(action.permission)
    visit.check_order(number)


def _values(action: Action, sent: Values) -> dict[str, str]:
    return {field.name: sent.get(field.name, "").strip() for field in action.fields}


def _look(visit: Visit, number: str) -> Looked:
    return visit.session.read(
        lambda tx: Looked(read_order(tx, number), read_version(tx, number), [*load_locations(tx)])
    )


def _previewed(
    visit: Visit, action: Action, number: str, values: Values
) -> tuple[list[Touched] | None, Wrong]:
    """What it would make of every order that it touches, or what is wrong with the form."""
    try:
        check(values, readers_of(action.fields))
        change = action.make(number, values)
        impacts: list[Impact] = preview_change(visit.desk.store, visit.of.id, change)
    except RefusedError as error:
        return None, wrong(error, values)
    return touched(number, impacts), RIGHT


def _do(visit: Visit, action: Action, change: Change, values: Values) -> None:
    form, reason = visit.form, form_values.note(visit.form)
    key, version = form_values.key(form), form_values.version(form)
    said = {name: value for name, value in values.items() if value}
    command = visit.session.command(action.verb, change.number, key, said, reason)
    change_order(visit.desk.store, command, of_version(change, version))


def _not_done(visit: Visit, action: Action, number: str, error: RefusedError) -> Response:
    """The form again, with what was said in it, and why it was not done."""
    values, looked = _values(action, visit.form), _look(visit, number)
    preview, now = _previewed(visit, action, number, values)
    if error.code == CHANGED:
        told = Told(preview, now, _since(visit, number, visit.form), is_stale=True)
    else:
        told = Told(preview, wrong(error, [*values, "note"]))
    return _page(visit, action, looked, values, told)


def _since(visit: Visit, number: str, sent: Values) -> list[EventView]:
    """What happened after the page was made that sent this, the first things of it."""
    seen = sent.get("seen", "")
    after = int(seen) if seen.isdecimal() and len(seen) < LONGEST_COUNT else 0
    return visit.session.read(lambda tx: read_history(tx, number, MOST_SINCE, after))


def _page(visit: Visit, action: Action, looked: Looked, values: Values, told: Told) -> Response:
    found = looked.order
    why = next((one.why for one in found.actions.refused if one.action == action.name), None)
    return shown(
        "order_action.html",
        visit,
        told.status,
        change=action,
        order=found,
        path=order_path(visit, found.number),
        values=values,
        options={field.name: _options(field, looked) for field in action.fields},
        labels={field.name: field.label for field in action.fields},
        told=told,
        not_possible=why,
        held=_held(visit, looked.version),
        newest=looked.version.happenings,
        note=visit.form.get("note", ""),
        note_for="history",
        needs_note=False,
    )


def _held(visit: Visit, version: OrderVersion) -> dict[str, object]:
    """What the button sends along: whose form it is, its key, and which order it was made for."""
    return {
        "token": visit.token,
        "key": uuid4(),
        "version": version.version,
        "seen": version.happenings,
    }


def _options(field: Field, looked: Looked) -> list[tuple[str, str]] | None:
    """What can be chosen, each with its words; None where it is typed."""
    order = looked.order
    lines = [(str(one.line), f"{one.line}: {one.sku}") for one in order.lines]
    return {
        "line": lines,
        "every_line": [("", "Every line"), *lines],
        "location": [("", "None: from anywhere"), *((at, at) for at in sorted(looked.locations))],
        "hold": [("", "Every hold"), *((one, one) for one in order.holds)],
        "supply": [(one, one.replace("_", " ")) for one in SUPPLY_KINDS],
    }.get(field.kind)
