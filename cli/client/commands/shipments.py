"""`pegboard shipment` and `document`: what is picked, packed and shipped, and its papers."""

from cli.blocks import column, number, words
from cli.client.order_views import changed, moved, results
from cli.client.readers import Rows, Switch, Text, Whole
from cli.client.table import (
    NOTE,
    PREVIEW,
    Command,
    Parameter,
    View,
    argument,
    arguments,
    option,
    options,
    whole,
)
from cli.client.views import listing, sheet

STATUSES = (
    "backorder", "future", "ready", "picking", "picked", "packed", "shipped", "reassigned",
    "cancelled",
)  # fmt: skip
SHIPMENT = argument("path.shipment", "SHIPMENT", "The shipment's id.", Whole(1))
REASON = option("body.reason", "Why; told in the history.", required=True)
PACKAGE = argument("path.number", "PACKAGE", "Its number in the shipment.", Whole(1))
PACKED = Rows(
    r"(?P<order_line>\d{1,7})=(?P<units>\d{1,7})", "units of a line as LINE=UNITS",
    whole=("order_line", "units"), once="order_line",
)  # fmt: skip
IDS = Rows(r"(?P<shipment>\d{1,18})", "a shipment's id", whole=("shipment",))
LABELLED = Rows(
    r"(?P<shipment>\d{1,18})(?:=(?P<tracking>.+))?", "a shipment as SHIPMENT or SHIPMENT=TRACKING",
    whole=("shipment",),
)  # fmt: skip
SHIPMENTS = arguments("body.shipments", "SHIPMENT...", "Their ids.", IDS, required=True)
LOST = Rows(
    r"(?P<line>\d{1,7})(?:=(?P<units>\d{1,7}))?", "units of a line as LINE or LINE=UNITS",
    whole=("line", "units"), once="line",
)  # fmt: skip
TRACKED = Rows(
    r"(?P<number>\d{1,7})(?:=(?P<tracking>.+))?", "a package as PACKAGE or PACKAGE=TRACKING",
    whole=("number",), once="number",
)  # fmt: skip
SIZES = (
    whole("body.weight_g", "Its weight in grams."),
    whole("body.length_mm", "Its length in millimetres."),
    whole("body.width_mm", "Its width in millimetres."),
    whole("body.height_mm", "Its height in millimetres."),
)
COLUMNS = (
    number("id"), column("order"), column("status"), column("location"),
    column("target_ship_on", "ship on"), words("lines"), words("holds"),
)  # fmt: skip
PACKAGES = (
    number("number", "no"), column("status"), words("lines"), number("weight_g", "grams"),
    words("carrier"), words("tracking"),
)  # fmt: skip


class Parcels:
    """Packages as a person writes them: each `--package` is one, its lines parted by commas."""

    kind = str

    def read(self, label: str, written: list[str]) -> list[dict[str, object]]:
        """The packages with their lines."""
        return [{"lines": PACKED.read(label, each.split(","))} for each in written]


def step(verb: str, says: str, example: str, *parameters: Parameter, view: View = moved) -> Command:
    """One step of a shipment on its way out."""
    return Command(
        group="shipment", verb=verb, method="POST", path=f"/v1/shipments/{{shipment}}/{verb}",
        says=says, example=f"shipment {verb} {example}", view=view,
        parameters=(SHIPMENT, *parameters),
    )  # fmt: skip


def many(verb: str, says: str, example: str, one: Parameter, *parameters: Parameter) -> Command:
    """The same step of many shipments, each by itself."""
    return Command(
        group="shipment", verb=f"{verb}-many", method="POST", path=f"/v1/shipments/{verb}",
        says=says, example=f"shipment {verb}-many {example}", view=results,
        parameters=(one, *parameters, NOTE),
    )  # fmt: skip


def read(verb: str, path: str, says: str, view: View) -> Command:
    """A look at one shipment."""
    return Command(
        group="shipment", verb=verb, method="GET", path=f"/v1/shipments/{{shipment}}{path}",
        says=says, example=f"shipment {verb} 8", view=view, parameters=(SHIPMENT,),
    )  # fmt: skip


FACTS = {
    "status": "", "location": "at", "order": "of order", "target_ship_on": "to leave on",
    "carrier": "with", "tracking": "as", "holds": "on hold for",
}  # fmt: skip
LINES = (
    number("line"), column("sku"), number("units"), number("allocated"),
    number("not_yet_received"), number("pegged"),
)  # fmt: skip

