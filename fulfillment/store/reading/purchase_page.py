"""A purchase order as buyers see it: its lines with what came damaged and who waits for each."""

from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.reading.views.purchase_page import (
    PurchasePageLine,
    PurchasePageView,
    WaitingOrders,
)
from fulfillment.store.transactions.session import Tx

OF_LINES = """
SELECT l.line, p.name AS product, coalesce(d.units, 0)::bigint AS damaged,
       (SELECT count(*) FROM (SELECT 1 FROM peg g WHERE g.supply = l.supply
                               LIMIT :most) pegs) AS waiting_lines
  FROM purchase_order o
  JOIN purchase_order_line l ON l.purchase_order = o.id
  JOIN supply u ON u.id = l.supply
  JOIN product p ON p.merchant = u.merchant AND p.sku = u.sku
  LEFT JOIN LATERAL (
       SELECT sum(r.units) AS units FROM receipt_line r JOIN receipt t ON t.id = r.receipt
        WHERE r.supply = l.supply AND r.disposition <> 'sellable' AND t.reversed_at IS NULL) d
    ON true
 WHERE o.merchant = :merchant AND o.number = :number ORDER BY l.line
"""

ORDERS = """
SELECT count(*) AS orders FROM (
    SELECT DISTINCT g.order_id
      FROM (SELECT g.order_id FROM purchase_order o
              JOIN purchase_order_line l ON l.purchase_order = o.id
              JOIN peg g ON g.supply = l.supply
             WHERE o.merchant = :merchant AND o.number = :number LIMIT :looked) g
     LIMIT :most) found
"""

MOST_COUNTED = 1_000
"""Counts stop here."""


def read_purchase_page(tx: Tx, number: str) -> PurchasePageView:
    """A purchase order with its lines; a refusal if there is none."""
    found = read_purchase_order(tx, number)
    asked = {"merchant": tx.merchant, "number": number, "most": MOST_COUNTED}
    more = {row.line: row for row in tx.rows(OF_LINES, **asked)}
    (waiting,) = tx.rows(ORDERS, looked=10 * MOST_COUNTED, **asked)
    lines = tuple(
        PurchasePageLine(
            line=line,
            product=more[line.line].product,
            damaged=more[line.line].damaged,
            waiting_lines=more[line.line].waiting_lines,
        )
        for line in found.lines
    )
    counted = WaitingOrders(waiting.orders, at_least=waiting.orders >= MOST_COUNTED)
    return PurchasePageView(purchase_order=found, lines=lines, waiting=counted)
