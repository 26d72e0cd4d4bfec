"""Links to the customer's page: shown once, stored hashed, for one order, with an end."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.links import hash_of, read_link, read_page_settings
from fulfillment.store.reading.views.customer_page import LinkView
from fulfillment.store.transactions.session import Command, Store, Tx

PATH = "/c/"
"""Where the pages are, before the token."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that was made, and where it leads; None where it was made, and shown, before."""

    view: LinkView
    path: str | None


def make_link(store: Store, command: Command, number: str, days: int | None = None) -> MadeLink:
    """Make a link to an order's page, once for the command's key. Its path is told this once.

    It opens the page for so many days; as the merchant's settings say, where that is None. Asked
    again, it answers with the link that was made, without the path, which is nowhere stored.
    """
    link, token = secrets.token_hex(8), secrets.token_urlsafe(32)

    def body(tx: Tx) -> dict[str, Any]:
        lasts = read_page_settings(tx).link_days if days is None else days
        made = tx.rows(
            INSERT,
            id=link,
            merchant=tx.merchant,
            number=number,
            hash=hash_of(token),
            actor=tx.actor,
            now=tx.now,
            until=tx.now + timedelta(days=lasts),
        )
        if not made:
            raise missing("order", number)
        return {"id": link}

    made = store.execute(command, body)["id"]
    found = store.read(command.merchant, lambda tx: read_link(tx, number, made))
    return MadeLink(found, f"{PATH}{token}" if made == link else None)


def revoke_link(store: Store, merchant: str, number: str, link: str) -> LinkView:
    """End a link, by its name; one that has ended stays as it is."""

    def body(tx: Tx) -> LinkView:
        tx.run(END, merchant=tx.merchant, number=number, id=link, now=tx.now)
        return read_link(tx, number, link)

    return store.transact(merchant, body)


INSERT = """
INSERT INTO order_link (id, merchant, order_id, token_hash, created_by, created_at, expires_at)
SELECT :id, o.merchant, o.id, :hash, :actor, :now, :until
  FROM orders o WHERE o.merchant = :merchant AND o.number = :number
RETURNING id
"""

END = """
UPDATE order_link k SET revoked_at = coalesce(k.revoked_at, :now)
  FROM orders o
 WHERE o.id = k.order_id AND o.merchant = :merchant AND o.number = :number AND k.id = :id
"""