COMMANDS = (
    Command(
        group="shipment", verb="list", method="GET", path="/v1/shipments", pages=True,
        says="List a merchant's shipments.", example="shipment list --status ready",
        view=listing("shipments", *COLUMNS),
        parameters=(
            options("query.status", "With this status; repeatable.", Text(STATUSES)),
            option("query.location", "At this location."),
            option("query.late", "Past their target ship date, or not.", Switch()),
            option("query.sort", "In which order; by rank unless said.",
                   Text(("rank", "target_ship_on"))),
        ),
    ),
    read("show", "", "Show a shipment: its lines, and where it stands.",
         sheet("Shipment {id}", FACTS, *LINES)),
    read("packages", "/packages", "List the packages of a shipment.",
         sheet("Shipment {shipment}", {}, *PACKAGES, rows="packages")),
    step("start-picking", "Somebody goes to pick it, without a pick list.", "6"),
    step("pick", "All of it is in the picker's hands.", "6"),
    step("send-back", "It waits again, while nobody picks it.", "6 --preview", PREVIEW, NOTE),
    step(
        "pack", "Put what is picked into packages: one, unless told otherwise.",
        "7 --package 1=1 --package 1=1",
        Parameter("body.packages", "--package", "LINE=UNITS,..., a package; repeatable.",
                  Parcels(), many=True),
        NOTE,
    ),
    Command(
        group="shipment", verb="repack", method="PUT",
        path="/v1/shipments/{shipment}/packages/{number}",
        says="Say what is in a package that is still here.",
        example="shipment repack 8 1 1=2 --weight-g 850", view=moved,
        parameters=(
            SHIPMENT, PACKAGE,
            arguments("body.lines", "LINE=UNITS...", "All that is in it.", PACKED, required=True),
            *SIZES, NOTE,
        ),
    ),
    Command(
        group="shipment", verb="unpack", method="DELETE",
        path="/v1/shipments/{shipment}/packages/{number}",
        says="Take a package apart that is still here.", example="shipment unpack 8 1", view=moved,
        parameters=(SHIPMENT, PACKAGE, NOTE),
    ),
    step(
        "ship", "It has left: all of it, or some of its packages.",
        '8 --carrier "Example Post" --tracking EP123456789AT',
        option("body.carrier", "Who carries it."),
        option("body.service", "How."),
        option("body.tracking", "Its tracking number."),
        Parameter("body.packages", "--package",
                  "PACKAGE[=TRACKING], these packages alone; repeatable.", TRACKED, many=True),
        NOTE,
    ),
    many("pick", "All of each is in the picker's hands; what is refused stops no other.", "6 13",
         SHIPMENTS),
    many("pack", "Put all that is loose of each into a package; what is refused stops no other.",
         "7 12", SHIPMENTS),
    many(
        "ship", "Each has left as a whole; what is refused stops no other.",
        '7=EP1AT 8=EP2AT --carrier "Example Post"',
        arguments("body.shipments", "SHIPMENT[=TRACKING]...", "What has left.", LABELLED,
                  required=True),
        option("body.carrier", "Who carries them."),
        option("body.service", "How."),
    ),
    step(
        "correct-tracking", "It left with another label than was said; what is not said stays.",
        '17 --package 1=EP123456780AT --reason "A digit was missing."',
        option("body.carrier", "Who carries it."),
        option("body.service", "How."),
        option("body.tracking", "Its tracking number."),
        Parameter("body.packages", "--package",
                  "PACKAGE[=TRACKING], these packages alone; repeatable.", TRACKED, many=True),
        REASON, PREVIEW,
    ),
    step(
        "replace", "Send again what was lost on its way: these lines, or all of it; at no price.",
        '17 --line 1=1 --reason "Lost by the carrier."',
        Parameter("body.lines", "--line", "LINE=UNITS, these alone; repeatable.", LOST, many=True),
        REASON, PREVIEW, view=changed,
    ),
    step("void-dispatch", "It has not left after all: it is packed, and its labels are void.",
         '17 --reason "It is still at the door."', REASON, PREVIEW),
    Command(
        group="document", verb="pick-list", method="GET",
        path="/v1/pick-lists/{pick_list}/document.pdf", file="pick-list-{pick_list}.pdf",
        says="Write a pick list as PDF: of every merchant on it, or of one.",
        example="document pick-list 1 -o list.pdf", view=moved,
        parameters=(argument("path.pick_list", "LIST", "The list's id.", Whole(1)),),
    ),
    Command(
        group="document", verb="packing-slip", method="GET",
        path="/v1/shipments/{shipment}/packing-slip.pdf", file="packing-slip-{shipment}.pdf",
        says="Write the packing slips of a shipment, a page for each package, with the address.",
        example="document packing-slip 8 --package 1 -o slip.pdf", view=moved,
        parameters=(SHIPMENT, whole("query.package", "This package alone.")),
    ),
    Command(
        group="document", verb="container-label", method="GET",
        path="/v1/containers/{container}/label.pdf", file="container-{container}.pdf",
        says="Write the label of a container with staged units as PDF.",
        example="document container-label 1 -o label.pdf", view=moved,
        parameters=(argument("path.container", "CONTAINER", "Its id.", Whole(1)),),
    ),
)  # fmt: skip
