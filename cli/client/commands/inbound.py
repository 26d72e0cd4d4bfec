"""`pegboard receipt` and `restock`: what came, and what will come without a purchase order."""

from cli.blocks import column, number
from cli.client.commands.purchasing import EXPECTED, FOUND
from cli.client.purchasing_views import receipt
from cli.client.readers import Text, Whole
from cli.client.table import NOTE, Command, argument, option
from cli.client.views import listing, sheet

RECEIPT = argument("path.number", "NUMBER", "The receipt's number.")
RESTOCK = argument("path.number", "NUMBER", "The restock's number.")
RESTOCKS = (
    column("number"), column("sku"), column("location"), number("units"), number("received"),
    number("outstanding"),
    number("pegged"), column("expected_on", "expected"),
)  # fmt: skip
RESTOCK_FACTS = {
    "units": "units", "sku": "of", "location": "to", "expected_on": "expected",
    "received": "received", "outstanding": "outstanding", "pegged": "pegged",
}  # fmt: skip
RESTOCK_SHEET = sheet("Restock {number}", RESTOCK_FACTS)

COMMANDS = (
    Command(
        group="receipt", verb="list", method="GET", path="/v1/receipts", pages=True,
        says="List receipts, the newest first.", example="receipt list --po PO-1",
        view=listing(
            "receipts", column("number"), column("document"), column("location"), number("units"),
            number("to_shipments"), number("to_shelf"), column("at"),
        ),
        parameters=(
            option("query.purchase_order", "Only those of this purchase order.", name="--po"),
            option("query.location", "Only at this location."),
            option("query.sku", "With this SKU."),
        ),
    ),
    Command(
        group="receipt", verb="show", method="GET", path="/v1/receipts/{number}",
        says="Show a receipt: how many units go straight to which shipments, and how many to the"
        " shelf.",
        example="receipt show GR-1", view=receipt, parameters=(RECEIPT,),
    ),
    Command(
        group="receipt", verb="reverse", method="POST", path="/v1/receipts/{number}/reverse",
        says="Take a receipt back while its units are not picked: they are to come again.",
        example='receipt reverse GR-1 --reason "counted on the wrong purchase order"',
        view=receipt,
        parameters=(RECEIPT, option("body.reason", "Why it is taken back.", required=True)),
    ),
    Command(
        group="restock", verb="list", method="GET", path="/v1/restocks", pages=True,
        says="List what will come without a purchase order.", example="restock list",
        view=listing("restocks", *RESTOCKS),
        parameters=(option("query.sku", "Of this SKU."),),
    ),
    Command(
        group="restock", verb="show", method="GET", path="/v1/restocks/{number}",
        says="Show a restock.", example="restock show R-1", view=RESTOCK_SHEET,
        parameters=(RESTOCK,),
    ),
    Command(
        group="restock", verb="put", method="PUT", path="/v1/restocks/{number}", keyed=False,
        says="Announce a restock, or change one; who waits is pegged to it.",
        example="restock put R-2 TEA-GREEN 12 --location vienna --expected-on 2031-03-31",
        view=RESTOCK_SHEET,
        parameters=(
            RESTOCK,
            argument("body.sku", "SKU", "What comes."),
            argument("body.units", "UNITS", "How many.", Whole(1)),
            option("body.location", "Where it comes to.", required=True),
            EXPECTED,
        ),
    ),
    Command(
        group="restock", verb="withdraw", method="POST", path="/v1/restocks/{number}/withdraw",
        says="It will not come; who was pegged on it is planned anew.",
        example="restock withdraw R-1", view=RESTOCK_SHEET, parameters=(RESTOCK, NOTE),
    ),
    Command(
        group="restock", verb="arrive", method="POST", path="/v1/restocks/{number}/arrive",
        says="Count what came of a restock; those who wait are served.",
        example="restock arrive R-1 4", view=RESTOCK_SHEET,
        parameters=(
            RESTOCK,
            argument("body.units", "UNITS", "How many came.", Whole(1)),
            option("body.disposition", "`sellable` unless said.",
                   Text(("sellable", "damaged", "quarantine", "scrapped"))),
            FOUND, NOTE,
        ),
    ),
)  # fmt: skip
