"""What of the feed a caller may see: one function that all who tell events ask."""

from collections.abc import Collection

from fulfillment.domain.insight.event_permissions import needed, told_to
from fulfillment.domain.insight.public_events import EventType
from fulfillment.store.feed.reading import Scope
from starter.auth.floor import merchants_of
from starter.auth.permissions import GRANTS
from starter.auth.places import places_of
from starter.auth.session import Session
from starter.problems.errors import ForbiddenError


def scope_of(session: Session, asked: Collection[EventType] | None) -> Scope:
    """The types, merchants and locations that the caller may see.

    A type that the role may not see is refused where it is named, and left out where it is not.
    """
    granted = GRANTS[session.caller.role]
    for each in asked or ():
        if needed(each) not in granted:
            message = f"a key with role {session.caller.role} may not {needed(each)}"
            raise ForbiddenError("not_permitted", message)
    types = asked or told_to(session.caller.role)
    return Scope(tuple(types), merchants_of(session), places_of(session.caller))
