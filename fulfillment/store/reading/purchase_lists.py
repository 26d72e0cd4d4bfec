"""Lists of purchase orders as buyers ask for them: what is due, late, or waited for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from fulfillment.store.reading.paging import (
    Page,
    Sort,
    Window,
    page_both_ways,
    page_sql,
    plan_by_values,
)
from fulfillment.store.reading.places import PURCHASE_ORDER_IS_AT
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.purchase_lists import CountedPurchases, PurchaseRow
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.transactions.session import Tx

NO_DATE = "DATE '9999-12-31'"
DUE = f"coalesce(i.due_on, p.expected_on, {NO_DATE})"
"""The first day on which something of it is expected; what has no such day comes last."""

SORTS: Mapping[str, Sort] = {
    "due": Sort((DUE, "p.id"), ("date", "bigint")),
    "newest": Sort(("p.id",), ("bigint",), descending=True),
    "oldest": Sort(("p.id",), ("bigint",)),
    "waited_for": Sort(("coalesce(i.pegged, 0)", "p.id"), ("bigint", "bigint"), descending=True),
}

INBOUND = """
inbound AS MATERIALIZED (
    SELECT u.purchase_order, min(u.expected_on) AS due_on, max(u.expected_on) AS last_on,
           bool_or(u.expected_on IS NULL) AS undated,
           bool_or(u.status <> 'arrived' AND u.expected_on < :today) AS late,
           sum(u.outstanding)::bigint AS outstanding,
           sum(least(u.pegged, u.outstanding))::bigint AS pegged
      FROM inbound_supply u
     WHERE u.merchant = :merchant AND u.kind = 'purchase_order' GROUP BY u.purchase_order
)
"""
"""What is to come of each purchase order that counts: proportional to what is open."""

LIST = f"""
WITH {INBOUND}, page AS MATERIALIZED (
    SELECT p.*, i.due_on, i.undated, coalesce(i.late, false) AS late,
           coalesce(i.outstanding, 0) AS outstanding, coalesce(i.pegged, 0) AS pegged, {{keys}}
      FROM purchase_order p LEFT JOIN inbound i ON i.purchase_order = p.id
     WHERE {{conditions}} ORDER BY {{order_by}} LIMIT :most
)
SELECT p.*, t.line_count, t.ordered, t.received, t.skus, t.sku_count,
       p.ended_at IS NULL AND t.received > 0 AS partly_received
  FROM page p LEFT JOIN inbound i ON i.purchase_order = p.id
 CROSS JOIN LATERAL (
       SELECT count(*) AS line_count, sum(u.ordered)::bigint AS ordered,
              sum(u.received + u.over_received)::bigint AS received,
              count(DISTINCT u.sku) AS sku_count,
              (array_agg(DISTINCT u.sku::text))[1 : 4] AS skus
         FROM purchase_order_line l JOIN supply u ON u.id = l.supply
        WHERE l.purchase_order = p.id) t
 ORDER BY {{order_by}}
"""  # noqa: S608 -- constants

CONDITIONS: Mapping[str, str] = {
    "statuses": "p.status = ANY(:statuses)",
    "due_within": "i.due_on BETWEEN :today AND :until",
    "late": "coalesce(i.late, false) = :late",
    "supplier": "p.supplier = :supplier",
    "late_supplier": """
        p.supplier <> '' AND p.supplier IN (
            SELECT l.supplier FROM inbound li JOIN purchase_order l ON l.id = li.purchase_order
             WHERE li.late)""",
    "location": """
        EXISTS (SELECT 1 FROM purchase_order_line f JOIN supply fu ON fu.id = f.supply
                 WHERE f.purchase_order = p.id AND fu.location = :location)""",
    "q": """
        starts_with(lower(p.number), lower(:q)) OR strpos(lower(p.supplier), lower(:q)) > 0
        OR EXISTS (SELECT 1 FROM purchase_order_line f JOIN supply fu ON fu.id = f.supply
                    WHERE f.purchase_order = p.id AND starts_with(lower(fu.sku), lower(:q)))""",
    "places": PURCHASE_ORDER_IS_AT,
}

COUNT = f"""
WITH {INBOUND}
SELECT count(*) AS found FROM (
    SELECT 1 FROM purchase_order p LEFT JOIN inbound i ON i.purchase_order = p.id
     WHERE p.merchant = :merchant AND {{conditions}} LIMIT :most) f
"""  # noqa: S608 -- a constant


@dataclass(frozen=True, slots=True)
class PurchaseFilter:
    """Which purchase orders; what is None is not asked about.

    `due_within` are days from today; `late` has units whose date has passed and that have not
    arrived; `late_supplier` is of a supplier of whom anything is late. `q` finds how a number or a
    SKU begins, and a part of a supplier's name. Those that bring something to one of the `places`.
    """

    statuses: Sequence[str] | None = None
    due_within: int | None = None
    late: bool | None = None
    supplier: str | None = None
    late_supplier: bool | None = None
    location: str | None = None
    q: str | None = None
    places: Sequence[str] | None = None


def list_purchases(tx: Tx, asked: PurchaseFilter, sort: str, window: Window) -> Page[PurchaseRow]:
    """One page of the merchant's purchase orders."""
    order = SORTS[sort].backwards if window.backwards else SORTS[sort]
    behind, key = order.after(window.after)
    which, values = _conditions(tx, asked)
    plan_by_values(tx)
    rows = tx.rows(
        page_sql(LIST, order, ["p.merchant = :merchant", *which, *behind]),
        merchant=tx.merchant,
        most=window.limit + 1,
        **values,
        **key,
    )
    return page_both_ways(rows, window, rows_as(PurchaseRow))


def count_purchases(tx: Tx, asked: PurchaseFilter, most: int) -> CountedPurchases:
    """How many there are, so many at most."""
    which, values = _conditions(tx, asked)
    plan_by_values(tx)
    conditions = " AND ".join(f"({one})" for one in which) or "true"
    (row,) = tx.rows(COUNT.format(conditions=conditions), merchant=tx.merchant, most=most, **values)
    return CountedPurchases(row.found, at_least=row.found >= most)


def _conditions(tx: Tx, asked: PurchaseFilter) -> tuple[list[str], dict[str, Any]]:
    given = {one.name: getattr(asked, one.name) for one in fields(asked)}
    values = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if value is not None
    }
    today = merchant_today(tx)
    until = today + timedelta(days=asked.due_within or 0)
    return [CONDITIONS[name] for name in values], {**values, "today": today, "until": until}
