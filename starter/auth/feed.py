"""What of the feed a caller may see: one function that all who tell events ask."""

from collections.abc import Collection, Mapping

from fulfillment.domain.insight.public_events import EventType
from fulfillment.store.feed.reading import Scope
from starter.auth.floor import merchants_of
from starter.auth.permissions import GRANTS, Permission
from starter.auth.places import places_of
from starter.auth.session import Session
from starter.problems.errors import ForbiddenError

NEEDED: Mapping[str, Permission] = {
    "order": Permission.READ_ORDERS,
    "promise": Permission.READ_ORDERS,
    "shipment": Permission.READ_ORDERS,
    "supply": Permission.READ_PURCHASE_ORDERS,
    "stock": Permission.READ_STOCK,
}
"""Who may read what a type of event is of may be told of it."""


def scope_of(session: Session, asked: Collection[EventType] | None) -> Scope:
    """The types, merchants and locations that the caller may see.

    A type that the role may not see is refused where it is named, and left out where it is not.
    """
    granted = GRANTS[session.caller.role]
    for each in asked or ():
        if needed(each) not in granted:
            message = f"a key with role {session.caller.role} may not {needed(each)}"
            raise ForbiddenError("not_permitted", message)
    types = asked or [each for each in EventType if needed(each) in granted]
    return Scope(tuple(types), merchants_of(session), places_of(session.caller))


def needed(type_: EventType) -> Permission:
    """What a caller has to be allowed to be told of this type."""
    return NEEDED[type_.partition(".")[0]]
