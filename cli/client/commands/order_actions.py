"""`pegboard order`: what a person does to an order, done or only looked at."""

from dataclasses import replace
from typing import Any

from cli.client import order_views as views
from cli.client.commands.orders import ADDRESS, CONTACT, NUMBER
from cli.client.readers import Day, Pairs, Rows, Settings, Text, Whole
from cli.client.table import (
    NOTE,
    PREVIEW,
    Command,
    Parameter,
    argument,
    arguments,
    option,
    optional,
    options,
)

SOME_LINE = option("body.line", "One line; all of them unless said.", Whole(1))
BODY_LINE = argument("body.line", "LINE", "The order's line.", Whole(1))
PATH_LINE = argument("path.line", "LINE", "The order's line.", Whole(1))
PACK = option("body.pack", "The number is of these packs, not of base units.")
PRICE = option("body.unit_price_minor", "Of one base unit, in minor units.", Whole(0),
               name="--unit-price")  # fmt: skip

CANCELLED = Rows(
    r"(?P<line>\d{1,7})(?:=(?P<units>\d{1,7}))?", "a line as LINE or LINE=UNITS",
    whole=("line", "units"), once="line",
)  # fmt: skip
CHOICES = Rows(
    r"(?P<line>\d{1,7})=(?P<channel>pick|pickup|drop_ship|backorder)(?::(?P<location>.+))?",
    "a line as LINE=CHANNEL:LOCATION, with pick, pickup, drop_ship or backorder",
    whole=("line",), once="line",
)  # fmt: skip
SUPPLIES = Rows(
    r"(?:(?P<kind>purchase_order|transfer|return|restock):)?"
    r"(?P<document>.+?)(?:/(?P<line>\d{1,7}))?(?:=(?P<units>[1-9]\d{0,6}))?",
    "a supply as PO-7, PO-7/2 or restock:R-1=5",
    whole=("line", "units"),
)


def action(
    verb: str, says: str, example: str, *parameters: Parameter, under: str = "", **more: Any
) -> Command:
    """One action on an order, with a preview and a note; `under` is its path, if not the verb."""
    made = Command(
        group="order", verb=verb, method="POST", path=f"/v1/orders/{{number}}/{under or verb}",
        says=says, example=f"order {verb} {example}", view=views.changed,
        parameters=(NUMBER, *parameters, PREVIEW, NOTE),
    )  # fmt: skip
    return replace(made, **more)


