"""Problem documents: one shape, one title for a status, a remedy for a code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from fulfillment.domain.model.refusals import RefusalKind, RefusedError
from starter.models.problem import Problem

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, str] = {
    400: "The request can not be read",
    401: "A valid key is needed",
    403: "This key may not do that",
    404: "There is no such thing",
    405: "The method is not allowed here",
    408: "The request took too long to come in",
    409: "The state does not allow it",
    410: "It is kept no more",
    413: "The request is too large",
    415: "The body is not JSON",
    422: "The request holds a value that is wrong",
    429: "Too many wrong keys were tried",
    500: "Something went wrong on our side",
    503: "Not available right now",
}

REMEDIES: Mapping[int, str] = {
    400: "Send well-formed JSON in UTF-8.",
    401: "Send `Authorization: Bearer` with a key that was not revoked.",
    403: "Use a key whose role allows it.",
    404: "Check the name, and whose it is.",
    405: "Use one of the methods in the Allow header.",
    408: "Send it again, on a faster line or with less at once.",
    409: "Look at the state as it is now, and ask for something that it allows.",
    410: "Go on from the oldest cursor that is named, and read anew what you keep of it.",
    413: "Send less at once; batches may be divided.",
    415: "Send `Content-Type: application/json`.",
    422: "Correct the named fields and send it again.",
    429: "Use a key that was not revoked; a wrong one may be tried after the time in Retry-After.",
    500: "Send it again later; it may have been done, so use the same number or key.",
    503: "Send it again after the time in Retry-After, with the same number or key.",
}

REMEDIES_BY_CODE: Mapping[str, str] = {
    "number_in_use": "Choose another number, or send a change to the one that exists.",
    "key_twice": "Send each key of an object once.",
    "key_reused": "Choose a new Idempotency-Key for a new request.",
    "stale_revision": "Read the order, and send an edit with a higher revision.",
    "not_available": "Ask for what can be had, or wait for more stock.",
    "order_on_hold": "Lift the hold first.",
    "nothing_to_pick": "Look again when more is released, or ask for another location.",
    "partly_picked": "Pick the rest of it, or un-pick what is picked, first.",
    "container_in_use": "Name another container, or none.",
    "list_given_up": "Take a new list.",
    "too_late": "Ask for less, have it unpacked, or wait until it is returned.",
    "below_in_hands": "Put back what is picked or staged first.",
    "more_than_shipped": "Announce no more than was shipped, less what is returned already.",
    "below_allocated": "Cancel orders that hold the units first.",
    "more_than_picked": "Pack what is picked and in no package, or change a package first.",
    "packages_hold_more": "Change the packages to what is picked, or pick the units again.",
    "package_shipped": "Change or ship a package that is still here.",
    "locked": "Send it again after the time in Retry-After; if it stays so, have the session ended"
    " that holds it: the log names it.",
    "database_busy": "Send it again after the time in Retry-After; send less at the same time.",
    "database_too_slow": "Ask for less at once, or send it again after the time in Retry-After.",
    "database_not_migrated": "Run `pegboard migrate` of this version, then send it again.",
    "merchant_needed": "Name the merchant in the Pegboard-Merchant header.",
}

STATUSES: Mapping[RefusalKind, int] = {
    RefusalKind.INVALID: 422,
    RefusalKind.CONFLICT: 409,
    RefusalKind.MISSING: 404,
    RefusalKind.GONE: 410,
}

OTHER_TITLE = "The request was refused"
OTHER_REMEDY = "Look at the detail, and at the API's documentation."


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a refusal."""

    status: int
    code: str
    detail: str
    errors: Sequence[Mapping[str, object]] = ()


def problem(told: Told) -> Problem:
    """The document."""
    remedy = REMEDIES_BY_CODE.get(told.code) or REMEDIES.get(told.status, OTHER_REMEDY)
    return Problem(
        type=f"urn:pegboard:problem:{told.code}",
        title=TITLES.get(told.status, OTHER_TITLE),
        status=told.status,
        detail=told.detail,
        code=told.code,
        errors=[dict(error) for error in told.errors],
        remedy=remedy,
    )


def answer(told: Told, headers: Mapping[str, str] | None = None) -> Response:
    """The document as a response."""
    content: Any = jsonable_encoder(problem(told))
    return JSONResponse(content, told.status, dict(headers or {}), MEDIA_TYPE)


def told_of_refusal(refusal: RefusedError) -> Told:
    """A broken rule of the trade: a bad value, a state that does not allow it, nothing there."""
    return Told(STATUSES[refusal.kind], refusal.code, str(refusal), refusal.fields)


def within(refusal: RefusedError, path: str) -> RefusedError:
    """The same refusal with its fields' paths inside a part of the request."""
    fields = [
        {**error, "field": f"{path}{error['field']}"} if "field" in error else error
        for error in refusal.fields
    ]
    return RefusedError(refusal.kind, refusal.code, str(refusal), fields)
