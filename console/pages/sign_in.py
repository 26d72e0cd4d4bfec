"""Signing in and out."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import cookies
from console.desk import Desk, desk_of
from console.headers import SIGNED_IN
from console.kept import Kept, is_ours, read_kept
from console.routing import SEE_OTHER, PageRoute, kept_page, refusal, sign_in_page
from console.visits import ForVisit
from fulfillment.brake import network_of
from fulfillment.store.commands.administration import sign_ins

router = APIRouter(route_class=PageRoute)

WRONG = "The name or the password is wrong, or the user was disabled."
NOT_FROM_HERE = "The form was not sent from this page. Open it anew and try again."
LONGEST_NAME = 63


@router.get("/sign-in")
def sign_in_form(request: Request) -> Response:
    """The form; it says why somebody is here who did not ask for it."""
    return sign_in_page(_ours(request.query_params.get("next", "/")), 200, "", "")


@router.post("/sign-in")
def sign_in(request: Request) -> Response:
    """A new session for who knows the password.

    A name that there is not costs as much as a wrong password, and is told in the same words.
    """
    form: dict[str, str] = request.state.form
    name = form.get("name", "").strip().lower()
    target, kept = _ours(form.get("next", "/")), read_kept(form.get("kept", ""))
    if not cookies.is_from_here(request):
        return sign_in_page(target, 403, NOT_FROM_HERE, name)
    desk = desk_of(request)
    tried = (
        network_of(request.client.host if request.client else None),
        f"user {name[:LONGEST_NAME]}",
    )
    if seconds := desk.brake.take(tried):
        message = f"Too many wrong passwords. Try again in {seconds} seconds."
        response: Response = sign_in_page(target, 429, message, name, kept)
        response.headers["Retry-After"] = str(seconds)
        return response
    secret = None
    if len(name) <= LONGEST_NAME:
        secret = sign_ins.sign_in(desk.store, name, form.get("password", ""), desk.lasting)
    if secret is None:
        return sign_in_page(target, 401, WRONG, name, kept)
    desk.brake.forgive(tried)
    _end(desk, cookies.secret_in(request))
    response = _after(target, kept, cookies.token_of(secret, name), name)
    cookies.give(request, response, secret)
    return response


def _after(target: str, kept: Kept | None, token: str, name: str) -> Response:
    """Where who has signed in goes on: at what he had typed, if it was he."""
    if kept is None:
        return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))
    if kept.user == name:
        return kept_page(kept, token)
    message = f"What {kept.user} had typed is not yours to send, and was not sent."
    response = refusal(None, (403, "You are signed in"), message)
    response.headers.update(SIGNED_IN)
    return response


@router.post("/sign-out")
def sign_out(request: Request, visit: ForVisit) -> Response:
    """The session is over, here and for whoever else had its cookie."""
    _end(visit.desk, visit.secret)
    response = RedirectResponse("/sign-in", SEE_OTHER, dict(SIGNED_IN))
    cookies.take(request, response)
    return response


def _end(desk: Desk, secret: str | None) -> None:
    if secret:
        sign_ins.sign_out(desk.store, secret)


def _ours(target: str) -> str:
    return target if is_ours(target) else "/"
