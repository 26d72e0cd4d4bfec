"""`pegboard order`: orders in, looked at, explained and promised."""

from cli.client import order_views as views
from cli.client.readers import Day, JsonFile, Pairs, Rows, Settings, Switch, Text, Whole
from cli.client.table import (
    Command,
    Parameter,
    argument,
    arguments,
    option,
    optional,
    options,
)

STATUSES = (
    "cancelled", "rejected", "on_hold", "verifying", "received", "shipped", "partially_shipped",
    "picking", "partially_backordered", "awaiting_stock", "awaiting_pick_and_pack",
)  # fmt: skip
SORTS = ("rank", "placed_at", "-placed_at", "ready_since", "ship_by", "target_ship_on")
ADDRESS = (
    "name", "company", "line1", "line2", "city", "region", "postal_code", "country", "instructions",
)  # fmt: skip
CONTACT = ("name", "company", "email", "phone", "locale", "time_zone")

NUMBER = argument("path.number", "NUMBER", "The order's number.")
WANTED_ON = r"(?:,(?P<wanted_on>\d{4}-\d\d-\d\d))?"
ASKED = "SKU=UNITS[:PACK][@PRICE][,DAY]..."
WANTED = Rows(
    r"(?P<sku>.+)=(?P<quantity>\d{1,9})(?::(?P<pack>[^:@,]+))?(?:@(?P<unit_price_minor>\d{1,13}))?"
    rf"{WANTED_ON}",
    "a line as SKU=UNITS, SKU=PACKS:PACK, SKU=UNITS@PRICE or SKU=UNITS,DAY",
    whole=("quantity", "unit_price_minor"),
    counted="line",
)
EDITED = Rows(
    r"(?P<line>\d{1,7}):(?P<sku>.+)=(?P<quantity>\d{1,9})(?::(?P<pack>[^:@,]+))?"
    rf"(?:@(?P<unit_price_minor>\d{{1,13}}))?{WANTED_ON}",
    "a line as LINE:SKU=UNITS, LINE:SKU=PACKS:PACK, LINE:SKU=UNITS@PRICE or LINE:SKU=UNITS,DAY",
    whole=("line", "quantity", "unit_price_minor"),
    once="line",
)


def _whether(field: str, says: str, off: str = "") -> Parameter:
    return option(f"query.{field}", says, Switch(off))


LIST = (
    optional(
        "query.q",
        "[TEXT]",
        "How a number, a customer's reference or a tracking number begins or ends,"
        " or a SKU begins.",
    ),
    options("query.status", "With this status; repeatable.", Text(STATUSES)),
    option("query.sku", "With a line of this SKU."),
    option("query.location", "Shipped from, held at or locked to this location."),
    option("query.purchase_order", "That wait for this purchase order.", name="--po"),
    _whether("backordered", "With waiting units, or none.", "--complete"),
    _whether("fulfillable", "Every unit to go is allocated, or lies free for it."),
    _whether("partially_fulfillable", "Some units to go are, not all."),
    option(
        "query.served_by_purchase_order",
        "Given units that came on this purchase order.",
        name="--served-by-po",
    ),
    option("query.served_by_receipt", "Given units that came with this receipt."),
    _whether("still_holding", "Of those served: still holding such units, or not."),
    _whether("ready", "With a shipment that can go now."),
    _whether("on_hold", "On hold."),
    _whether("overdue", "Past their ship-by date."),
    option("query.placed_from", "Placed then or later, as 2026-03-01T00:00:00+01:00."),
    option("query.placed_before", "Placed before then."),
    option("query.sort", "In which order; by rank unless said.", Text(SORTS)),
)
POLICY = options("body.policy", "SETTING=VALUE, of this order alone; repeatable.", Settings(),
                 name="--policy")  # fmt: skip
PRIORITY = option("body.priority", "0 is served first, 100 last.", Whole(0, 100))
LOCK = option("body.lock_location", "The one location that it may use.")
PICKUP = option("body.pickup_location", "Where the customer picks it up.")

SHIPPING = (
    option("body.shipping_method", "How it is to be sent."),
    option("body.deliver_by", "The day by which it should be there.", Day()),
    option("body.packer_note", "For who packs it, not for the customer."),
)

