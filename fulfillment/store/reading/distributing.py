"""How far the goods of a purchase order are given out to those who wait."""

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.purchasing import Distribution
from fulfillment.store.transactions.session import Tx

DISTRIBUTION = """
WITH bought AS (
    SELECT p.id, array_agg(DISTINCT u.sku::text) AS skus FROM purchase_order p
      JOIN purchase_order_line l ON l.purchase_order = p.id JOIN supply u ON u.id = l.supply
     WHERE p.merchant = :merchant AND p.number = :number GROUP BY p.id
)
SELECT cardinality(b.skus) AS skus, q.skus_owed, q.since, r.undistributed, r.orders_released,
       d.lines_waiting, d.units_waiting
  FROM bought b
 CROSS JOIN LATERAL (
       SELECT count(*) AS skus_owed, min(due_since) AS since FROM sku_queue
        WHERE merchant = :merchant AND sku = ANY(b.skus) AND due_since IS NOT NULL) q
 CROSS JOIN LATERAL (
       SELECT coalesce(sum((SELECT sum(l.undistributed) FROM receipt_line l
                             WHERE l.receipt = r.id)), 0)::bigint AS undistributed,
              (SELECT count(DISTINCT coalesce(s.order_id, (
                          SELECT a.order_id FROM archived_order a
                           WHERE a.names @> ARRAY['shipment ' || c.shipment])))
                 FROM receipt r
                 JOIN cross_dock c ON c.receipt = r.id
                 LEFT JOIN shipment s ON s.id = c.shipment
                WHERE r.purchase_order = b.id AND r.reversed_at IS NULL) AS orders_released
         FROM receipt r WHERE r.purchase_order = b.id AND r.reversed_at IS NULL) r
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(lines), 0)::bigint AS lines_waiting,
              coalesce(sum(wanted), 0)::bigint AS units_waiting
         FROM waiting_units WHERE merchant = :merchant AND sku = ANY(b.skus)) d
"""


def read_distribution(tx: Tx, number: str) -> Distribution:
    """Which of its SKUs are still owed a distribution, whom its goods released, and who waits.

    Released orders are those to whose shipments units of its receipts went at once; waiting
    lines and units are all that the queues of its SKUs hold.
    """
    rows = tx.rows(DISTRIBUTION, merchant=tx.merchant, number=number)
    if not rows:
        raise missing("purchase order", number)
    return view(Distribution, rows[0])
