"""Receipts: what came, and where it went."""

from collections.abc import Mapping
from typing import Any

from fulfillment.domain.model.moves import Disposition
from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window, page_sql
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.moves import ReceiptLineView, ReceiptSummary, ReceiptView
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("r.id",), ("bigint",), descending=True)

SHOWN = 200
"""Shipments that are named for each line at most."""

LIST = """
SELECT r.id, r.number, r.location, r.actor, r.at, r.reversed_at, r.reversal_reason,
       r.reason, d.kind, d.document,
       (SELECT sum(l.units)::bigint FROM receipt_line l WHERE l.receipt = r.id) AS units,
       (SELECT sum(l.undistributed)::bigint FROM receipt_line l WHERE l.receipt = r.id)
           AS undistributed,
       coalesce((SELECT sum(d.units) FROM cross_dock d WHERE d.receipt = r.id), 0)::bigint
           AS to_shipments, {keys}
  FROM receipt r
 CROSS JOIN LATERAL (
       SELECT u.kind, u.document FROM receipt_line l JOIN supply u ON u.id = l.supply
        WHERE l.receipt = r.id LIMIT 1) d
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

LINES = """
SELECT n.line, u.sku, l.disposition, l.units, l.found, l.undistributed,
       coalesce(d.units, 0)::bigint AS to_shipments,
       coalesce(d.shipments, 0)::bigint AS shipment_count,
       coalesce(d.first, '[]'::jsonb) AS shipments
  FROM receipt_line l JOIN supply u ON u.id = l.supply
  JOIN supply_line n ON n.supply = u.id
  LEFT JOIN LATERAL (
       SELECT sum(g.units) AS units, count(*) AS shipments,
              jsonb_agg(jsonb_build_object('order', g.number, 'shipment', g.shipment,
                                           'units', g.units) ORDER BY g.place)
                  FILTER (WHERE g.place <= :shown) AS first
         FROM (SELECT d.shipment, d.units, o.number,
                      row_number() OVER (ORDER BY o.priority, o.placed_at, o.intake_seq, d.shipment)
                          AS place
                 FROM cross_dock d LEFT JOIN shipment s ON s.id = d.shipment
                CROSS JOIN LATERAL (
                      SELECT number, priority, placed_at, intake_seq FROM orders
                       WHERE id = s.order_id
                      UNION ALL
                      SELECT number, priority, placed_at, intake_seq FROM archived_order
                       WHERE s.id IS NULL AND names @> ARRAY['shipment ' || d.shipment]) o
                WHERE d.receipt = l.receipt AND d.supply = l.supply
                  AND l.disposition = 'sellable') g) d ON true
 WHERE l.receipt = :receipt ORDER BY 1, l.disposition
"""


def read_receipt(tx: Tx, number: str) -> ReceiptView:
    """One receipt with its lines: how many units go to which released shipments, in rank order.

    What is undistributed is still being given out to those who wait.
    """
    which = ["r.merchant = :merchant", "r.number = :number"]
    rows = tx.rows(page_sql(LIST, NEWEST_FIRST, which), merchant=tx.merchant, number=number, most=1)
    if not rows:
        raise missing("receipt", number)
    lines = tx.rows(LINES, receipt=rows[0].id, shown=SHOWN)
    is_reversed = rows[0].reversed_at is not None
    return view(
        ReceiptView,
        rows[0],
        to_shelf=_of_receipt(rows[0]),
        lines=tuple(_line(line, is_reversed=is_reversed) for line in lines),
    )


def units_undistributed(tx: Tx, number: str) -> int:
    """Units of a receipt that are still being given out."""
    rows = tx.rows(
        "SELECT coalesce(sum(l.undistributed), 0)::bigint AS units"
        " FROM receipt r JOIN receipt_line l ON l.receipt = r.id"
        " WHERE r.merchant = :merchant AND r.number = :number",
        merchant=tx.merchant,
        number=number,
    )
    return int(rows[0].units)


def list_receipts(tx: Tx, window: Window, which: Mapping[str, Any]) -> Page[ReceiptSummary]:
    """One page of receipts, the newest first; `which` are filters, None where it is not asked."""
    return RECEIPTS.page(tx, window, which)


FILTERS = {
    "purchase_order": "r.purchase_order = (SELECT id FROM purchase_order"
    " WHERE merchant = :merchant AND number = :purchase_order)",
    "location": "r.location = :location",
    "places": "r.location = ANY(:places)",
    "sku": "EXISTS (SELECT 1 FROM receipt_line f JOIN supply fu ON fu.id = f.supply"
    " WHERE f.receipt = r.id AND fu.sku = :sku)",
}


def _item(row: Any) -> ReceiptSummary:
    return view(ReceiptSummary, row, to_shelf=_of_receipt(row))


def _of_receipt(row: Any) -> int:
    """What of a receipt is on the shelf; nothing of one that is reversed."""
    return 0 if row.reversed_at else _shelved(row)


def _line(row: Any, *, is_reversed: bool) -> ReceiptLineView:
    nowhere = is_reversed or row.disposition == Disposition.SCRAPPED
    return view(ReceiptLineView, row, to_shelf=0 if nowhere else _shelved(row))


def _shelved(row: Any) -> int:
    return int(row.units - row.to_shipments - row.undistributed)


RECEIPTS = Listing(LIST, NEWEST_FIRST, _item, FILTERS, always=("r.merchant = :merchant",))
