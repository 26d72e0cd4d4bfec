"""Which refusals a route documents; the document itself is added to the OpenAPI schema."""

from typing import Any

Responses = dict[int | str, dict[str, Any]]

TOLD = {
    404: "There is no such thing, or it is another merchant's.",
    409: "The state does not allow it.",
    410: "The cursor can not be honoured; the oldest one that can is named.",
}


def problems(*statuses: int) -> Responses:
    """Refusals that a route has beside those that all routes have."""
    return {status: {"description": TOLD[status]} for status in statuses}
