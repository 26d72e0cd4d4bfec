"""`pegboard po`: what should be bought, what is bought, and what came of it."""

from dataclasses import replace

from cli.client import purchasing_views as views
from cli.client.readers import Day, Rows, Switch, Text, Whole
from cli.client.table import (
    NOTE,
    Asks,
    Command,
    Follow,
    Request,
    argument,
    arguments,
    flag,
    option,
    options,
)
from cli.client.views import listing
from cli.errors import CommandError

STATUSES = ("draft", "approved", "in_transit", "arrived", "received", "closed", "cancelled")
NUMBER = argument("path.number", "NUMBER", "The purchase order's number.")
LINE_UNITS = Rows(
    r"(?P<line>\d{1,7})=(?P<units>\d{1,7})", "LINE=UNITS", whole=("line", "units"), once="line"
)
CAME = Rows(
    r"(?P<line>\d{1,7})=(?P<units>\d{1,9})(?::(?P<disposition>[a-z]+))?",
    "what came as LINE=UNITS or LINE=UNITS:DISPOSITION, as 1=2:damaged", whole=("line", "units"),
)  # fmt: skip
CAME_LINES = arguments(
    "body.lines", "LINE=UNITS[:DISPOSITION]",
    "What came: `sellable` unless said `damaged`, `quarantine` or `scrapped`.", CAME,
)  # fmt: skip
FOUND = option("body.reason", "Why units come that were given up; without it they are refused.")
BOUGHT = Rows(
    r"(?P<sku>.+)=(?P<units>\d{1,7})(?::(?P<pack>[^:@]+))?@(?P<location>[^@]+)",
    "a line as SKU=UNITS@LOCATION or SKU=PACKS:PACK@LOCATION",
    whole=("units",), counted="line",
)  # fmt: skip
EXPECTED = option("body.expected_on", "When it should come, as 2031-03-31.", Day())
CHANGED_DATE = option(
    "body.expected_on", "When it should come, as 2031-03-31, or none.", Day({"none": None})
)
OVER = option("body.over_receipt_percent", "How much more than ordered may come.", Whole(0, 100))


def outstanding(asks: Asks, request: Request) -> Request:
    """With `--all`, all that may still come, by line."""
    if "all" not in request.client:
        return request
    path = request.path.removesuffix("/receipts")
    lines = asks.read(path)["lines"]
    units = [
        {"line": line["line"], "units": line["outstanding"]}
        for line in lines
        if line["outstanding"]
    ]
    if not units:
        raise CommandError(f"--all: nothing is outstanding on {request.arguments['number']}")
    return request.with_body(lines=units)


def numbered(asks: Asks, request: Request) -> Request:
    """Lines that are added, each under the next number."""
    added = (request.body or {}).get("add_lines")
    if not added:
        return request
    known = asks.read(request.path)["lines"]
    first = max((line["line"] for line in known), default=0)
    return request.with_body(
        add_lines=[line | {"line": first + at} for at, line in enumerate(added, 1)]
    )


