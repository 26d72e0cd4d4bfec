"""What is kept beside pegs and lines, so that nobody has to add them up, is what they add up to."""

from fulfillment.store.integrity.check import Check

PEGGED = """
SELECT u.merchant, u.sku, u.id AS supply, u.pegged, coalesce(p.units, 0) AS should_be
  FROM supply u LEFT JOIN (SELECT supply, sum(units) AS units FROM peg GROUP BY supply) p
       ON p.supply = u.id
 WHERE u.pegged <> coalesce(p.units, 0)
"""

COPIES = """
SELECT u.merchant, u.sku, p.shipment_line, p.supply, d.shipment_line IS NOT NULL AS stands_in_queue
  FROM peg p JOIN supply u ON u.id = p.supply
  LEFT JOIN open_demand d ON d.shipment_line = p.shipment_line
 WHERE d.shipment_line IS NULL
    OR (p.order_id, p.lock_location, p.counts_from, p.priority, p.placed_at, p.intake_seq)
    <> (d.order_id, coalesce(d.lock_location, ''), coalesce(d.counts_from, ''), d.priority,
        d.placed_at, d.intake_seq)
"""

SUM_CHECKS = (
    Check("2i", "each supply says how many units are pegged on it", PEGGED),
    Check("2j", "each peg says of its line what the queue says", COPIES),
)
