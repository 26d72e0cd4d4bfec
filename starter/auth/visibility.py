"""What a key that is bound to locations may read of its merchant's orders and supply."""

from collections.abc import Callable, Sequence

from fulfillment.store.reading.places import is_order_at, is_purchase_order_at
from fulfillment.store.transactions.session import Tx
from starter.auth.places import check_found, places_of
from starter.auth.session import Session

IsAt = Callable[[Tx, str, Sequence[str]], bool]


def check_order(session: Session, number: str) -> None:
    """Refuse an order that has nothing to do with the caller's locations."""
    _check(session, number, is_order_at)


def check_purchase_order(session: Session, number: str) -> None:
    """Refuse a purchase order that brings nothing to the caller's locations."""
    _check(session, number, is_purchase_order_at)


def _check(session: Session, number: str, is_at: IsAt) -> None:
    places = places_of(session.caller)
    if places is not None:
        is_there = session.read(lambda tx: is_at(tx, number, places))
        check_found(session.caller, is_there=is_there)
