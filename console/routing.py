"""Every page asks who is there before it reads anything else."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse

from console.cookies import is_from_here, is_token_of, user_of
from console.desk import desk_of
from console.headers import SIGNED_IN
from console.kept import Kept, address_of, is_path, kept_of, read_kept
from console.parameters import check_parameters
from console.permissions import PAGES, PUBLIC_PAGES
from console.rendering import page
from console.visits import (
    NotAllowedError,
    NotSignedInError,
    OtherSessionError,
    Visit,
    visit_of,
)
from console.ways_back import DESK, Way, ways_back
from console.words import written_for
from fulfillment.domain.model.refusals import RefusalKind, RefusedError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

MOST_FIELDS = 100
SEE_OTHER = 303
UNAVAILABLE = 503
RETRY_AFTER = "5"
"""Seconds."""

STATUSES: Mapping[RefusalKind, int] = {
    RefusalKind.INVALID: 422,
    RefusalKind.CONFLICT: 409,
    RefusalKind.MISSING: 404,
    RefusalKind.GONE: 410,
}


class PageRoute(APIRoute):
    """A page for who is signed in and may have it; one without a permission can not be made."""

    def __init__(self, *args: Any, **named: Any) -> None:
        """Pages are no operations of the API."""
        named |= {"include_in_schema": False, "response_class": HTMLResponse}
        super().__init__(*args, **named)

    def get_route_handler(self) -> Handler:
        """The handler, behind the check."""
        handle = super().get_route_handler()
        if self.name in PUBLIC_PAGES:
            return _open(handle)
        permission = PAGES[self.name]

        async def guarded(request: Request) -> Response:
            visit: Visit | None = None
            form: dict[str, str] = {}
            try:
                form = await form_of(request)
                visit = await run_in_threadpool(visit_of, request, form)
                if request.method == "POST":
                    check_form(request, visit)
                if permission is not None:
                    visit.check(permission)
                check_parameters(self.name, request.query_params)
                request.state.visit = visit
                with written_for(request.headers.get("accept-language", "")):
                    return await handle(request)
            except Exception as error:
                return _instead(request, form, visit, error)

        return guarded


def _open(handle: Handler) -> Handler:
    async def let_in(request: Request) -> Response:
        request.state.form = await form_of(request)
        try:
            return await handle(request)
        except Exception as error:
            return _in_trouble(request, request.state.form, None, error)

    return let_in


async def form_of(request: Request) -> dict[str, str]:
    """What a form sent, by name; of several of one name the last, and no files."""
    if request.method != "POST":
        return {}
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as sent:
        return {name: value for name, value in sent.items() if isinstance(value, str)}


def check_form(request: Request, visit: Visit) -> None:
    """Refuse what no form of this session sent.

    A form that the same user opened before he signed in anew is another matter: he may send it.
    """
    token = visit.form.get("token", "")
    if is_from_here(request):
        if is_token_of(token, visit.secret):
            return
        if user_of(token) == visit.user:
            raise OtherSessionError
        if user_of(token):
            raise NotAllowedError(
                f"This form was {user_of(token)}'s, and you are signed in as {visit.user}."
                " Nothing of it was done."
            )
    message = "The form was not sent from a page of yours. Open the page anew and try again."
    raise NotAllowedError(message)


def shown(template: str, visit: Visit, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of the desk, with what its frame needs."""
    response = page(template, status, visit=visit, **values)
    response.headers.update(SIGNED_IN)
    return response


def refused(visit: Visit | None, error: RefusedError, ways: Sequence[Way] = DESK) -> Response:
    """A refusal as a page, with its reason."""
    status = STATUSES[error.kind]
    title = "There is no such thing" if status == STATUSES[RefusalKind.MISSING] else "Not possible"
    return refusal(visit, (status, title), sentence(error), ways)


