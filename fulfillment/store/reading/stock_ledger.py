"""The ledger of one SKU, the newest first, with what each place had after each movement."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.store.reading.paging import (
    Page,
    Sort,
    Window,
    page_of,
    page_sql,
    plan_by_values,
)
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.stock_item import LedgerRow
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("g.id",), ("bigint",), descending=True)

LEDGER = """
WITH page AS MATERIALIZED (
    SELECT g.*, {keys} FROM stock_ledger g WHERE {conditions} ORDER BY {order_by} LIMIT :most
), newer AS (
    SELECT g.location, g.disposition, sum(g.units) AS units FROM stock_ledger g
     WHERE g.merchant = :merchant AND g.sku = :sku
       AND g.id > (SELECT max(id) FROM page) AND CAST(:is_behind AS boolean)
     GROUP BY g.location, g.disposition
)
SELECT p.*,
       (v.on_hand - coalesce(n.units, 0)
        - coalesce(sum(p.units) OVER (PARTITION BY p.location, p.disposition ORDER BY p.id DESC
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
       )::bigint AS balance
  FROM page p
  JOIN stock_level v USING (merchant, sku, location, disposition)
  LEFT JOIN newer n USING (location, disposition)
 ORDER BY p.id DESC
"""
"""A balance is counted back from what is on hand: the sum of the ledger is on hand."""


@dataclass(frozen=True, slots=True)
class LedgerAsked:
    """Which movements: at one place, those `since` one of them; `places` are all one may see."""

    location: str | None = None
    since: int | None = None
    places: Sequence[str] | None = None


CONDITIONS = {
    "location": "g.location = :location",
    "since": "g.id > :since",
    "places": "g.location = ANY(:places)",
}


def read_ledger(tx: Tx, sku: str, window: Window, asked: LedgerAsked) -> Page[LedgerRow]:
    """One page of movements. Further back it costs the sum of what is newer, for the balances."""
    given: dict[str, object] = {
        "location": asked.location,
        "since": asked.since,
        "places": None if asked.places is None else list(asked.places),
    }
    given = {name: value for name, value in given.items() if value is not None}
    behind, key = NEWEST_FIRST.after(window.after)
    which = ["g.merchant = :merchant", "g.sku = :sku", *(CONDITIONS[name] for name in given)]
    plan_by_values(tx)
    rows = tx.rows(
        page_sql(LEDGER, NEWEST_FIRST, [*which, *behind]),
        merchant=tx.merchant,
        sku=sku,
        most=window.limit + 1,
        is_behind=window.after is not None,
        **given,
        **key,
    )
    return page_of(rows, window.limit, rows_as(LedgerRow))


def newest_in_ledger(tx: Tx, sku: str, location: str) -> int:
    """The newest movement of it at a place; 0 where there is none."""
    plan_by_values(tx)
    rows = tx.rows(
        "SELECT g.id FROM stock_ledger g WHERE g.merchant = :merchant AND g.sku = :sku"
        " AND g.location = :location ORDER BY g.id DESC LIMIT 1",
        merchant=tx.merchant,
        sku=sku,
        location=location,
    )
    return int(rows[0].id) if rows else 0
