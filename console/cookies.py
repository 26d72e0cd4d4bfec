"""The cookie that holds a session's secret, and the token that its forms carry."""

import hashlib
import hmac

from fastapi import Request
from starlette.responses import Response

OVER_HTTPS, OVER_HTTP = "__Host-pegboard", "pegboard"
"""With this prefix a browser takes it over HTTPS alone, and from no other host of the domain."""


def secret_in(request: Request) -> str | None:
    """The session's secret, if the browser has one."""
    return request.cookies.get(_name(request))


def give(request: Request, response: Response, secret: str) -> None:
    """Have the browser keep it until it is closed; no script reads it."""
    response.set_cookie(
        _name(request), secret, path="/", secure=_is_secure(request), httponly=True, samesite="lax"
    )


def take(request: Request, response: Response) -> None:
    """Have the browser forget it."""
    response.delete_cookie(
        _name(request), path="/", secure=_is_secure(request), httponly=True, samesite="lax"
    )


def token_of(secret: str, user: str) -> str:
    """What every form of this session carries: who has only the cookie sent along has it not.

    It also says whose form it is, so that one that comes after the session is nobody else's.
    """
    return f"{_proof(secret)}.{user}"


def is_token_of(token: str, secret: str) -> bool:
    """Whether a form of this session carries it."""
    return hmac.compare_digest(token.partition(".")[0].encode(), _proof(secret).encode())


def user_of(token: str) -> str:
    """Whose form it is, as it says; empty where it says nothing."""
    return token.partition(".")[2]


def _proof(secret: str) -> str:
    return hmac.new(secret.encode(), b"a form of this session", hashlib.sha256).hexdigest()


def is_from_here(request: Request) -> bool:
    """Whether a page of ours sent the form, as the browser says.

    Over plain HTTP to another machine a browser tells its origin alone.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin == f"{request.url.scheme}://{request.headers.get('host')}"


def _name(request: Request) -> str:
    return OVER_HTTPS if _is_secure(request) else OVER_HTTP


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
