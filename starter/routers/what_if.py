"""What would happen if, and doing it: several changes together."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from fastapi import APIRouter

from fulfillment.domain.insight.what_if import parse_all
from fulfillment.domain.insight.wishes import NEEDED, Wish
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.what_if import Copy, Seen, put_on_copy
from fulfillment.store.commands.what_if import apply_what_if as applied
from fulfillment.store.insight.what_if import read_what_if
from fulfillment.store.reading.views.what_if import WhatIfApplication, WhatIfView
from starter.auth.guard import GuardedRoute, check
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.auth.visibility import check_order
from starter.models.what_if import WhatIfApplyIn, WhatIfIn
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/what-if", tags=["what-if"], route_class=GuardedRoute)

Result = TypeVar("Result")


@router.post("", summary="Look at a what-if", responses=problems(404, 409))
def look_at_what_if(asked: WhatIfIn, session: ForMerchant) -> WhatIfView:
    """Who would gain and who would lose by several changes together. Nothing is done.

    Planned on a copy by the rules that decide, one part after the other; 2,000 lines of a queue
    are looked at, and it is told where that ended.
    """

    def look() -> tuple[Copy, WhatIfView]:
        wishes, places = parse_all(asked.parts), places_of(session.caller)
        return session.store.simulate(
            session.merchant, lambda tx: read_what_if(tx, wishes, places, asked.most)
        )

    copy, found = _of_parts(look)
    _check_places(session, copy)
    return found


@router.post("/apply", summary="Apply a what-if", responses=problems(404, 409))
def apply_what_if(
    asked: WhatIfApplyIn, session: ForMerchant, key: IdempotencyKey = None
) -> WhatIfApplication:
    """All parts in one step, or none: none, if it would not change now what the look told.

    Then the refusal says what has moved, and the fingerprint of now.
    """
    wishes = _of_parts(lambda: parse_all(asked.parts))
    for wish in wishes:
        check(session.caller, NEEDED[type(wish)])
    if places_of(session.caller) is not None:
        _check_places(session, _of_parts(lambda: _copy(session, wishes)))
    content = asked.model_dump(mode="json")
    command = session.command("apply_what_if", "what-if", key, content, asked.note)
    seen = Seen(asked.fingerprint, asked.applied_before)
    return _of_parts(lambda: applied(session.store, command, wishes, seen))


def _copy(session: Session, wishes: Sequence[Wish]) -> Copy:
    return session.store.simulate(session.merchant, lambda tx: put_on_copy(tx, wishes))


def _check_places(session: Session, copy: Copy) -> None:
    """Refuse a part that is about a place where the caller does not work."""
    for act in copy.acts:
        if act.order is not None:
            check_order(session, act.order)
        for place in act.places:
            check_location(session, place)


def _of_parts(body: Callable[[], Result]) -> Result:
    """A refusal of a link's part names the same part of the body."""
    try:
        return body()
    except RefusedError as error:
        fields = [
            {**one, "field": str(one["field"]).replace("if", "parts", 1)}
            if str(one.get("field", "")).startswith("if")
            else one
            for one in error.fields
        ]
        raise RefusedError(error.kind, error.code, str(error), fields) from error
