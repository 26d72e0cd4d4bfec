"""Where a caller may work: a key that is bound to locations sees and does nothing elsewhere."""

from collections.abc import Collection

from fulfillment.store.commands.administration.keys import Caller
from starter.auth.session import Session
from starter.problems.errors import ForbiddenError


def check_location(session: Session, location: str | None) -> None:
    """Refuse what is at another location; what is nowhere yet is at no location of a bound key."""
    check_one_of(session, (location,))


def check_one_of(session: Session, locations: Collection[str | None]) -> None:
    """Refuse what touches none of the caller's locations, such as a transfer between others."""
    check_found(session.caller, is_there=session.sees(locations))


def check_found(caller: Caller, *, is_there: bool) -> None:
    """Refuse what was looked up and found to touch none of the caller's locations."""
    if not is_there:
        raise ForbiddenError("other_location", _message(caller))


def _message(caller: Caller) -> str:
    places = ", ".join(sorted(caller.scope.locations or ()))
    return f"the key is bound to {places}, and this is not there"


def places_of(caller: Caller) -> list[str] | None:
    """The locations that a list is narrowed to; None for a caller who works at all of them."""
    return caller.scope.location_list
