"""`pegboard transfer`, `return` and `count`: goods that move without being bought or sold."""

from dataclasses import replace

from cli.blocks import column, number, words
from cli.client.commands.purchasing import CAME_LINES, EXPECTED, FOUND, outstanding
from cli.client.readers import Day, Rows, Text
from cli.client.table import NOTE, Command, argument, arguments, flag, option, options
from cli.client.views import listing, sheet

MOVED = Rows(r"(?P<sku>.+)=(?P<units>\d{1,9})", "what goes as SKU=UNITS", whole=("units",),
             counted="line")  # fmt: skip
RETURNED = Rows(
    r"(?P<sku>.+)=(?P<units>\d{1,9})(?:@(?P<order_line>\d{1,7}))?",
    "what comes back as SKU=UNITS or SKU=UNITS@LINE",
    whole=("units", "order_line"), counted="line",
)  # fmt: skip
COUNTED = Rows(
    r"(?P<sku>.+)=(?P<counted>\d{1,9})(?::(?P<disposition>[a-z]+))?",
    "what was counted as SKU=UNITS or SKU=UNITS:DISPOSITION", whole=("counted",),
)  # fmt: skip

TRANSFER = argument("path.number", "NUMBER", "The transfer's number.")
RETURN = argument("path.number", "NUMBER", "The return's number.")
COUNT = argument("path.number", "NUMBER", "The count's number.")
RECEIPT = option("body.number", "Its number, which is counted once.", name="--receipt",
                 required=True)  # fmt: skip

TRANSFER_SHEET = sheet(
    "Transfer {number}",
    {"status": "", "source": "from", "destination": "to", "expected_on": "expected"},
    number("line"), column("sku"), number("units"), number("received"), number("closed"),
    number("outstanding"), number("pegged"),
)  # fmt: skip
RETURN_SHEET = sheet(
    "Return {number}",
    {"status": "", "location": "to", "order": "of order", "expected_on": "expected"},
    number("line"), column("sku"), number("order_line", "order line"), number("units"),
    words("came"), number("closed"), number("outstanding"), number("pegged"),
)  # fmt: skip
COUNT_SHEET = sheet(
    "Count {number}",
    {"location": "at", "at": "on", "actor": "by", "reason": "for", "covers": "of"},
    column("sku"), column("disposition"), number("expected"), number("counted"),
    number("difference"), number("in_hands", "in hands"),
)  # fmt: skip


def move(verb: str, says: str, example: str) -> Command:
    """What becomes of a transfer, with a note."""
    return Command(
        group="transfer", verb=verb, method="POST", path=f"/v1/transfers/{{number}}/{verb}",
        says=says, example=f"transfer {verb} {example}", view=TRANSFER_SHEET,
        parameters=(TRANSFER, NOTE),
    )  # fmt: skip


