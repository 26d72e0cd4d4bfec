"""The same problem as a page, for who asks for a page."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from console.rendering import page
from starter.problems.documents import Told

NO_PAGES = ("/v1/", "/health/", "/openapi", "/docs")
"""How addresses begin at which programs ask."""

HEADINGS: Mapping[int, str] = {
    404: "There is no such page",
    405: "There is no page here, only what a form is sent to",
    422: "There can be no such page",
    500: "Something went wrong",
}

DETAILS: Mapping[int, str] = {
    422: "The address has something in it that no name has.",
    500: "It has been written to the log. What you were about to do may or may not be done: look"
    " before you do it again.",
}


def page_for(scope: Scope, told: Told) -> Response | None:
    """A page that tells of it; None where a program asked, or asked for something else."""
    path = str(scope["path"])
    accepted = Headers(scope=scope).get("accept", "")
    if told.status not in HEADINGS or path.startswith(NO_PAGES) or "text/html" not in accepted:
        return None
    detail = f"{told.detail[:1].upper()}{told.detail[1:]}."
    message = DETAILS.get(told.status, detail)
    return page("plain_refusal.html", told.status, heading=HEADINGS[told.status], message=message)