COMMANDS = (
    action("verify", "Say that an order is good; what waits only for that goes on.", "SO-1004"),
    action(
        "hold",
        "Keep an order from going on; it keeps its units and its place.",
        'SO-1001 payment_review --note "Card was declined."',
        argument("body.reason", "REASON", "A short code: payment_review."),
    ),
    action(
        "unhold",
        "Lift a hold, or all of them; what waits only for that goes on.",
        "SO-1003 payment_review",
        optional("body.reason", "REASON", "One hold; all of them unless said."),
    ),
    action(
        "cancel",
        "Cancel what has not left the building, or some lines; its units go to those who wait.",
        "SO-1001 1=2 2 --preview",
        arguments("body.lines", "LINE[=UNITS]", "Only these; all of a line unless said.",
                  CANCELLED),
    ),
    action(
        "priority",
        "Give an order another place in the queue.",
        "SO-1001 10 --preview",
        argument("body.priority", "PRIORITY", "0 is served first, 100 last.", Whole()),
    ),
    action(
        "policy",
        "Change settings of one order; those not named stay as they are. `none` is no value.",
        "SO-1001 max_shipments=none --unset auto_allocate",
        arguments("body.set", "SETTING=VALUE", "`preset=NAME` sets several at once.", Settings()),
        options("body.unset", "Leave it to the merchant again; repeatable."),
        method="PATCH", some=("body.set", "body.unset"),
    ),
    action(
        "lock",
        "Bind an order to one location; what it holds elsewhere is given back.",
        "SO-1001 vienna --preview",
        argument("body.location", "LOCATION", "The only one it may use."),
    ),
    action(
        "unlock", "Let an order use every location again.", "SO-1001",
        under="lock", fixed={"location": None},
    ),
    action(
        "allocate", "Take free units for an order by hand, whatever its policy says of it.",
        "SO-1002 --line 1", SOME_LINE,
    ),
    action(
        "unallocate", "Give back what an order holds; it takes nothing by itself from then on.",
        "SO-1001 --line 1 --preview", SOME_LINE,
    ),
    action(
        "resume-allocation", "Let an order take stock by itself again.", "SO-1002", SOME_LINE,
    ),
    action(
        "mark-backordered", "Let a line wait, by hand, whatever it holds.", "SO-1001 1", BODY_LINE,
    ),
    action(
        "split", "Let go now what is allocated; the rest waits on in a shipment of its own.",
        "SO-1001 --preview",
    ),
    action(
        "remove-unavailable", "Cancel what is missing, and let the rest go.", "SO-1001 --preview",
    ),
    action(
        "back-to-ship", "Take what is in stock now, and say what is still short.", "SO-1001",
    ),
    action(
        "pin",
        "Tie a line to what will come, in place of what it was pinned to. It goes before rank.",
        "SO-1001 2 PO-1=2 --preview",
        BODY_LINE,
        arguments(
            "body.pins", "SUPPLY[=UNITS]...",
            "PO-7, or PO-7/2 for its line 2, restock:R-1, transfer:T-1; all that waits unless"
            " units are said.", SUPPLIES, required=True,
        ),
        under="pins",
    ),
    action(
        "unpin", "Free a line from what it was pinned to: it is pegged by rank again.",
        "SO-1001 2", BODY_LINE, under="pins", fixed={"pins": []},
    ),
    action(
        "prepare",
        "Choose how lines reach the customer, and let the order go on; the others are routed.",
        "SO-1005 1=pick:vienna 2=backorder",
        arguments(
            "body.lines", "LINE=CHANNEL:LOCATION",
            "`pick`, `pickup` or `drop_ship` with a location, or `backorder` without.", CHOICES,
        ),
        fixed={"lines": []},
    ),
    action(
        "add-line", "Add a line to an order.", "SO-1001 TEA-GREEN 2 --pack carton",
        argument("body.sku", "SKU", "What is wanted."),
        argument("body.quantity", "QUANTITY", "How many.", Whole(1, 1_000_000)),
        option("body.line", "Its number; the next one unless said.", Whole(1)),
        PACK, PRICE, under="lines",
    ),
    action(
        "quantity", "Say for how many units a line is to be in all.", "SO-1001 1 3 --preview",
        PATH_LINE,
        argument("body.units", "UNITS", "In all, shipped ones too.", Whole(1, 1_000_000)),
        PACK, under="lines/{line}/quantity",
    ),
    action(
        "exchange", "Exchange units of a line for another SKU; what they held is free for others.",
        "SO-1001 1 TEA-BLACK --units 2 --preview",
        PATH_LINE,
        argument("body.sku", "SKU", "What it is to be instead."),
        option("body.units", "So many; all that has not left unless said.", Whole(1)),
        PRICE, under="lines/{line}/exchange",
    ),
    action(
        "exchange-returned", "Exchange units of a line that come back; only a surcharge is paid.",
        'SO-1011 1 CUP --units 1 --reason "Too strong."',
        under="lines/{line}/exchange-returned",
        parameters=(
            NUMBER, PATH_LINE,
            argument("body.sku", "SKU", "What is sent instead."),
            option("body.units", "So many; all that come back unless said.", Whole(1)),
            option("body.surcharge_minor", "What one unit costs more, in minor units.", Whole(0)),
            option("body.reason", "Why; told in the history.", required=True),
            PREVIEW,
        ),
    ),
    action(
        "address", "Change where an order goes, all of it, until a shipment of it is packed.",
        'SO-1001 name=Example line1="1 Example Street" country=AT',
        arguments(
            "body.address", "FIELD=VALUE", f"{', '.join(ADDRESS)}.",
            Pairs("an address as FIELD=VALUE", ADDRESS), required=True,
        ),
        options("body.contact", f"FIELD=VALUE, repeatable: {', '.join(CONTACT)}.",
                Pairs("a contact as FIELD=VALUE", CONTACT)),
        method="PUT",
    ),
    action(
        "cancel-date",
        "Say on which day what then still waits is cancelled, unless supply is due by then.",
        "SO-1001 2031-04-30",
        argument("body.on", "DAY", "2031-04-30, `never`, or `policy` to give it back.",
                 Day({"never": "never", "policy": None})),
    ),
    action(
        "consent-to-delay", "Say that the customer agrees to wait: silence cancels nothing of it.",
        "SO-1017",
    ),
    Command(
        group="payment", verb="list", method="GET", path="/v1/payments", pages=True,
        says="List what was paid and what is due at the provider.",
        example="payment list --status due", view=views.payments,
        parameters=(
            option("query.status", "With this status.",
                   Text(("due", "done", "failed", "withdrawn"))),
        ),
    ),
    Command(
        group="payment", verb="show", method="GET", path="/v1/orders/{number}/payments",
        says="Show an order's payments.", example="payment show SO-1012",
        view=views.payments, parameters=(NUMBER,),
    ),
    Command(
        group="payment", verb="record", method="POST", path="/v1/orders/{number}/payments",
        says="Record what was invoiced, authorised, captured, voided or refunded.",
        example="payment record SO-1001 authorise 7000 --reference PAY-1",
        view=views.payments,
        parameters=(
            NUMBER,
            argument("body.kind", "KIND", "What happened.",
                     Text(("invoice", "authorise", "capture", "void", "refund"))),
            argument("body.amount_minor", "AMOUNT", "In minor units: 7000 is 70.00 EUR.",
                     Whole(1)),
            option("body.reference", "What the provider calls it."),
            option("body.note", "Why."),
        ),
    ),
    Command(
        group="payment", verb="settle", method="POST", path="/v1/payments/{payment}/settle",
        says="Say what became of a payment that was due.",
        example="payment settle 2 done --reference RF-1", view=views.payments,
        parameters=(
            argument("path.payment", "PAYMENT", "Its id.", Whole(1)),
            argument("body.status", "OUTCOME", "What became of it.", Text(("done", "failed"))),
            option("body.reference", "What the provider calls it."),
            option("body.note", "Why."),
        ),
    ),
)  # fmt: skip