def refusal(
    visit: Visit | None, head: tuple[int, str], message: str, ways: Sequence[Way] = DESK
) -> Response:
    """A page that says no, and why, and leads back; its `head` is a status and a title."""
    status, title = head
    if visit is None:
        return page("plain_refusal.html", status, heading=title, message=message)
    return shown("refusal.html", visit, status, heading=title, message=message, ways=ways)


def sentence(error: RefusedError) -> str:
    """A refusal's words as a sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _instead(
    request: Request, form: Mapping[str, str], visit: Visit | None, error: Exception
) -> Response:
    """What is answered in place of a page; an error that nobody foresaw is raised on."""
    if isinstance(error, NotSignedInError):
        return _to_sign_in(request, form)
    if isinstance(error, OtherSessionError) and visit is not None:
        return _again(request, form, visit)
    if isinstance(error, NotAllowedError):
        if visit is not None and _begins_elsewhere(request, visit):
            return RedirectResponse(visit.start, SEE_OTHER, dict(SIGNED_IN))
        head = (403, "This is not yours to do")
        return refusal(visit, head, str(error), ways_back(request, visit))
    if isinstance(error, RefusedError):
        return refused(visit, error, ways_back(request, visit))
    return _in_trouble(request, form, visit, error)


def _begins_elsewhere(request: Request, visit: Visit) -> bool:
    """Whether the merchant's first page was asked for by somebody whose work begins at another."""
    is_first = visit.merchant is not None and request.url.path == visit.home
    return is_first and visit.start != visit.home


def _again(request: Request, form: Mapping[str, str], visit: Visit) -> Response:
    """A form of the session before: it is kept, and sent by this one's button."""
    kept = kept_of(request, form)
    if kept is None:
        return RedirectResponse("/", SEE_OTHER, dict(SIGNED_IN))
    return kept_page(kept, visit.token, 409)


def kept_page(kept: Kept, token: str, status: int = 200) -> HTMLResponse:
    """A form with all that was typed, and a button of this session that sends it again."""
    heading = "Nothing was done yet"
    message = (
        "You were signed out before this form was sent. What you typed is kept: send it again."
    )
    response = page("kept.html", status, heading=heading, message=message, kept=kept, token=token)
    response.headers.update(SIGNED_IN)
    return response


def _in_trouble(
    request: Request, form: Mapping[str, str], visit: Visit | None, error: Exception
) -> Response:
    """A page that says so while the database does not answer; any other error is raised on.

    What a form said is kept in it, to be sent again as it was.
    """
    said = desk_of(request).trouble(error)
    if said is None:
        raise error
    if carried := read_kept(form.get("kept", "")):
        return sign_in_page("/", UNAVAILABLE, said, carried.user, carried)
    is_form = request.method == "POST"
    again = "" if is_form else address_of(request)
    values = {"said": said, "again": again, "is_form": is_form, "kept": kept_of(request, form)}
    if visit is None:
        response: Response = page("plain_trouble.html", UNAVAILABLE, **values)
    else:
        response = shown("trouble.html", visit, UNAVAILABLE, **values)
    response.headers.update(SIGNED_IN)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _to_sign_in(request: Request, form: Mapping[str, str]) -> Response:
    """To the page for it, and from there back to what was asked for, or to what was typed."""
    if kept := kept_of(request, form):
        return sign_in_page("/", 401, SIGNED_OUT, kept.user, kept)
    target, asked = "/sign-in", address_of(request)
    if request.method == "GET" and is_path(asked):
        target = f"/sign-in?{urlencode({'next': asked})}"
    return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))


SIGNED_OUT = (
    "You are not signed in any more, and nothing was done. Sign in to go on: what you typed is kept"
    " in this page."
)


def sign_in_page(
    target: str, status: int, message: str, name: str, kept: Kept | None = None
) -> HTMLResponse:
    """The form to sign in with; after it one goes to the target, or to what was kept."""
    response = page(
        "sign_in.html",
        status,
        target=target,
        message=message,
        name=name,
        kept=kept.written() if kept else "",
    )
    response.headers.update(SIGNED_IN)
    return response
