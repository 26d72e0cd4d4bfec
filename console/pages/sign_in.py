"""Signing in and out."""

import re

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import cookies
from console.desk import Desk, desk_of
from console.headers import SIGNED_IN
from console.rendering import page
from console.routing import SEE_OTHER, PageRoute
from console.visits import ForVisit
from fulfillment.brake import network_of
from fulfillment.store.commands.administration import sign_ins

router = APIRouter(route_class=PageRoute)

OURS = re.compile(r"/(m/[\x21-\x7e]*)?")
"""Where one may be led after signing in: pages of ours, and nowhere else."""

WRONG = "The name or the password is wrong, or the user was disabled."
NOT_FROM_HERE = "The form was not sent from this page. Open it anew and try again."
LONGEST_NAME = 63


@router.get("/sign-in")
def sign_in_form(request: Request) -> Response:
    """The form; it says why somebody is here who did not ask for it."""
    return _form(request.query_params.get("next", "/"))


@router.post("/sign-in")
def sign_in(request: Request) -> Response:
    """A new session for who knows the password.

    A name that there is not costs as much as a wrong password, and is told in the same words.
    """
    form: dict[str, str] = request.state.form
    target, name = form.get("next", "/"), form.get("name", "").strip().lower()[:LONGEST_NAME]
    if not cookies.is_from_here(request):
        return _form(target, 403, NOT_FROM_HERE, name=name)
    desk = desk_of(request)
    tried = (network_of(request.client.host if request.client else None), f"user {name}")
    if seconds := desk.brake.take(tried):
        return _too_often(target, seconds, name)
    secret = sign_ins.sign_in(desk.store, name, form.get("password", ""), desk.lasting)
    if secret is None:
        return _form(target, 401, WRONG, name=name)
    desk.brake.forgive(tried)
    _end(desk, cookies.secret_in(request))
    response = RedirectResponse(_ours(target), SEE_OTHER, dict(SIGNED_IN))
    cookies.give(request, response, secret)
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


def _too_often(target: str, seconds: int, name: str) -> Response:
    message = f"Too many wrong passwords. Try again in {seconds} seconds."
    response = _form(target, 429, message, name=name)
    response.headers["Retry-After"] = str(seconds)
    return response


def _form(target: str, status: int = 200, message: str = "", *, name: str = "") -> Response:
    response = page("sign_in.html", status, target=_ours(target), message=message, name=name)
    response.headers.update(SIGNED_IN)
    return response


def _ours(target: str) -> str:
    return target if OURS.fullmatch(target) and "\\" not in target else "/"
