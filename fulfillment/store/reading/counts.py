"""Counts of stock, newest first."""

from collections.abc import Sequence

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.stock import CountLineView, CountSummary, CountView
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("c.id",), ("bigint",), descending=True)

READ = """
SELECT c.number, c.location, c.reason, c.actor, c.at, c.covers, l.sku, l.disposition, l.expected,
       l.counted, l.in_hands, l.counted - l.expected AS difference
  FROM stock_count c LEFT JOIN stock_count_line l ON l.stock_count = c.id
 WHERE c.merchant = :merchant AND c.number = :number ORDER BY l.sku, l.disposition
"""

LIST = """
SELECT c.number, c.location, c.reason, c.actor, c.at, c.covers, s.line_count, s.expected, s.counted,
       s.differing, {keys}
  FROM stock_count c
 CROSS JOIN LATERAL (
       SELECT count(*) AS line_count, coalesce(sum(l.expected), 0)::bigint AS expected,
              coalesce(sum(l.counted), 0)::bigint AS counted,
              count(*) FILTER (WHERE l.expected <> l.counted) AS differing
         FROM stock_count_line l WHERE l.stock_count = c.id) s
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""


def read_count(tx: Tx, number: str) -> CountView:
    """One count: what the books had, what was there, and the difference."""
    rows = tx.rows(READ, merchant=tx.merchant, number=number)
    if not rows:
        raise missing("count", number)
    lines = tuple(view(CountLineView, row) for row in rows if row.sku is not None)
    return view(CountView, rows[0], lines=lines)


def list_counts(
    tx: Tx, window: Window, *, location: str | None = None, places: Sequence[str] | None = None
) -> Page[CountSummary]:
    """One page of the merchant's counts; `places` are the only locations that are looked at."""
    return COUNTS.page(tx, window, {"location": location, "places": places})


COUNTS = Listing(
    LIST,
    NEWEST_FIRST,
    rows_as(CountSummary),
    {"location": "c.location = :location", "places": "c.location = ANY(:places)"},
    always=("c.merchant = :merchant",),
)
