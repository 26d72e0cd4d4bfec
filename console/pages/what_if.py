"""A what-if: its address is all that it is made of; it is looked at, sent on, and applied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse

from console import form_values, what_ifs, wishes
from console.headers import SIGNED_IN
from console.pages.sku import sku_path
from console.routing import SEE_OTHER, STATUSES, PageRoute, sentence, shown
from console.visits import ForVisit, NotAllowedError, Visit
from console.what_ifs import Begun, Shown, ShownApplication
from fulfillment.domain.insight.what_if import LONGEST, MOST_WISHES, parse_all
from fulfillment.domain.insight.wishes import NEEDED, Wish
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.commands.what_if import (
    Act,
    Copy,
    Outset,
    Seen,
    apply_what_if,
    put_on_copy,
    put_on_copy_at_once,
    read_applications,
    read_facts,
)
from fulfillment.store.commands.what_if.applying import MOVED
from fulfillment.store.reading.places import orders_at
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

router = APIRouter(route_class=PageRoute)

KEY_LETTERS = 36
AGAIN = "again"
"""In the address of what was applied, where somebody wants to try it once more."""

ALREADY = "applied_already"
MOST = "1000"
MOST_SHOWN = 2_000
LONGEST_LINES = 40_000


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says: what a look found, what was refused, and what has moved since.

    What was applied is only told of, unless it is asked again. Where a look has `begun` and takes
    longer than the page waits, what it finds comes behind the page.
    """

    found: Shown | None = None
    begun: Begun | None = None
    applied: Sequence[ShownApplication] = ()
    refusal: str | None = None
    gone: Sequence[str] = ()
    come: Sequence[str] = ()
    is_stale: bool = False
    status: int = 200


@router.get("/m/{merchant}/what-if")
def what_if(request: Request, visit: ForVisit) -> Response:
    """Who would gain and who would lose; a form that adds a part leads to the longer address."""
    texts = _texts(request.query_params)
    if "add" in request.query_params:
        try:
            text = wishes.added(request.query_params["add"], request.query_params)
        except RefusedError as error:
            refused = Told(refusal=sentence(error), status=STATUSES[error.kind])
            return _page(request, visit, texts, refused)
        target = what_ifs.address(_path(visit), [*texts, text])
        return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))
    return _page(request, visit, texts, _told(request, visit, texts))


@router.post("/m/{merchant}/what-if")
def do_what_if(request: Request, visit: ForVisit) -> Response:
    """Apply it, once for the key of the form, if it is what the page showed.

    If it is not, the page says what has moved, and has the button again.
    """
    texts = _texts(request.query_params)
    try:
        asked = parse_all(texts)
        for wish in asked:
            visit.check(NEEDED[type(wish)])
        _apply(visit, texts, asked)
    except RefusedError as error:
        return _page(request, visit, texts, _not_done(request, visit, texts, error))
    target = what_ifs.address(_path(visit), texts, done="1")
    return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))


def _path(visit: Visit) -> str:
    return f"{visit.home}/what-if"


def _texts(parameters: QueryParams) -> list[str]:
    return [text.strip() for text in parameters.getlist("if") if text.strip()][: MOST_WISHES + 1]


def _told(request: Request, visit: Visit, texts: Sequence[str]) -> Told:
    """What the page shows now."""
    if not texts:
        return Told()
    try:
        known = _applied(visit, texts)
        if known and AGAIN not in request.query_params:
            return Told(applied=known)
        at_most = None if what_ifs.WHOLE in request.query_params else what_ifs.AT_ONCE
        return replace(_look(request, visit, texts, at_most), applied=known)
    except RefusedError as error:
        return Told(refusal=sentence(error), status=STATUSES[error.kind])


def _applied(visit: Visit, texts: Sequence[str]) -> list[ShownApplication]:
    """Each time that it was applied, the last first, with what it is about as that is now."""
    asked, places = parse_all(texts), visit.caller.scope.location_list

    def body(tx: Tx) -> list[ShownApplication]:
        known = read_applications(tx, asked)
        return what_ifs.applications_of(known, read_facts(tx, asked) if known else ())

    found = visit.desk.store.simulate(visit.of.id, body)
    # What it was about may be elsewhere than where the user works.
    return found if places is None else [replace(one, facts=()) for one in found]


