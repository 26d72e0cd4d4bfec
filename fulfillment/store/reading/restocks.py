"""Announced restocks, newest first."""

from collections.abc import Sequence

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.moves import RestockView
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("r.id",), ("bigint",), descending=True)

LIST = """
SELECT r.number, r.created_at, u.sku, u.location, u.ordered AS units, u.received, u.closed,
       u.outstanding, u.expected_on,
       u.pegged, {keys}
  FROM restock r JOIN supply u ON u.id = r.supply
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""


RESTOCKS = Listing(
    LIST,
    NEWEST_FIRST,
    rows_as(RestockView),
    {
        "number": "r.number = :number",
        "sku": "u.sku = :sku",
        "places": "u.location = ANY(:places)",
    },
    always=("r.merchant = :merchant",),
)


def read_restock(tx: Tx, number: str) -> RestockView:
    """One restock: what was announced, and what of it is outstanding and pegged."""
    if found := RESTOCKS.one(tx, number=number):
        return found
    raise missing("restock", number)


def list_restocks(
    tx: Tx, window: Window, *, sku: str | None = None, places: Sequence[str] | None = None
) -> Page[RestockView]:
    """One page of the merchant's restocks, ended ones too."""
    return RESTOCKS.page(tx, window, {"sku": sku, "places": places})
