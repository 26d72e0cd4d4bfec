"""Every error becomes a problem document; none tells internals or customer data."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.sealing import NoSecretKeyError, SealingError
from fulfillment.store.transactions.held import HeldError, is_held
from fulfillment.store.transactions.turns import BusyError
from starter.json_body import KeyTwiceError
from starter.problems.documents import Told, answer, told_of_refusal
from starter.problems.errors import (
    BodyTooLargeError,
    ForbiddenError,
    TooManyTriesError,
    UnauthenticatedError,
)
from starter.problems.pages import page_for
from starter.problems.validation import is_no_object, is_unreadable, path, told_of_errors

RETRY_AFTER_SECONDS = "5"

UNKNOWN_TABLES = {"42P01", "42703"}
"""A table, or a column of one, that is not there."""

STATEMENT_TOO_LONG = "57014"

NOT_MIGRATED = Told(503, "database_not_migrated", "the database lacks tables of this version")

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")

HTTP_CODES = {
    400: ("malformed_body", "the body could not be read"),
    404: ("unknown_path", "there is nothing at this path"),
    405: ("method_not_allowed", "the method is not allowed at this path"),
    408: ("body_too_slow", "the body did not come in within the time that it may take"),
    413: ("body_too_large", "the body is larger than what is read"),
}

Handler = Callable[[Request, Exception], Awaitable[Response]]


async def refused(_: Request, error: Exception) -> Response:
    """A broken rule of the trade."""
    assert isinstance(error, RefusedError)  # noqa: S101 -- tells mypy what FastAPI guarantees
    return answer(told_of_refusal(error))


async def invalid(request: Request, error: Exception) -> Response:
    """A request that does not have the shape it should have."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- as above
    errors = error.errors()
    if is_unreadable(errors):
        return answer(Told(400, "malformed_json", "the body is not well-formed JSON"))
    if is_no_object(errors) and "json" not in request.headers.get("content-type", ""):
        return answer(Told(415, "not_json", "the body is not declared as JSON"))
    told = told_of_errors(errors)
    return page_for(request.scope, told) or answer(told)


async def http(request: Request, error: Exception) -> Response:
    """What the framework refuses: an unknown path, a wrong method, an unreadable body."""
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    known = ("refused", "the request was refused")
    code, detail = HTTP_CODES.get(error.status_code, known)
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = ", ".join(_allowed(request))
    told = Told(error.status_code, code, detail)
    return page_for(request.scope, told) or answer(told, headers)


def _allowed(request: Request) -> list[str]:
    """Every method of the path: the framework names those of the first route that it found."""
    scopes = ({**request.scope, "method": method} for method in METHODS)
    found = [
        str(scope["method"])
        for scope in scopes
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    ]
    return sorted({*found, "HEAD"}) if "GET" in found else found


async def key_twice(_: Request, error: Exception) -> Response:
    """A body in which one object names a key twice."""
    assert isinstance(error, KeyTwiceError)  # noqa: S101 -- as above
    field = path(error.location)
    message = f"{field} stands twice in one object; send it once"
    told = {"field": field, "code": "key_twice", "message": message}
    return answer(Told(422, "key_twice", message, [told]))


async def unauthenticated(_: Request, error: Exception) -> Response:
    """No key, or none that opens anything."""
    assert isinstance(error, UnauthenticatedError)  # noqa: S101 -- as above
    challenge = 'Bearer realm="pegboard"' + (', error="invalid_token"' if error.told else "")
    return answer(Told(401, error.code, str(error)), {"WWW-Authenticate": challenge})


async def too_many_tries(_: Request, error: Exception) -> Response:
    """One wrong key after the other."""
    assert isinstance(error, TooManyTriesError)  # noqa: S101 -- as above
    told = Told(429, error.code, str(error))
    return answer(told, {"Retry-After": str(error.seconds)})


async def forbidden(_: Request, error: Exception) -> Response:
    """A key that may not do this."""
    assert isinstance(error, ForbiddenError)  # noqa: S101 -- as above
    return answer(Told(403, error.code, str(error)))