def _look(request: Request, visit: Visit, texts: Sequence[str], at_most: int | None = None) -> Told:
    """Try it on one moment's picture; of orders elsewhere a user only learns how many they are.

    Where more orders than `at_most` would be planned, it is only begun.
    """
    asked, places = parse_all(texts), visit.caller.scope.location_list

    def body(tx: Tx) -> tuple[Copy | Outset, frozenset[str] | None]:
        copy = put_on_copy_at_once(tx, asked, at_most)
        numbers = [] if isinstance(copy, Outset) else [one.order for one in copy.impacts]
        return copy, None if places is None else orders_at(tx, numbers, places)

    copy, seen = visit.desk.store.simulate(visit.of.id, body)
    for act in copy.acts:
        _check_place(visit, act)
    if isinstance(copy, Outset):
        begun = what_ifs.begun_of(copy, asked, texts, _path(visit), is_all=seen is None)
        return Told(begun=begun)
    most = MOST_SHOWN if "all" in request.query_params else what_ifs.MOST_ROWS
    return Told(what_ifs.shown_of(copy, texts, _path(visit), seen, most))


def _check_place(visit: Visit, act: Act) -> None:
    """Refuse a part that is about a place where the user does not work."""
    if act.order is not None:
        visit.check_order(act.order)
    if not all(visit.session.sees([place]) for place in act.places):
        message = "You work elsewhere than where a part of this is to be done."
        raise NotAllowedError(message)


def _apply(visit: Visit, texts: Sequence[str], asked: Sequence[Wish]) -> None:
    form, note = visit.form, form_values.note(visit.form)
    key, seen = form.get("key", ""), form.get("seen", "")
    if not asked:
        raise invalid("empty_what_if", "there is nothing to apply; add a part first", "if")
    if not 0 < len(key) <= KEY_LETTERS or not seen:
        raise invalid("bad_form", "open the page anew: its form is not whole", "key")
    content = {"if": list(texts)}
    command = visit.session.command("apply_what_if", "what-if", key, content, note)
    places = visit.caller.scope.location_list
    if places is not None:
        _check_places(visit, asked)
    apply_what_if(visit.desk.store, command, asked, Seen(seen, _times(form)))


def _times(form: Mapping[str, str]) -> int:
    """How often it was applied before, as the page said."""
    text = form.get("times", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < len(MOST) else 0


def _check_places(visit: Visit, asked: Sequence[Wish]) -> None:
    copy = visit.desk.store.simulate(visit.of.id, lambda tx: put_on_copy(tx, asked))
    for act in copy.acts:
        _check_place(visit, act)


def _not_done(request: Request, visit: Visit, texts: Sequence[str], error: RefusedError) -> Told:
    """Why it was not done; if the world has moved, what is otherwise now."""
    if error.code == ALREADY:
        return Told(applied=_applied(visit, texts), refusal=sentence(error), status=409)
    if error.code != MOVED:
        return Told(refusal=sentence(error), status=STATUSES[error.kind])
    before = visit.form.get("lines", "")[:LONGEST_LINES].split("\n")
    try:
        now = _look(request, visit, texts)
    except RefusedError as refused:
        return Told(refusal=sentence(refused), is_stale=True, status=409)
    lines = now.found.lines if now.found else []
    gone, come = what_ifs.moved([one.strip() for one in before if one.strip()], lines)
    known = _applied(visit, texts)
    return replace(now, applied=known, gone=gone, come=come, is_stale=True, status=409)


def _page(request: Request, visit: Visit, texts: Sequence[str], told: Told) -> Response:
    parameters, path = request.query_params, _path(visit)
    places = visit.session.read(lambda tx: [*load_locations(tx)])
    return shown(
        "what_if.html",
        visit,
        told.status,
        path=path,
        texts=texts,
        told=told,
        picture=lambda sku: what_ifs.address(sku_path(visit, sku), texts),
        here=what_ifs.address(path, texts),
        rest=what_ifs.whole(request),
        whole=what_ifs.address(path, texts, all="1"),
        drops=[(text[:LONGEST], what_ifs.address(path, [*texts[:at], *texts[at + 1 :]]))
               for at, text in enumerate(texts)],
        not_yours=_not_yours(visit, texts) if told.found else [],
        kinds=wishes.KINDS,
        adding=parameters.get("add"),
        values=parameters,
        places=sorted(places),
        done="done" in parameters,
        again=what_ifs.address(path, texts, **{AGAIN: "1"}),
        key=uuid4(),
        note=visit.form.get("note", ""),
    )  # fmt: skip


def _not_yours(visit: Visit, texts: Sequence[str]) -> list[tuple[str, str]]:
    """The parts that the user may not do, and what is missing for each."""
    needed = [
        (text, NEEDED[type(wish)]) for text, wish in zip(texts, parse_all(texts), strict=True)
    ]
    return [(text, f"a user with the role {visit.caller.role} may not {permission}")
            for text, permission in needed if not visit.may(permission)]  # fmt: skip