COMMANDS = (
    Command(
        group="po", verb="list", method="GET", path="/v1/purchase-orders", pages=True,
        says="List purchase orders, the newest first.",
        example="po list --status approved --status in_transit --sku TEA-GREEN",
        view=listing("purchase orders", *views.SUMMARY),
        parameters=(
            options("query.status", "With this status; repeatable.", Text(STATUSES)),
            option("query.supplier", "Of this supplier."),
            option("query.sku", "With a line of this SKU."),
            option("query.overdue", "Past their date, or not.", Switch()),
            option("query.partly_received", "Of which some has come, and the rest not, or not so.",
                   Switch()),
        ),
    ),
    Command(
        group="po", verb="show", method="GET", path="/v1/purchase-orders/{number}",
        says="Show a purchase order: its lines, and how far what came is given out to those who"
        " wait.",
        example="po show PO-1", view=views.purchase_order, parameters=(NUMBER,),
        follow=Follow(lambda answer: not answer["distribution"]["skus_owed"], views.distribution),
    ),
    Command(
        group="po", verb="orders", method="GET", path="/v1/purchase-orders/{number}/orders",
        pages=True,
        says="List the orders that wait for a purchase order, in the order in which they are"
        " served.",
        example="po orders PO-1", view=listing("orders", *views.WAITERS), parameters=(NUMBER,),
    ),
    Command(
        group="po", verb="create", method="POST", path="/v1/purchase-orders", keyed=False,
        says="Write a purchase order.",
        example='po create PO-9 TEA-GREEN=50@vienna --supplier "Leaf Imports"'
        " --expected-on 2031-03-31",
        view=views.moved,
        parameters=(
            argument("body.number", "NUMBER", "Its number."),
            arguments("body.lines", "SKU=UNITS[:PACK]@LOCATION...",
                      "What is bought, in base units or in packs.", BOUGHT, required=True),
            option("body.supplier", "Of whom; whom the products are bought from unless said."),
            EXPECTED,
            option("body.status", "`approved` unless said.", Text(("draft", "approved"))),
            OVER,
        ),
    ),
    Command(
        group="po", verb="change", method="PATCH", path="/v1/purchase-orders/{number}",
        says="Change what is ordered, add lines, or move its date; who waits is planned anew.",
        example="po change PO-1 1=80 --add TEA-BLACK=24@vienna --expected-on 2031-03-31",
        view=views.moved, complete=numbered,
        parameters=(
            NUMBER,
            arguments("body.lines", "LINE=UNITS", "Ordered of a line in all; 0 gives it up.",
                      LINE_UNITS),
            options("body.add_lines", "SKU=UNITS[:PACK]@LOCATION, a line more; repeatable.",
                    replace(BOUGHT, written="--add as SKU=UNITS[:PACK]@LOCATION"), name="--add"),
            CHANGED_DATE, OVER, NOTE,
        ),
    ),
    Command(
        group="po", verb="approve", method="POST", path="/v1/purchase-orders/{number}/status",
        says="Approve a draft: it counts as inbound, and who waits is pegged to it.",
        example="po approve PO-2", view=views.moved, fixed={"status": "approved"},
        parameters=(NUMBER, NOTE),
    ),
    Command(
        group="po", verb="status", method="POST", path="/v1/purchase-orders/{number}/status",
        says="Send a purchase order on its way, close it short or cancel it; who waits is planned"
        " anew.",
        example="po status PO-1 in_transit", view=views.moved,
        parameters=(
            NUMBER,
            argument("body.status", "STATUS", "What it is now.",
                     Text(("in_transit", "arrived", "closed", "cancelled"))),
            NOTE,
        ),
    ),
    Command(
        group="po", verb="receive", method="POST", path="/v1/purchase-orders/{number}/receipts",
        keyed=False, waits=True, complete=outstanding, either=("body.lines", "client.all"),
        says="Count what came; those who wait are served.",
        example="po receive PO-1 --receipt GR-2 --location vienna 1=40 2=10 2=2:damaged",
        view=views.moved,
        parameters=(
            NUMBER,
            CAME_LINES,
            flag("client.all", "All that is outstanding came."),
            option("body.number", "Its number, which is counted once.", name="--receipt",
                   required=True),
            option("body.location", "Where the goods are.", required=True),
            FOUND,
        ),
    ),
    Command(
        group="po", verb="suggest", method="GET", path="/v1/purchase-suggestions", pages=True,
        says="Say what should be bought, the oldest need first, with the orders behind each"
        " number: what waits, less what is free, coming or drafted, and what the reorder level asks"
        " for beyond.",
        example='po suggest --supplier "Leaf Imports"', view=views.suggestions,
        parameters=(
            option("query.supplier", "Of this supplier; '' is products that have none."),
            option("query.sku", "Of this SKU."),
            option("query.location", "Only what is to be bought for this location."),
        ),
    ),
    Command(
        group="po", verb="draft", method="POST", path="/v1/purchase-suggestions/draft",
        says="Draft purchase orders for all that should be bought, one for each supplier. What is"
        " drafted counts as bought; approve it, and orders are pegged to it.",
        example='po draft --supplier "Leaf Imports" --expected-on 2031-03-31', view=views.drafted,
        parameters=(
            option("body.supplier", "Only of this one, and --sku that have none."),
            options("body.skus", "Only this SKU; repeatable.", name="--sku"),
            option("body.location", "Only what is to be bought for this location."),
            EXPECTED,
            option("body.prefix", "Numbers are this and the next free number; PO- unless said."),
        ),
    ),
)  # fmt: skip
