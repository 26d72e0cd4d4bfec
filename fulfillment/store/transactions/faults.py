"""Whose fault a failed transaction is: that of the way to the database, or of what was asked."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from fulfillment.store.transactions.held import HeldError
from fulfillment.store.transactions.session import LocksTooSmallError

OF_WHAT_WAS_ASKED = frozenset({"40001", "40P01", "55P03", "57014"})
"""SQLSTATEs: serialization failure, deadlock, lock not available, statement cancelled. These come
as operational errors too, but less asked at once may well be done."""


def is_infrastructure(error: BaseException) -> bool:
    """Whether the same would fail for everybody: no connection, a server that stops, no room."""
    if isinstance(error, OperationalError):
        return getattr(error.orig, "sqlstate", None) not in OF_WHAT_WAS_ASKED
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, (InterfaceError, NoConnectionError, OSError))


def is_contention(error: BaseException) -> bool:
    """Whether others were in the way: the same may well be done a moment later."""
    if isinstance(error, OperationalError):
        return getattr(error.orig, "sqlstate", None) in OF_WHAT_WAS_ASKED
    return isinstance(error, (HeldError, LocksTooSmallError))
