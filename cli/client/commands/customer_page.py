"""`pegboard page`: links to an order's page, and what its customer may choose there."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.blocks import Block, Line, column, words
from cli.client import catalogue_views
from cli.client.commands.orders import NUMBER
from cli.client.readers import Text, Whole
from cli.client.table import Answer, Command, argument, option, options
from cli.client.views import listing, moment, saying

KINDS = (
    "accept_date", "ship_now", "ship_as_available", "exchange", "wait_for_all", "cancel_short",
    "cancel_order",
)  # fmt: skip
PAGE = catalogue_views.facts("The customers' page")


def made(answer: Answer, arguments: Mapping[str, Any]) -> Iterable[Block]:
    """Where the link leads: the only time that it is told."""
    link = answer["link"]
    until = moment(link["expires_at"])
    yield Line(f"Link {link['id']} to the page of {arguments['number']}, until {until}")
    yield Line(answer["url"] or answer["path"] or "Where it leads was shown when it was made.")


COMMANDS = (
    Command(
        group="page", verb="link", method="POST", path="/v1/orders/{number}/links",
        says="Make a link to the page of an order's customer; where it leads is shown once.",
        example="page link SO-1001 --days 30", view=made,
        parameters=(
            NUMBER,
            option("body.days", "For so many days; as your page has it unless said.",
                   Whole(1, 365)),
        ),
    ),
    Command(
        group="page", verb="links", method="GET", path="/v1/orders/{number}/links",
        pages=True, says="List the links to an order's page, the newest first.",
        example="page links SO-1001",
        view=listing(
            "links", column("id"), column("created_at", "made"), words("created_by", "by"),
            column("expires_at", "until"), column("revoked_at", "ended"),
        ),
        parameters=(NUMBER,),
    ),
    Command(
        group="page", verb="revoke", method="POST",
        path="/v1/orders/{number}/links/{link}/revoke", keyed=False,
        says="End a link: it opens nothing any more.",
        example="page revoke SO-1001 1f2e3d4c5b6a7988",
        view=saying(lambda answer, _: f"link {answer['id']} opens nothing any more"),
        parameters=(NUMBER, argument("path.link", "LINK", "Its name, as `links` has it.")),
    ),
    Command(
        group="page", verb="show", method="GET", path="/v1/customer-page",
        says="Show what customers may choose on their page.", example="page show",
        view=PAGE,
    ),
    Command(
        group="page", verb="put", method="PUT", path="/v1/customer-page",
        says="Say what customers may choose, all of it: what is not said is as built in.",
        example='page put --offer ship_now --offer cancel_short --note "Call 01 234."',
        view=PAGE,
        parameters=(
            options("body.offers", f"What may be chosen; repeatable: {', '.join(KINDS)}.",
                    Text(KINDS), name="--offer"),
            option("body.link_days", "For how many days a link opens the page.", Whole(1, 365)),
            option("body.days_after_end", "For how many once the order is done.",
                   Whole(0, 365)),
            option("body.note", "How you are reached; on every page."),
        ),
    ),
)  # fmt: skip
