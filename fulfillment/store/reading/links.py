"""Links to the customer's page as they are read: never the tokens, which are hashed."""

import hashlib
import re

from fulfillment.domain.insight.offers import USUALLY, OfferKind
from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.customer_page import CustomerPageSettings, LinkView, OpenLink
from fulfillment.store.transactions.session import Store, Tx

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 random bits, as they stand in an address."""

LINK_DAYS, DAYS_AFTER_END = 60, 14
"""How long a page can be opened where the merchant says nothing."""

EVERYBODYS = "*"

NEWEST_FIRST = Sort(("k.created_at", "k.id"), ("timestamptz", "text"), descending=True)

LINKS = """
SELECT k.id, k.created_at, k.created_by, k.expires_at, k.revoked_at, {keys}
  FROM order_link k JOIN orders o ON o.id = k.order_id
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

OF_ORDER = Listing(
    LINKS,
    NEWEST_FIRST,
    rows_as(LinkView),
    {"order": "o.number = :order", "id": "k.id = :id"},
    always=("o.merchant = :merchant",),
)

OPEN = f"""
SELECT k.id, k.merchant, o.number AS order,
       k.revoked_at IS NULL AND k.expires_at > :now
       AND (o.finished_at IS NULL OR o.finished_at
            + make_interval(days => coalesce(p.days_after_end, {DAYS_AFTER_END})) > :now) AS is_open
  FROM order_link k JOIN orders o ON o.id = k.order_id
  LEFT JOIN customer_page p ON p.merchant = k.merchant
 WHERE k.token_hash = :hash
"""  # noqa: S608 -- a constant

SETTINGS = """
SELECT m.id, p.offers, p.link_days, p.days_after_end, p.note
  FROM merchant m LEFT JOIN customer_page p ON p.merchant = m.id WHERE m.id = :merchant
"""


def hash_of(token: str) -> bytes:
    """A plain hash is enough: the token is random and long, so there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def opened_by(store: Store, token: str) -> OpenLink | None:
    """What a token opens, or opened once; None for one that nobody was given.

    Each of them costs one look by its hash, whether it is near a right one or not.
    """
    if not TOKEN.fullmatch(token):
        return None

    def body(tx: Tx) -> OpenLink | None:
        rows = tx.rows(OPEN, hash=hash_of(token), now=tx.now)
        return view(OpenLink, rows[0]) if rows else None

    return store.read(EVERYBODYS, body)


def list_links(tx: Tx, order: str, window: Window) -> Page[LinkView]:
    """The links to an order's page, the newest first, ended ones too; refused for no order."""
    if not tx.rows(
        "SELECT 1 FROM orders WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=order,
    ):
        raise missing("order", order)
    return OF_ORDER.page(tx, window, {"order": order})


def read_link(tx: Tx, order: str, link: str) -> LinkView:
    """One link of an order, or a refusal."""
    if found := OF_ORDER.one(tx, order=order, id=link):
        return found
    raise missing("link", link)


def read_page_settings(tx: Tx) -> CustomerPageSettings:
    """What the merchant's customers may choose; what it does not say is as built in."""
    rows = tx.rows(SETTINGS, merchant=tx.merchant)
    if not rows:
        raise missing("merchant", tx.merchant)
    (row,) = rows
    if row.offers is None:
        return CustomerPageSettings(
            offers=tuple(kind for kind in OfferKind if kind in USUALLY),
            link_days=LINK_DAYS,
            days_after_end=DAYS_AFTER_END,
            note=None,
        )
    return view(CustomerPageSettings, row)
