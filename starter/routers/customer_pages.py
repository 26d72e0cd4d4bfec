"""Links to the page of an order's customer, and what the merchant's pages offer."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import StringConstraints

from fulfillment.store.commands.administration.customer_page import put_customer_page as put_page
from fulfillment.store.commands.orders.links import make_link, revoke_link
from fulfillment.store.reading import links
from fulfillment.store.reading.views.customer_page import CustomerPageSettings, LinkView
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.auth.visibility import check_order
from starter.models.customer_page import CustomerPageIn, LinkIn, LinkPage, MadeLinkOut
from starter.models.fields import PathNumber
from starter.paging import Cursor, Limit, paged, window
from starter.parts import parts_of
from starter.routers.responses import problems

router = APIRouter(prefix="/v1", tags=["customer page"], route_class=GuardedRoute)

LinkId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


@dataclass(frozen=True, slots=True)
class Making:
    """Who asks for a link, under which key, and how the address of all links begins."""

    session: Session
    key: str | None
    public_url: str | None


async def making_link(request: Request, session: ForMerchant, key: IdempotencyKey = None) -> Making:
    """What a route that makes links is given."""
    return Making(session, key, parts_of(request).public_url)


ForLink = Annotated[Making, Depends(making_link)]


@router.post(
    "/orders/{number}/links", status_code=201, summary="Make a link to the customer's page",
    responses=problems(404, 409),
)  # fmt: skip
def create_order_link(
    number: PathNumber,
    making: ForLink,
    response: Response,
    sent: Annotated[LinkIn | None, Body()] = None,
) -> MadeLinkOut:
    """For whom it is sent to: who has it sees the order, and may choose what is offered.

    Where it leads is shown in this answer, and never again: it is stored as a hash alone. The same
    request again answers with the same link without it.
    """
    response.headers["Cache-Control"] = "no-store"
    wanted, session = sent or LinkIn(), making.session
    command = session.command("make_link", number, making.key, wanted.model_dump(mode="json"))
    made = make_link(session.store, command, number, wanted.days)
    url = f"{making.public_url}{made.path}" if making.public_url and made.path else None
    return MadeLinkOut(link=made.view, path=made.path, url=url)


@router.get(
    "/orders/{number}/links", summary="List the links to an order's page", responses=problems(404)
)
def list_order_links(
    number: PathNumber, session: ForMerchant, cursor: Cursor = None, limit: Limit = 50
) -> LinkPage:
    """The newest first, ended ones too; never what opens the page."""
    check_order(session, number)
    page = window(limit, cursor, links.NEWEST_FIRST)
    found = session.read(lambda tx: links.list_links(tx, number, page))
    return paged(LinkPage, found, links.NEWEST_FIRST)


@router.post("/orders/{number}/links/{link}/revoke", summary="End a link", responses=problems(404))
def revoke_order_link(number: PathNumber, link: LinkId, session: ForMerchant) -> LinkView:
    """It opens nothing any more; one that has ended stays as it is."""
    return revoke_link(session.store, session.merchant, number, link)


@router.get("/customer-page", summary="Read what customers may choose")
def get_customer_page(session: ForMerchant) -> CustomerPageSettings:
    """What the pages of the merchant's customers offer, and how long they can be opened."""
    return session.read(links.read_page_settings)


@router.put("/customer-page", summary="Say what customers may choose", responses=problems(409))
def put_customer_page(
    wanted: CustomerPageIn, session: ForMerchant, key: IdempotencyKey = None
) -> CustomerPageSettings:
    """All of it: what is not said is as built in. Pages that are open follow at their next look."""
    content = wanted.model_dump(mode="json")
    command = session.command("customer_page", session.merchant, key, content)
    return put_page(session.store, command, wanted.to_domain())
