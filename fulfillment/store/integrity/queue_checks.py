"""What must be true of who waits and what is free, counted without the planner (§9.6, §9.13)."""

from collections import defaultdict
from functools import partial

from fulfillment.store.integrity.check import Check
from fulfillment.store.queue.pending_queues import owe
from fulfillment.store.transactions.apart import each_apart
from fulfillment.store.transactions.session import Store, Tx

USABLE = """
usable AS (
    SELECT ml.merchant, ml.location FROM merchant_location ml
      JOIN location l ON l.id = ml.location AND l.active
), served AS (
    SELECT m.id AS merchant,
           coalesce((SELECT value FROM setting WHERE scope = m.id AND knob = 'auto_allocate_on'),
                    (SELECT value FROM setting WHERE scope = '*' AND knob = 'auto_allocate_on'),
                    '"any_supply"') = '"any_supply"' AS by_any_supply,
           coalesce((SELECT value FROM setting WHERE scope = m.id AND knob = 'rebalance'),
                    (SELECT value FROM setting WHERE scope = '*' AND knob = 'rebalance'),
                    '"waiting"') <> '"off"' AS may_move
      FROM merchant m WHERE NOT m.replan_due
)
"""

IDLE = f"""
WITH {USABLE}, free AS MATERIALIZED (
    SELECT v.merchant, v.sku, v.location, v.on_hand - v.allocated AS units, served.by_any_supply
      FROM stock_level v JOIN served USING (merchant)
     WHERE v.disposition = 'sellable' AND v.on_hand > v.allocated
)
SELECT f.merchant, f.sku, f.location, f.units AS free, o.number AS waits, d.wanted
  FROM free f
 CROSS JOIN LATERAL (SELECT FROM usable u
                      WHERE u.merchant = f.merchant AND u.location = f.location LIMIT 1) at
 CROSS JOIN LATERAL (SELECT FROM sku_queue q
                      WHERE q.merchant = f.merchant AND q.sku = f.sku AND q.due_since IS NULL
                      LIMIT 1) settled
 CROSS JOIN LATERAL (
       (SELECT * FROM open_demand d
         WHERE d.merchant = f.merchant AND d.sku = f.sku AND d.gate = 'open' AND d.wanted > 0
           AND d.lock_location IS NULL
         ORDER BY d.lock_location, d.priority, d.placed_at, d.intake_seq LIMIT 1)
       UNION ALL
       (SELECT * FROM open_demand d
         WHERE d.merchant = f.merchant AND d.sku = f.sku AND d.gate = 'open' AND d.wanted > 0
           AND d.lock_location = f.location
         ORDER BY d.lock_location, d.priority, d.placed_at, d.intake_seq LIMIT 1)) d
 CROSS JOIN LATERAL (SELECT o.number FROM orders o
                      WHERE o.id = d.order_id AND o.recheck_on IS DISTINCT FROM '0001-01-01'
                      LIMIT 1) o
 WHERE f.by_any_supply OR d.counts_from IS NOT NULL
"""  # noqa: S608 -- a constant
"""Read from the places that have something free; then one look for each, never a join of all: a
table that has just grown is taken for empty when the statement is planned."""

PASSED_OVER = f"""
WITH {USABLE}, wants AS (
    SELECT DISTINCT ON (merchant, sku, lock_location) *
      FROM open_demand WHERE gate = 'open' AND wanted > 0 AND counts_from IS NULL
     ORDER BY merchant, sku, lock_location, priority, placed_at, intake_seq
)
SELECT d.merchant, d.sku, a.location, e.number AS waits, d.wanted, l.number AS holder,
       a.units - a.picked - a.staged - a.pinned AS movable
  FROM wants d
  JOIN served ON served.merchant = d.merchant AND served.may_move AND served.by_any_supply
  JOIN sku_queue q ON q.merchant = d.merchant AND q.sku = d.sku AND q.due_since IS NULL
  JOIN open_demand h ON h.merchant = d.merchant AND h.sku = d.sku AND h.held > 0
   AND (h.priority, h.placed_at, h.intake_seq) > (d.priority, d.placed_at, d.intake_seq)
  JOIN allocation a ON a.shipment_line = h.shipment_line
   AND a.units - a.picked - a.staged > a.pinned
   AND coalesce(d.lock_location, a.location) = a.location
  JOIN usable ON usable.merchant = d.merchant AND usable.location = a.location
  JOIN orders e ON e.id = d.order_id AND e.recheck_on IS DISTINCT FROM '0001-01-01'
  JOIN orders l ON l.id = h.order_id
"""  # noqa: S608 -- a constant

QUEUE_CHECKS = (
    Check("6d", "no unit is free beside somebody who may take it, with nothing owed", IDLE),
    Check("6e", "nobody who waits holds what an earlier one wants and may take", PASSED_OVER),
)


def owe_idle(store: Store) -> dict[str, list[str]]:
    """Owe a distribution to queues where units lie free beside who may take them; by merchant.

    Such a queue is a fault somewhere: it is mended here, and told by who calls this.
    """

    def body(tx: Tx) -> dict[str, list[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for row in tx.rows(IDLE):
            found[row.merchant].add(row.sku)
        return {merchant: sorted(skus) for merchant, skus in sorted(found.items())}

    idle = store.read("*", body)

    def owe_all(merchant: str) -> None:
        store.transact(merchant, partial(owe, skus=idle[merchant]), actor="sweep")

    each_apart("owe_idle", idle, owe_all)
    return idle
