"""From a refusal back: to where one came from, and to what was asked of."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote, urlsplit

from fastapi import Request

from console.visits import Visit

Way = tuple[str, str]
"""An address, and what is there."""

DESK: Sequence[Way] = (("/", "To the desk"),)


def _named(path: str, words: str) -> Callable[[str, str], Way]:
    def way(home: str, name: str) -> Way:
        return f"{home}/{path.format(quote(name, safe=''))}", words.format(name)

    return way


WAYS: Mapping[str, Callable[[str, str], Way]] = {
    "number": _named("orders/{}", "Order {}"),
    "purchase": _named("purchase-orders/{}", "Purchase order {}"),
    "sku": _named("skus/{}", "The queue for {}"),
}
"""What a page is about, by the part of its address."""


def ways_back(request: Request, visit: Visit | None) -> list[Way]:
    """Where one came from, as the browser says; then what the page is about, but for itself."""
    ways = [*DESK]
    if visit is not None and visit.merchant is not None:
        ways = [*_about(request, visit.home), (visit.start, "To the desk")]
    if came := _came_from(request):
        ways.insert(0, (came, "Back to where you came from"))
    return [way for way in ways if request.method != "GET" or way[0] != request.url.path]


def _about(request: Request, home: str) -> list[Way]:
    names = request.path_params
    ways = [way(home, names[part]) for part, way in WAYS.items() if part in names]
    if "remedy" in names:
        path, words = ways[0]
        ways.insert(0, (f"{path}/why", f"Why {words[:1].lower()}{words[1:]} waits"))
    return ways


def _came_from(request: Request) -> str | None:
    """A page of ours, and another one than is refused; never more than its path."""
    came = urlsplit(request.headers.get("referer", ""))
    asked = request.url
    is_ours = came.netloc == request.headers.get("host") and came.path.startswith("/m/")
    address = came.path + (f"?{came.query}" if came.query else "")
    is_itself = request.method == "GET" and (came.path, came.query) == (asked.path, asked.query)
    return address if is_ours and not is_itself else None
