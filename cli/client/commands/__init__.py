"""The table of commands: what `pegboard GROUP VERB` asks of the API, and how it is shown."""

from collections.abc import Mapping

from cli.client.commands import (
    catalogue,
    customer_page,
    events,
    floor,
    inbound,
    mail,
    moves,
    order_actions,
    orders,
    places,
    purchasing,
    settings,
    shipments,
    webhooks,
    what_if,
)
from cli.client.table import Command

GROUPS: Mapping[str, str] = {
    "order": "Take orders in, look at them, ask why one waits, and change one by hand.",
    "payment": "Look at what was paid and what is due, and record it.",
    "shipment": "Pick, pack and ship, and look at what is on its way out.",
    "pick": "Take work at a location, confirm what was picked, and say where less was there.",
    "stage": "Put what waiting orders have into containers, and see what is staged.",
    "task": "Look at what people on the floor are asked to do, and say that it is done.",
    "document": "Write pick lists, packing slips and container labels as PDF.",
    "po": "Look at what should be bought, write purchase orders, and receive what comes.",
    "receipt": "Look at receipts, and take back those that were counted by mistake.",
    "what-if": "See who would gain and who would lose by a change, and do it.",
    "restock": "Announce what will come without a purchase order, and take it in.",
    "transfer": "Move goods from one location to another: write, ship and receive transfers.",
    "return": "Announce what customers send back, and take it in.",
    "count": "Post what was counted at a location, and look at counts.",
    "stock": "Look at what is on hand, and change it.",
    "product": "Look at what is sold, and change it.",
    "location": "Look at locations, change them, and close them for a day.",
    "merchant": "Look at merchants, and change them.",
    "page": "What customers may choose on their page, and the links to it.",
    "settings": "How orders are fulfilled where they do not say it themselves.",
    "mail": "What customers are written, in which words, and what became of each mail.",
    "events": "See what happens as it happens.",
    "webhook": "Have events be posted to an address, and see what it answered.",
}

COMMANDS: tuple[Command, ...] = (
    *orders.COMMANDS,
    *order_actions.COMMANDS,
    *shipments.COMMANDS,
    *floor.COMMANDS,
    *purchasing.COMMANDS,
    *inbound.COMMANDS,
    *moves.COMMANDS,
    *catalogue.COMMANDS,
    *places.COMMANDS,
    *customer_page.COMMANDS,
    *settings.COMMANDS,
    *mail.COMMANDS,
    *events.COMMANDS,
    *webhooks.COMMANDS,
    *what_if.COMMANDS,
)
