"""What is kept beside pegs and lines, so that nobody has to add them up, is what they add up to.

A finding is a fault somewhere: it is told by who calls this, and mended from the originals.
"""

from collections import defaultdict
from collections.abc import Mapping

from fulfillment.store.integrity.check import Check
from fulfillment.store.sums.blocks import rebuild
from fulfillment.store.transactions.apart import each_apart
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Store, Tx

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

APART = """
SELECT d.merchant, d.sku, d.shipment_line, d.apart, s.should_be
  FROM open_demand d
  JOIN (SELECT d.order_id, d.sku,
               NOT o.first_claimed OR count(DISTINCT coalesce(d.lock_location, '')) > 1 AS should_be
          FROM open_demand d JOIN orders o ON o.id = d.order_id
         WHERE d.wanted > 0 GROUP BY d.order_id, d.sku, o.first_claimed) s USING (order_id, sku)
 WHERE d.wanted > 0 AND d.apart <> s.should_be
"""

BLOCKS = """
WITH edge AS (
    SELECT merchant, sku, place, priority, placed_at, intake_seq, 0 AS wanted, 0 AS unpegged,
           NULL::bigint AS order_id, true AS is_edge FROM queue_block
     UNION ALL
    SELECT merchant, sku, coalesce(lock_location, ''), priority, placed_at, intake_seq, wanted,
           wanted - pegged, order_id, false FROM open_demand WHERE wanted > 0 AND NOT apart
), placed AS (
    SELECT *, count(*) FILTER (WHERE is_edge) OVER (
               PARTITION BY merchant, sku, place
               ORDER BY priority, placed_at, intake_seq, is_edge DESC) AS nth
      FROM edge
), summed AS (
    SELECT merchant, sku, place, nth, sum(wanted) AS wanted, sum(unpegged) AS unpegged,
           count(order_id) AS lines, count(DISTINCT order_id) AS orders,
           count(DISTINCT order_id) FILTER (WHERE unpegged > 0) AS unpegged_orders
      FROM placed GROUP BY merchant, sku, place, nth
)
SELECT s.merchant, s.sku, s.place, s.nth AS block, to_jsonb(b) AS stored,
       jsonb_build_array(s.wanted, s.unpegged, s.lines, s.orders, s.unpegged_orders) AS should_be
  FROM summed s
  LEFT JOIN (SELECT merchant, sku, place, wanted, unpegged, lines, orders, unpegged_orders,
                    row_number() OVER (PARTITION BY merchant, sku, place
                                       ORDER BY priority, placed_at, intake_seq) AS nth
               FROM queue_block) b USING (merchant, sku, place, nth)
 WHERE b.nth IS NULL
    OR (b.wanted, b.unpegged, b.lines, b.orders, b.unpegged_orders)
    <> (s.wanted, s.unpegged, s.lines, s.orders, s.unpegged_orders)
"""

SUM_CHECKS = (
    Check("2j", "each supply says how many units are pegged on it", PEGGED),
    Check("2k", "each peg says of its line what the queue says", COPIES),
    Check("6f", "lines stand apart before their first claim and where an order is split", APART),
    Check("6g", "the blocks of each queue are the sums of its lines", BLOCKS),
)

MENDINGS = (
    """
    UPDATE peg p
       SET order_id = d.order_id, lock_location = coalesce(d.lock_location, ''),
           counts_from = coalesce(d.counts_from, ''), priority = d.priority,
           placed_at = d.placed_at, intake_seq = d.intake_seq
      FROM open_demand d
     WHERE d.shipment_line = p.shipment_line AND d.merchant = :merchant AND d.sku = ANY(:skus)
    """,
    """
    UPDATE supply u
       SET pegged = coalesce((SELECT sum(p.units) FROM peg p WHERE p.supply = u.id), 0)
     WHERE u.merchant = :merchant AND u.sku = ANY(:skus)
    """,
    """
    UPDATE open_demand d
       SET apart = NOT o.first_claimed OR EXISTS (
               SELECT 1 FROM open_demand x
                WHERE x.order_id = d.order_id AND x.sku = d.sku AND x.wanted > 0
                  AND x.lock_location IS DISTINCT FROM d.lock_location)
      FROM orders o
     WHERE o.id = d.order_id AND d.merchant = :merchant AND d.sku = ANY(:skus) AND d.wanted > 0
    """,
)


def mend_sums(store: Store) -> dict[str, list[str]]:
    """Sum anew those queues whose sums and copies are wrong; which they were, by merchant."""

    def body(tx: Tx) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for check in SUM_CHECKS:
            for row in tx.rows(check.sql):
                found[row.merchant].add(row.sku)
        return found

    wrong = {merchant: sorted(skus) for merchant, skus in sorted(store.read("*", body).items())}

    def mend(merchant: str) -> None:
        store.transact(merchant, lambda tx: mend_queues(tx, wrong[merchant]), actor="sweep")

    each_apart("mend_sums", wrong, mend)
    return wrong


def mend_queues(tx: Tx, skus: list[str]) -> None:
    """Write what is kept beside these queues anew from their lines and pegs."""
    lock_queues(tx, skus)
    for mending in MENDINGS:
        tx.run(mending, merchant=tx.merchant, skus=skus)
    rebuild(tx, skus)