COMMANDS = (
    Command(
        group="transfer", verb="create", method="POST", path="/v1/transfers", keyed=False,
        says="Write a transfer; nothing moves until it is shipped. The same again changes nothing.",
        example="transfer create TR-9 --from vienna --to graz TEA-GREEN=12 CUP=3",
        view=TRANSFER_SHEET,
        parameters=(
            argument("body.number", "NUMBER", "Its number."),
            arguments("body.lines", "SKU=UNITS...", "What is to go.", MOVED, required=True),
            option("body.source", "Where the goods are.", name="--from", required=True),
            option("body.destination", "Where they are to go.", name="--to", required=True),
            option("body.expected_on", "When they come; without it nobody is pegged on them.",
                   Day()),
            flag("body.ship", "They leave now."),
        ),
    ),
    Command(
        group="transfer", verb="list", method="GET", path="/v1/transfers", pages=True,
        says="List transfers, the newest first.",
        example="transfer list --to graz --status in_transit",
        view=listing(
            "transfers", column("number"), column("source", "from"), column("destination", "to"),
            column("status"), column("expected_on", "expected"), number("units"),
            number("received"),
        ),
        parameters=(
            options("query.status", "With this status; repeatable.",
                    Text(("planned", "in_transit", "received", "closed", "cancelled"))),
            option("query.source", "Only from this location.", name="--from"),
            option("query.destination", "Only to this location.", name="--to"),
            option("query.sku", "With a line of this SKU."),
        ),
    ),
    Command(
        group="transfer", verb="show", method="GET", path="/v1/transfers/{number}",
        says="Show a transfer: what goes, what came, and how much of the rest is pegged.",
        example="transfer show TR-1", view=TRANSFER_SHEET, parameters=(TRANSFER,),
    ),
    Command(
        group="transfer", verb="change", method="PATCH", path="/v1/transfers/{number}",
        says="Move its date; who waits is planned anew.",
        example="transfer change TR-2 2031-04-09", view=TRANSFER_SHEET,
        parameters=(
            TRANSFER,
            argument("body.expected_on", "DAY", "When it comes, as 2031-03-31, or none.",
                     Day({"none": None})),
            NOTE,
        ),
    ),
    move("ship", "Send it: available units leave the source, and are inbound until they come.",
         "TR-1"),
    Command(
        group="transfer", verb="receive", method="POST", path="/v1/transfers/{number}/receipts",
        keyed=False, complete=outstanding, either=("body.lines", "client.all"),
        says="Count what came to the destination; those who wait are served.",
        example="transfer receive TR-2 --receipt GR-12 1=3", view=TRANSFER_SHEET,
        parameters=(
            TRANSFER,
            CAME_LINES,
            flag("client.all", "All that is under way came."),
            RECEIPT, FOUND,
        ),
    ),
    move("close", "What is still under way was lost; who was pegged on it is planned anew.",
         'TR-2 --note "Two cartons were lost."'),
    move("cancel", "It is not sent after all; one that was shipped is received or closed instead.",
         "TR-1"),
    Command(
        group="return", verb="create", method="POST", path="/v1/returns", keyed=False,
        says="Announce a return; its units are inbound at once. The same again changes nothing.",
        example="return create RMA-8 --location vienna --order SO-1011 TEA-GREEN=1@1",
        view=RETURN_SHEET,
        parameters=(
            argument("body.number", "NUMBER", "Its number."),
            arguments("body.lines", "SKU=UNITS[@LINE]...",
                      "What comes back, and of which line of the order.", RETURNED, required=True),
            option("body.location", "Where it comes to.", required=True),
            option("body.order", "The order that it was shipped for."),
            option("body.reason", "Why; write no customer data into it."),
            EXPECTED,
        ),
    ),
    Command(
        group="return", verb="list", method="GET", path="/v1/returns", pages=True,
        says="List returns, the newest first.", example="return list --status announced",
        view=listing(
            "returns", column("number"), column("location"), column("order"), column("status"),
            column("expected_on", "expected"), number("units"), number("received"),
        ),
        parameters=(
            options("query.status", "With this status; repeatable.",
                    Text(("announced", "received", "closed"))),
            option("query.order", "Of this order."),
            option("query.sku", "With a line of this SKU."),
        ),
    ),
    Command(
        group="return", verb="show", method="GET", path="/v1/returns/{number}",
        says="Show a return: what comes back, and what was made of what came.",
        example="return show RMA-1", view=RETURN_SHEET, parameters=(RETURN,),
    ),
    Command(
        group="return", verb="receive", method="POST", path="/v1/returns/{number}/receipts",
        keyed=False,
        says="Count what came back, by what is made of it; only sellable units serve those who"
        " wait.",
        example="return receive RMA-1 --receipt GR-13 1=1:sellable 1=1:damaged",
        view=RETURN_SHEET,
        parameters=(
            RETURN,
            replace(CAME_LINES, required=True),
            RECEIPT, FOUND,
        ),
    ),
    Command(
        group="return", verb="close", method="POST", path="/v1/returns/{number}/close",
        says="The rest will not come; who was pegged on it is planned anew.",
        example="return close RMA-1", view=RETURN_SHEET, parameters=(RETURN, NOTE),
    ),
    Command(
        group="count", verb="create", method="POST", path="/v1/counts", keyed=False,
        some=("body.lines", "body.everything"),
        says="What was counted is on hand from now on, all of it or none. A number counts once."
        " More units serve those who wait. Fewer take claims back, the latest in rank first. Units"
        " in hands stay on hand unless --covers says that they were counted too.",
        example="count create CC-21 --location vienna TEA-GREEN=40 CUP=3:damaged",
        view=COUNT_SHEET,
        parameters=(
            argument("body.number", "NUMBER", "Its number."),
            arguments("body.lines", "SKU=UNITS[:DISPOSITION]",
                      "What is there; `sellable` unless said.", COUNTED),
            option("body.location", "Where it was counted.", required=True),
            flag("body.everything", "What the books have there and is not named is gone."),
            option("body.covers", "What was counted; units in hands are picked, staged or to be put"
                   " back.", Text(("shelf", "shelf_and_hands"))),
            option("body.reason", "Why, for the ledger."),
        ),
    ),
    Command(
        group="count", verb="list", method="GET", path="/v1/counts", pages=True,
        says="List counts, the newest first.", example="count list --location vienna",
        view=listing(
            "counts", column("number"), column("location"), column("at"), words("actor", "who"),
            number("line_count", "lines"), number("differing"), words("reason"),
        ),
        parameters=(option("query.location", "Only of this location."),),
    ),
    Command(
        group="count", verb="show", method="GET", path="/v1/counts/{number}",
        says="Show a count: what the books had, what was there, and the difference.",
        example="count show CC-1", view=COUNT_SHEET, parameters=(COUNT,),
    ),
)  # fmt: skip
