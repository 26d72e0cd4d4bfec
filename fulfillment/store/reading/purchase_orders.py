"""Lists of purchase orders, newest first."""

from collections.abc import Mapping
from typing import Any

from fulfillment.store.reading.paging import Listing, Page, Sort, Window, named
from fulfillment.store.reading.places import PURCHASE_ORDER_IS_AT
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("p.id",), ("bigint",), descending=True)

FIELDS = (
    "number", "supplier", "status", "expected_on", "created_at", "line_count", "ordered",
    "received", "closed", "pegged",
)  # fmt: skip

LIST = """
SELECT p.number, p.supplier, p.status, p.expected_on, p.created_at,
       t.line_count, t.ordered, t.received, t.closed, t.pegged, {keys}
  FROM purchase_order p
 CROSS JOIN LATERAL (
       SELECT count(*) AS line_count, sum(u.ordered)::bigint AS ordered,
              sum(u.received + u.over_received)::bigint AS received,
              sum(u.closed)::bigint AS closed,
              coalesce(sum((SELECT sum(g.units) FROM peg g
                             WHERE g.supply = u.id)), 0)::bigint AS pegged
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
    "places": PURCHASE_ORDER_IS_AT,
}


PURCHASE_ORDERS = Listing(
    LIST, NEWEST_FIRST, named(*FIELDS), CONDITIONS, always=("p.merchant = :merchant",)
)


def list_purchase_orders(tx: Tx, window: Window, **which: Any) -> Page[dict[str, Any]]:
    """One page of the merchant's purchase orders; `which` are filters of CONDITIONS, None: all."""
    return PURCHASE_ORDERS.page(tx, window, which)
