"""`pegboard location` and `merchant`: where goods are, and whose they are."""

from cli.blocks import column, number, words
from cli.client import catalogue_views as views
from cli.client.commands.catalogue import whether
from cli.client.commands.shipments import STATUSES
from cli.client.readers import BinaryFile, Day, Pairs, Switch, Text, Whole
from cli.client.table import Command, Parameter, argument, arguments, option, options
from cli.client.views import listing
from cli.errors import UsageError

LOCATION = argument("path.location", "LOCATION", "The location's id.")
DAY = argument("path.day", "DAY", "The day, as 2031-12-24.", Day())
MERCHANT = argument("path.name", "MERCHANT", "The merchant's id.")
LOCATION_SHEET = views.facts("Location {id}")
MERCHANT_SHEET = views.facts("Merchant {id}")
WORK = (
    number("id"), column("merchant"), column("order"), column("status"),
    column("target_ship_on", "ship on"), words("lines"), words("holds"),
)  # fmt: skip


class WorkingDays:
    """Days of the week from 1, Monday, parted by commas."""

    kind = str

    def read(self, label: str, written: str) -> list[int]:
        """Their numbers."""
        days = written.split(",")
        if not all(day in set("1234567") for day in days):
            raise UsageError(f"{label} is written as 1,2,3,4,5, not {written!r}")
        return [int(day) for day in days]


COMMANDS = (
    Command(
        group="location", verb="list", method="GET", path="/v1/locations", pages=True,
        merchant=False, says="List locations.", example="location list",
        view=listing(
            "locations", column("id"), words("name"), column("time_zone", "time zone"),
            column("cutoff"), column("active"), words("serves"),
        ),
    ),
    Command(
        group="location", verb="show", method="GET", path="/v1/locations/{location}",
        merchant=False, says="Show a location.", example="location show vienna",
        view=LOCATION_SHEET, parameters=(LOCATION,),
    ),
    Command(
        group="location", verb="put", method="PUT", path="/v1/locations/{location}",
        merchant=False, keyed=False,
        says="Say what a location is, all of it: what is not said is as of a new one.",
        example="location put linz --name Linz --time-zone Europe/Vienna --serves acme=3",
        view=LOCATION_SHEET,
        parameters=(
            LOCATION,
            option("body.name", "What it is called.", required=True),
            option("body.time_zone", "By which its days begin and end."),
            options("body.serves", "MERCHANT=PRIORITY, the lower first; repeatable.",
                    Pairs("whom it serves as MERCHANT=PRIORITY", whole=True)),
            whether("body.active", "Whether anything is sent from it.", "--inactive"),
            option("body.cutoff", "Until when what is released leaves on that day, as 14:00."),
            option("body.working_days", "As 1,2,3,4,5; 1 is Monday.", WorkingDays()),
            option("body.holidays", "Whose public holidays it keeps, as AT or DE-BY."),
            Parameter("body.handling_days", "--handling-days", "Working days that it needs.",
                      Whole(0, 60)),
        ),
    ),
    Command(
        group="location", verb="close", method="PUT",
        path="/v1/locations/{location}/closures/{day}", merchant=False, keyed=False,
        says="Say that nothing leaves a location on a day.",
        example='location close vienna 2031-12-24 --reason "Stocktaking"',
        view=LOCATION_SHEET, parameters=(LOCATION, DAY, option("body.reason", "Why.")),
    ),
    Command(
        group="location", verb="open", method="DELETE",
        path="/v1/locations/{location}/closures/{day}", merchant=False, keyed=False,
        says="Take a closure back.", example="location open vienna 2031-12-31",
        view=LOCATION_SHEET, parameters=(LOCATION, DAY),
    ),
    Command(
        group="location", verb="shipments", method="GET",
        path="/v1/locations/{location}/shipments", pages=True,
        says="List the work at a location, of every merchant, unless one is named.",
        example="location shipments vienna --status ready",
        view=listing("shipments", *WORK),
        parameters=(
            LOCATION,
            options("query.status", "With this status; repeatable.", Text(STATUSES)),
            option("query.late", "Past their target ship date, or not.", Switch()),
        ),
    ),
    Command(
        group="merchant", verb="list", method="GET", path="/v1/merchants", pages=True,
        merchant=False, says="List merchants.", example="merchant list",
        view=listing(
            "merchants", column("id"), words("name"), column("time_zone", "time zone"),
            column("currency"),
        ),
    ),
    Command(
        group="merchant", verb="show", method="GET", path="/v1/merchants/{name}", merchant=False,
        says="Show a merchant.", example="merchant show acme", view=MERCHANT_SHEET,
        parameters=(MERCHANT,),
    ),
    Command(
        group="merchant", verb="put", method="PUT", path="/v1/merchants/{name}", merchant=False,
        keyed=False,
        says="Say who a merchant is, all of it: what is not said is as of a new one.",
        example="merchant put bolt --name Bolt --time-zone Europe/Vienna --currency EUR",
        view=MERCHANT_SHEET,
        parameters=(
            MERCHANT,
            option("body.name", "What it is called.", required=True),
            option("body.time_zone", "In which its days are told."),
            option("body.currency", "Of orders that name none; a code of ISO 4217."),
            options("body.shipping_methods", "METHOD=DAYS that goods are under way; repeatable.",
                    Pairs("a method as METHOD=DAYS", whole=True), name="--shipping-method"),
            whether("body.authorise_before_release",
                 "Whether nothing leaves before its payment is authorised."),
            whether("body.reauthorise_on_release",
                 "Whether what leaves later is authorised again."),
        ),
    ),
    Command(
        group="merchant", verb="letterhead", method="GET", path="/v1/merchants/{name}/letterhead",
        merchant=False, says="Show what stands over a merchant's packing slips.",
        example="merchant letterhead acme",
        view=views.letterhead,
        parameters=(MERCHANT,),
    ),
    Command(
        group="merchant", verb="put-letterhead", method="PUT",
        path="/v1/merchants/{name}/letterhead", merchant=False, keyed=False,
        says="Say what stands over a merchant's packing slips: the sender, and a logo.",
        example='merchant put-letterhead acme "Acme Teas" "Kai 1" "1010 Wien" --logo logo.png',
        view=views.letterhead,
        parameters=(
            MERCHANT,
            arguments("body.sender", "LINE...", "The sender's name and address, line by line."),
            option("body.logo", "A PNG or JPEG, of 300 kB at most.", BinaryFile()),
        ),
    ),
)  # fmt: skip
