"""One action on many orders: done with one after the other, and what became of each."""

import time
from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from console import form_values
from console.actions import Action, readers_of
from console.entries import check
from console.headers import SIGNED_IN
from console.pages.together import not_done
from console.routing import SEE_OTHER, PageRoute, shown
from console.together import BY_NAME, key_in, known, seen, values_of
from console.visits import ForVisit, NotAllowedError, Visit
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders.together import Asking, ask_together, do_together
from fulfillment.store.reading.chosen_orders import read_chosen
from fulfillment.store.reading.together import read_asked, read_together
from fulfillment.store.reading.views.together import (
    AskedTogether,
    Outcome,
    SeenOrder,
    TogetherResult,
)

router = APIRouter(route_class=PageRoute)

SECONDS = 20.0
"""How long one click works: an answer that takes longer may be given up on the way."""


@router.post("/m/{merchant}/together/{key}")
def do_many(key: str, visit: ForVisit) -> Response:
    """Do it with each order, once for the key; asked again, go on with those not done yet."""
    if "go_on" in visit.form:
        asked = _asked_before(visit, key)
        action = known(asked.action)
    else:
        orders, action = seen(visit.form.get("orders", "")), known(visit.form.get("action", ""))
        try:
            asked = _asked_now(visit, orders, action)
        except RefusedError as error:
            visit.check(action.permission)
            return not_done(visit, orders, action, error)
    visit.check(action.permission)
    _check_places(visit, asked)
    asking = Asking(visit.of.id, visit.session.actor, key_in(key))
    if "go_on" not in visit.form:
        ask_together(visit.desk.store, asking, asked)
    end = time.monotonic() + SECONDS
    do_together(
        visit.desk.store,
        asking,
        lambda number: action.make(number, asked.values),
        lambda: time.monotonic() > end,
    )
    return RedirectResponse(f"{visit.home}/together/{key}", SEE_OTHER, dict(SIGNED_IN))


def _asked_before(visit: Visit, key: str) -> AskedTogether:
    return visit.session.read(lambda tx: read_asked(tx, key_in(key)))


def _asked_now(visit: Visit, orders: Sequence[SeenOrder], action: Action) -> AskedTogether:
    """What the form says; what no order could be told is refused before the first is done."""
    form, values = visit.form, values_of(action, visit.form)
    check(form, readers_of(action.fields) | {"note": form_values.note})
    action.make(orders[0].number, values)
    return AskedTogether(
        action=action.verb, values=values, orders=tuple(orders), note=form_values.note(form)
    )


def _check_places(visit: Visit, asked: AskedTogether) -> None:
    """Refuse all of it where one order has nothing to do with the user's locations."""
    places = visit.caller.scope.location_list
    if places is None:
        return
    numbers = [one.number for one in asked.orders]
    if len(visit.session.read(lambda tx: read_chosen(tx, numbers, places))) < len(numbers):
        message = f"You work at {', '.join(places)}, and not all of these orders have to do there."
        raise NotAllowedError(message)


@router.get("/m/{merchant}/together/{key}")
def together_result(key: str, visit: ForVisit) -> Response:
    """What became of each order so far; the same whenever it is opened."""
    places = visit.caller.scope.location_list
    found = visit.session.read(lambda tx: read_together(tx, key_in(key), places))
    action = BY_NAME.get(found.asked.action)
    counts = {outcome: _count(found, outcome) for outcome in Outcome}
    is_left = any(one.is_left for one in found.orders)
    return shown(
        "together_result.html",
        visit,
        key=key,
        found=found,
        title=action.title if action else found.asked.action,
        counts=counts,
        again=_again(visit, key, found.asked) if action and is_left else None,
        may=action is not None and visit.may(action.permission),
    )


def _count(found: TogetherResult, outcome: Outcome) -> int:
    return sum(one.outcome is outcome for one in found.orders)


def _again(visit: Visit, key: str, asked: AskedTogether) -> str:
    """Where those that were not done are looked at again."""
    told = {"again": key, "action": asked.action, "look": "1", **asked.values}
    return f"{visit.home}/together?{urlencode(told)}"
