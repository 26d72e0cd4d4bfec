"""The addresses of the page: looked at with GET, which changes nothing, and pressed with POST."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.customer.showing import shown
from console.customer.wording import Wording, wording_for
from console.headers import HEADERS
from console.rendering import page
from fulfillment.domain.model.refusals import RefusalKind, RefusedError
from fulfillment.store.commands.orders.links import PATH
from fulfillment.store.commands.orders.offers import Choice, choose
from fulfillment.store.insight.customer_page import read_customer_page
from fulfillment.store.reading.links import opened_by
from fulfillment.store.reading.views.customer_page import OpenLink
from fulfillment.store.transactions.session import Store

MOST_FIELDS = 10
"""Fields of a form that are read."""

MOST_LETTERS = 200
SEEN = re.compile(r"[0-9]{1,19}-[0-9a-f]{32}")
"""What our own forms hold: an offer's id with a SKU in it, and what was shown of it."""

CONFLICT = 409


class Brake(Protocol):
    """How often something may be done, by the names of who does it."""

    def seconds(self, names: Sequence[str]) -> int:
        """How long until once more; 0 for now."""
        ...

    def count(self, names: Sequence[str]) -> None:
        """It was done."""
        ...


@dataclass(frozen=True, slots=True)
class CustomerPages:
    """What the pages need: the store, and the brakes.

    `wrong` counts tokens that nobody was given, by the address that sent them, which `named` makes
    a name of; `opened` counts how often one link is opened. What is raised while the database is
    away or busy is named by `not_now`.
    """

    store: Store
    wrong: Brake
    opened: Brake
    named: Callable[[str | None], Sequence[str]]
    not_now: tuple[type[Exception], ...] = field(default=())

    def install(self, app: FastAPI) -> None:
        """Serve the page; it is no part of the API's description."""
        path = f"{PATH}{{token}}"
        app.add_route(path, self.look, ["GET"], name="customer page", include_in_schema=False)
        app.add_route(path, self.press, ["POST"], name="customer chooses", include_in_schema=False)

    async def look(self, request: Request) -> Response:
        """The order as it is now."""
        return await run_in_threadpool(self._answered, request, self._shown)

    async def press(self, request: Request) -> Response:
        """Do what was chosen, and show the order as it is then."""
        form = await _form_of(request)
        return await run_in_threadpool(self._answered, request, partial(self._pressed, form))

    def _answered(
        self, request: Request, answer: Callable[[Request, OpenLink], Response]
    ) -> Response:
        """What a link that is open is answered with; else why it is not."""
        try:
            link = opened_by(self.store, request.path_params["token"])
            if refused := self._refused(request, link):
                return refused
            assert link is not None  # noqa: S101 -- else it was refused
            return answer(request, link)
        except self.not_now:
            return _notice(request, "busy", 503, {"Retry-After": "5"})

    def _refused(self, request: Request, link: OpenLink | None) -> Response | None:
        """Right tokens are never refused for wrong ones that others send from the same address."""
        if link is None:
            names = self.named(request.client.host if request.client else None)
            if seconds := self.wrong.seconds(names):
                return _notice(request, "often", 429, {"Retry-After": str(seconds)})
            self.wrong.count(names)
            return _notice(request, "wrong", 404)
        if not link.is_open:
            return _notice(request, "ended", 410)
        if seconds := self.opened.seconds([link.id]):
            return _notice(request, "often", 429, {"Retry-After": str(seconds)})
        self.opened.count([link.id])
        return None

    def _shown(self, request: Request, link: OpenLink, status: int = 200) -> Response:
        found = self.store.simulate(link.merchant, lambda tx: read_customer_page(tx, link.order))
        words = wording_for(found.locale, request.headers.get("accept-language", ""))
        words = replace(words, pickup=found.pickup)
        return page(
            "customer/order.html",
            status,
            language=words.language,
            say=words.say,
            order=shown(found, words),
            changed=status == CONFLICT,
        )

    def _pressed(self, form: Choice | None, request: Request, link: OpenLink) -> Response:
        if not _is_from_here(request):
            return _notice(request, "unread", 403)
        if form is None:
            return _notice(request, "unread", 400)
        try:
            choose(self.store, link.merchant, link.order, form, link.id)
        except RefusedError as error:
            if error.kind is not RefusalKind.CONFLICT:
                raise
            if error.code == "being_served":
                return _notice(request, "busy", 503, {"Retry-After": "5"})
            return self._shown(request, link, CONFLICT)
        return RedirectResponse(request.url.path, 303, HEADERS)


async def _form_of(request: Request) -> Choice | None:
    """What was pressed; None where that can not be read."""
    try:
        body = (await request.body()).decode()
        fields = parse_qs(body, strict_parsing=True, max_num_fields=MOST_FIELDS)
        ((offer,), (seen,)) = fields["offer"], fields["seen"]
    except (ValueError, KeyError):
        return None
    is_ours = offer.isprintable() and len(offer) <= MOST_LETTERS and SEEN.fullmatch(seen)
    return Choice(offer, seen) if is_ours else None


def _is_from_here(request: Request) -> bool:
    """Whether our own page sent it, as far as the browser says.

    A page that tells no referrer sends `null` as its origin, ours does so too; newer browsers say
    beside it whether it is the same site.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc == request.headers.get("host")


def _notice(
    request: Request, name: str, status: int, more: dict[str, str] | None = None
) -> Response:
    words: Wording = wording_for(None, request.headers.get("accept-language", ""))
    answer = page("customer/notice.html", status, language=words.language, say=words.say, name=name)
    answer.headers.update(more or {})
    return answer
