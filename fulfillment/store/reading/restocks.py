"""Announced restocks, newest first."""

from typing import Any

from fulfillment.domain.refusals import missing
from fulfillment.store.reading.paging import Page, Sort, Window, page_of, page_sql
from fulfillment.store.session import Tx

NEWEST_FIRST = Sort(("r.id",), ("bigint",), descending=True)

FIELDS = (
    "number", "sku", "location", "units", "closed", "outstanding", "pegged", "expected_on",
    "created_at",
)  # fmt: skip

LIST = """
SELECT r.number, r.created_at, u.sku, u.location, u.ordered AS units, u.closed,
       u.ordered - u.received - u.closed AS outstanding, u.expected_on,
       coalesce((SELECT sum(p.units) FROM peg p WHERE p.supply = u.id), 0)::int AS pegged, {keys}
  FROM restock r JOIN supply u ON u.id = r.supply
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""


def read_restock(tx: Tx, number: str) -> dict[str, Any]:
    """One restock: what was announced, and what of it is outstanding and pegged."""
    sql = page_sql(LIST, NEWEST_FIRST, ["r.merchant = :merchant", "r.number = :number"])
    rows = tx.rows(sql, merchant=tx.merchant, number=number, most=1)
    if not rows:
        raise missing("restock", number)
    return _item(rows[0])


def list_restocks(tx: Tx, window: Window, *, sku: str | None = None) -> Page:
    """One page of the merchant's restocks, ended ones too."""
    which, parameters = ["r.merchant = :merchant"], dict[str, Any](merchant=tx.merchant)
    if sku is not None:
        which.append("u.sku = :sku")
        parameters["sku"] = sku
    behind, key = NEWEST_FIRST.after(window.after)
    sql = page_sql(LIST, NEWEST_FIRST, [*which, *behind])
    rows = tx.rows(sql, most=window.limit + 1, **parameters, **key)
    return page_of(rows, window.limit, _item)


def _item(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}