COMMANDS = (
    Command(
        group="order", verb="list", method="GET", path="/v1/orders", pages=True,
        says="List orders: how far each is, what it waits for, and what is promised.",
        example="order list --fulfillable --sort ship_by",
        view=views.orders, parameters=LIST,
    ),
    Command(
        group="order", verb="archived", method="GET", path="/v1/archived-orders", pages=True,
        says="List archived orders; one that is looked at by its number is brought back.",
        example="order archived --month 2026-03",
        view=views.archived,
        parameters=(
            optional(
                "query.q", "[TEXT]", "A whole number, customer's reference or tracking number."
            ),
            option("query.month", "Archived in this month, as 2026-03."),
        ),
    ),
    Command(
        group="order", verb="show", method="GET", path="/v1/orders/{number}",
        says="Show an order: its lines and its shipments.",
        example="order show SO-1001",
        view=views.order, parameters=(NUMBER,),
    ),
    Command(
        group="order", verb="history", method="GET", path="/v1/orders/{number}/history",
        pages=True,
        says="Tell what happened to an order, and who did it: the key's name, or a rule.",
        example="order history SO-1001",
        view=views.history, parameters=(NUMBER,),
    ),
    Command(
        group="order", verb="explain", method="GET", path="/v1/orders/{number}/explanation",
        says="Say for each waiting line of an order why it waits, and what would help.",
        example="order explain SO-1001 --json",
        view=views.explanation, parameters=(NUMBER,),
    ),
    Command(
        group="order", verb="promise", method="POST", path="/v1/promise", keyed=False,
        says="Say when a basket could ship, if it were ordered now; nothing is taken in.",
        example="order promise TEA-GREEN=1:carton CUP=2",
        view=views.promise,
        parameters=(
            arguments("body.lines", ASKED, "What is asked for.", WANTED,
                      required=True),
            POLICY, PRIORITY, LOCK, PICKUP,
        ),
    ),
    Command(
        group="order", verb="create", method="POST", path="/v1/orders", keyed=False, waits=True,
        says="Take an order in. The same number with the same content again is the same order.",
        example="order create SO-2001 TEA-GREEN=1:carton CUP=2 --address name=Example"
        " --address city=Linz --address country=AT --policy max_shipments=1",
        view=views.accepted,
        parameters=(
            argument("body.number", "NUMBER", "Its number."),
            arguments("body.lines", ASKED, "What is ordered.", WANTED,
                      required=True),
            options("body.address", f"FIELD=VALUE, repeatable: {', '.join(ADDRESS)}.",
                    Pairs("an address as FIELD=VALUE", ADDRESS)),
            options("body.contact", f"FIELD=VALUE, repeatable: {', '.join(CONTACT)}.",
                    Pairs("a contact as FIELD=VALUE", CONTACT)),
            option("body.placed_at", "When it was placed, with its zone; now unless said."),
            option("body.ship_by", "When it should leave, as the channel says.", Day()),
            *SHIPPING,
            option("body.currency", "A code of ISO 4217; the merchant's unless said."),
            option("body.customer_reference", "What the customer calls it."),
            POLICY, PRIORITY, LOCK, PICKUP,
        ),
    ),
    Command(
        group="order", verb="create-many", method="POST", path="/v1/orders/batch", keyed=False,
        says="Take many orders in from a file of JSON; a bad one does not stop the others.",
        example="order create-many orders.json",
        view=views.batch,
        parameters=(
            argument("body", "FILE", "A list of orders; - is the standard input.",
                     JsonFile("orders")),
        ),
    ),
    Command(
        group="order", verb="edit", method="PUT", path="/v1/orders/{number}",
        says="Say how a sales channel wants an order to be now; a line not named is cancelled.",
        example="order edit SO-1002 1:TEA-GREEN=3 2:CUP=1 --revision 2",
        view=views.changed,
        parameters=(
            NUMBER,
            arguments("body.lines", f"LINE:{ASKED}", "All its lines.", EDITED,
                      required=True),
            Parameter("body.revision", "--revision", "Higher than that of the edit before.",
                      Whole(1), required=True),
            options("body.address", "FIELD=VALUE, repeatable; left as it is unless said.",
                    Pairs("an address as FIELD=VALUE", ADDRESS)),
            options("body.contact", "FIELD=VALUE, repeatable; left as it is unless said.",
                    Pairs("a contact as FIELD=VALUE", CONTACT)),
            *SHIPPING,
        ),
    ),
)  # fmt: skip