async def too_large(_: Request, error: Exception) -> Response:
    """A body beyond the limit."""
    assert isinstance(error, BodyTooLargeError)  # noqa: S101 -- as above
    return answer(Told(413, error.code, str(error)))


async def unavailable(_: Request, error: Exception) -> Response:
    """The database is away, has no room for one more, or took too long."""
    return _later(told_of_database(error))


def told_of_trouble(error: Exception) -> Told | None:
    """What is told while the database is away, held or busy; None for any other error."""
    if isinstance(error, HeldError):
        return told_of_held(error)
    if isinstance(error, BusyError):
        return Told(503, "database_busy", str(error))
    if isinstance(error, ProgrammingError):
        return NOT_MIGRATED if _sqlstate(error) in UNKNOWN_TABLES else None
    return told_of_database(error) if isinstance(error, NOT_NOW) else None


def told_of_database(error: Exception) -> Told:
    """Why the database did not answer."""
    if is_held(error):
        return told_of_held(HeldError("row", ()))
    if isinstance(error, PoolTimeoutError):
        message = "every connection to the database is in use right now"
        return Told(503, "database_busy", message)
    if _sqlstate(error) == STATEMENT_TOO_LONG:
        message = "the database took too long for this; nothing was done"
        return Told(503, "database_too_slow", message)
    return Told(503, "database_unavailable", "the database does not answer right now")


async def not_migrated(_: Request, error: Exception) -> Response:
    """The tables are not those of this version; any other statement that is wrong is our fault."""
    if _sqlstate(error) not in UNKNOWN_TABLES:
        raise error
    return _later(NOT_MIGRATED)


def _sqlstate(error: Exception) -> str | None:
    found: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return found


async def held(_: Request, error: Exception) -> Response:
    """Somebody else holds a queue, an order or something else for longer than one waits."""
    assert isinstance(error, HeldError)  # noqa: S101 -- as above
    return _later(told_of_held(error))


async def busy(_: Request, error: Exception) -> Response:
    """One merchant has as much under way as may be at once."""
    assert isinstance(error, BusyError)  # noqa: S101 -- as above
    return _later(Told(503, "database_busy", str(error)))


def told_of_held(error: HeldError) -> Told:
    """What somebody else holds for longer than one waits."""
    errors = [{"held": error.kind, "name": name} for name in error.names]
    return Told(503, "locked", str(error), errors)


def _later(told: Told) -> Response:
    return answer(told, {"Retry-After": RETRY_AFTER_SECONDS})


async def not_sealed(_: Request, error: Exception) -> Response:
    """A secret is needed, and this process has not its key: an operator has to set it."""
    code = "no_secret_key" if isinstance(error, NoSecretKeyError) else "secret_not_opened"
    return answer(Told(503, code, str(error)))


async def out_of_range(request: Request, _: Exception) -> Response:
    """A value that passed every check, and which the database still can not hold."""
    told = Told(422, "out_of_range", "a value is out of the range that can be stored")
    return page_for(request.scope, told) or answer(told)


NOT_NOW: tuple[type[Exception], ...] = (
    HeldError,
    BusyError,
    OperationalError,
    InterfaceError,
    PoolTimeoutError,
)
"""What is raised while the database is away, held or busy: it may be asked again later."""

HANDLERS: dict[type[Exception], Handler] = {
    RefusedError: refused,
    RequestValidationError: invalid,
    HTTPException: http,
    KeyTwiceError: key_twice,
    UnauthenticatedError: unauthenticated,
    TooManyTriesError: too_many_tries,
    ForbiddenError: forbidden,
    BodyTooLargeError: too_large,
    HeldError: held,
    BusyError: busy,
    SealingError: not_sealed,
    OperationalError: unavailable,
    InterfaceError: unavailable,
    ProgrammingError: not_migrated,
    PoolTimeoutError: unavailable,
    DataError: out_of_range,
}


def install(app: FastAPI) -> None:
    """Have the app answer with problem documents."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
