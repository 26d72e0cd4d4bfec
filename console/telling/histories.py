"""A thing in a history as a sentence, and who did it."""

import re
from collections.abc import Mapping

from console import words
from console.telling.lines import LINES
from console.telling.orders import ORDERS
from console.telling.payments import PAID
from console.telling.phrases import Sentences
from console.telling.purchases import PURCHASES
from console.telling.shipments import SHIPMENTS
from fulfillment.store.reading.views.orders import EventView

OF_ORDERS: Sentences = {**ORDERS, **LINES, **SHIPMENTS, **PAID}
OF_PURCHASES: Sentences = PURCHASES

PARTS: Mapping[str, str] = {
    "workflow": "Pegboard",
    "replan": "Pegboard, a new plan",
    "sweep": "Pegboard, a check",
    "reconcile": "Pegboard, a check",
    "pegboard": "Pegboard",
    "purchase order": "Pegboard, for a purchase order",
    "customer": "The customer",
}
"""How histories call what acts without a user."""

A_KEY = re.compile(r"(.+) \([0-9a-f]{16}\)", re.DOTALL)
"""The name that people gave a key, and the key's id, which no clerk knows."""


def of_order(event: EventView, currency: str | None = None) -> str:
    """What happened to an order."""
    return _said(OF_ORDERS, event, currency)


def of_purchase(event: EventView) -> str:
    """What happened to a purchase order."""
    return _said(OF_PURCHASES, event, None)


def who(actor: str) -> str:
    """Who did it: a user, a key by its name, or a part of Pegboard."""
    if actor in PARTS:
        return PARTS[actor]
    key = A_KEY.fullmatch(actor)
    return key[1] if key else actor


def _said(sentences: Sentences, event: EventView, currency: str | None) -> str:
    """What nobody wrote a sentence for, or is told too little of, is told by its kind alone.

    Histories are old, and a page does not fail for what they say.
    """
    try:
        return sentences[event.kind]({**event.facts, "currency": currency})
    except KeyError:
        return f"{words.plain(event.kind).capitalize()}."
