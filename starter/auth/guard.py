"""Every route asks for a key before it reads anything else of the request."""

from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from fulfillment.brake import names_of
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.administration.keys import Caller
from starter.auth.permissions import FOR_ALL_MERCHANTS, GRANTS, ROUTES, Permission
from starter.json_body import JsonRequest
from starter.parts import parts_of
from starter.problems.errors import ForbiddenError, TooManyTriesError, UnauthenticatedError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """A route that needs the permission of its name; without one it can not even be made."""

    def __init__(self, *args: Any, **named: Any) -> None:
        """The description calls the operation by the same name."""
        named["generate_unique_id_function"] = lambda route: route.name
        super().__init__(*args, **named)

    def get_route_handler(self) -> Handler:
        """The handler, behind the check."""
        handle = super().get_route_handler()
        permission = ROUTES[self.name]
        known = frozenset(_parameters(self.dependant))

        async def guarded(request: Request) -> Response:
            caller = _remembered(request)
            if caller is None:
                caller = await run_in_threadpool(_caller, request)
            check(caller, permission)
            request.state.caller = caller
            check_names(request.query_params, known)
            return await handle(JsonRequest(request.scope, request.receive))

        return guarded


def check_again(request: Request) -> None:
    """Refuse what was let in, if its key was revoked since; for requests that last long."""
    if _caller(request) != request.state.caller:
        raise UnauthenticatedError("the key is another one's now", told=True)


def check_names(sent: Iterable[str], known: Collection[str]) -> None:
    """Refuse a parameter that a route does not have: a filter misspelt would find everything."""
    for name in sent:
        if name not in known:
            has = f"it takes {', '.join(sorted(known))}" if known else "it takes none"
            message = f"this has no parameter {name!r}; {has}"
            raise invalid("unknown_parameter", message, name)


def _parameters(part: Dependant) -> Iterator[str]:
    """The query's parameters that a route, or what it depends on, reads."""
    yield from (field.alias for field in part.query_params)
    for needed in part.dependencies:
        yield from _parameters(needed)


def _remembered(request: Request) -> Caller | None:
    """Whose key it is, where that is known without asking: no thread is needed for it."""
    return parts_of(request).keyring.remembered(_key(request))


def _key(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise UnauthenticatedError("send a key as `Authorization: Bearer pb_...`", told=False)
    return key.strip()


def _caller(request: Request) -> Caller:
    parts, key = parts_of(request), _key(request)
    names = names_of(request.client.host if request.client else None, key)
    seconds = parts.brake.seconds(names)
    if seconds and not parts.keyring.is_right(key):
        raise TooManyTriesError(seconds)
    caller = parts.keyring.caller(key)
    if caller is None:
        parts.brake.count(names)
        raise UnauthenticatedError("the key is unknown or was revoked", told=True)
    return caller


def check(caller: Caller, permission: Permission) -> None:
    """Refuse what the caller's role does not grant, or what its merchants do not cover."""
    if permission not in GRANTS[caller.role]:
        raise ForbiddenError("not_permitted", f"a key with role {caller.role} may not {permission}")
    if permission in FOR_ALL_MERCHANTS and caller.scope.merchants is not None:
        raise ForbiddenError("all_merchants_needed", "this needs a key for all merchants")
