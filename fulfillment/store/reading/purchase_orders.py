"""Purchase orders: one with its lines, and lists, newest first."""

from collections.abc import Mapping
from typing import Any

from fulfillment.domain.model.packs import packed
from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.places import PURCHASE_ORDER_IS_AT
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.suggestions import surplus_of
from fulfillment.store.reading.views.purchasing import (
    PurchaseLineView,
    PurchaseOrderSummary,
    PurchaseOrderView,
)
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("p.id",), ("bigint",), descending=True)

LIST = """
SELECT p.number, p.supplier, p.status, p.expected_on, p.created_at,
       p.ended_at IS NULL AND t.received > 0 AS partly_received, t.line_count, t.ordered,
       t.received, t.closed, t.pegged, {keys}
  FROM purchase_order p
 CROSS JOIN LATERAL (
       SELECT count(*) AS line_count, sum(u.ordered)::bigint AS ordered,
              sum(u.received + u.over_received)::bigint AS received,
              sum(u.closed)::bigint AS closed,
              sum(u.pegged)::bigint AS pegged
         FROM purchase_order_line l JOIN supply u ON u.id = l.supply
        WHERE l.purchase_order = p.id) t
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

CONDITIONS: Mapping[str, str] = {
    "statuses": "p.status = ANY(:statuses)",
    "supplier": "p.supplier = :supplier",
    "sku": """
        EXISTS (SELECT 1 FROM purchase_order_line f JOIN supply fu ON fu.id = f.supply
                 WHERE f.purchase_order = p.id AND fu.sku = :sku)""",
    "overdue": """
        EXISTS (SELECT 1 FROM purchase_order_line f JOIN supply fu ON fu.id = f.supply
                 WHERE f.purchase_order = p.id AND fu.inbound AND fu.overdue) = :overdue""",
    "partly_received": """
        (p.ended_at IS NULL AND
         EXISTS (SELECT 1 FROM purchase_order_line f JOIN supply fu ON fu.id = f.supply
                  WHERE f.purchase_order = p.id AND fu.received > 0)) = :partly_received""",
    "places": PURCHASE_ORDER_IS_AT,
}


PURCHASE_ORDERS = Listing(
    LIST,
    NEWEST_FIRST,
    rows_as(PurchaseOrderSummary),
    CONDITIONS,
    always=("p.merchant = :merchant",),
)


READ = """
SELECT p.number, p.supplier, p.status, p.expected_on AS header_date, p.created_at,
       p.ended_at IS NULL AND bool_or(u.received > 0) OVER () AS partly_received,
       p.over_receipt_percent, l.line, l.pack, l.pack_units, u.sku, u.location, u.ordered,
       u.received + u.over_received AS received, u.over_received, u.closed, u.expected_on,
       u.outstanding, u.inbound AND u.overdue AS overdue,
       u.pegged
  FROM purchase_order p JOIN purchase_order_line l ON l.purchase_order = p.id
  JOIN supply u ON u.id = l.supply WHERE p.merchant = :merchant AND p.number = :number
 ORDER BY l.line
"""


def read_purchase_order(tx: Tx, number: str) -> PurchaseOrderView:
    """A purchase order with its lines and what came of each, or a refusal."""
    rows = tx.rows(READ, merchant=tx.merchant, number=number)
    if not rows:
        raise missing("purchase order", number)
    is_draft = rows[0].status == PurchaseOrderStatus.DRAFT
    surplus = surplus_of(tx, {row.sku for row in rows}) if is_draft else {}
    lines = tuple(
        view(
            PurchaseLineView,
            row,
            pack=packed(row.ordered, row.pack, row.pack_units),
            surplus=surplus.get((number, row.line), 0),
        )
        for row in rows
    )
    return view(PurchaseOrderView, rows[0], expected_on=rows[0].header_date, lines=lines)


def is_purchase_order(tx: Tx, number: str) -> bool:
    """Whether the merchant has a purchase order of this number."""
    rows = tx.rows(
        "SELECT 1 FROM purchase_order WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=number,
    )
    return bool(rows)


def list_purchase_orders(tx: Tx, window: Window, **which: Any) -> Page[PurchaseOrderSummary]:
    """One page of the merchant's purchase orders; `which` are filters of CONDITIONS, None: all."""
    return PURCHASE_ORDERS.page(tx, window, which)
