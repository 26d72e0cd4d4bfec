"""The customer's page in a mail: each mail that asks something of its customer has its own link."""

from uuid import uuid4

from deliveries.mail.composing import LinkOf, no_link
from fulfillment.settings import Settings
from fulfillment.store.commands.orders.links import make_link
from fulfillment.store.transactions.session import Command, Store

ACTOR = "mail"


def links_of(found: Settings, store: Store) -> LinkOf:
    """Makes links; none where nobody said under which address customers reach the pages.

    A mail that is tried again has a new one: what opens a page is stored hashed alone.
    """
    base = found.public_base
    if base is None:
        return no_link

    def link(merchant: str, order: str) -> str:
        command = Command(merchant, "make_link", f"link:{uuid4()}", ACTOR, repeatable=False)
        return f"{base}{make_link(store, command, order).path}"

    return link
