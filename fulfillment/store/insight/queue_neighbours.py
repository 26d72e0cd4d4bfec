"""Who stands before an order in the queues of its SKUs, and who behind it holds units of them."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from fulfillment.domain.insight.explanation import Ahead, Holding, Rival, Rivals
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.queue.reach import rank_parameters
from fulfillment.store.transactions.session import Tx

SHOWN = 3
"""Orders ahead that are named; the others are counted."""

RIVALS = """
WITH rival AS (
    SELECT d.sku, d.order_id, d.wanted, 0 AS held, 0 AS idle FROM open_demand d
     WHERE d.merchant = :merchant AND d.sku = ANY(:skus) AND d.wanted > 0
       AND (d.priority, d.placed_at, d.intake_seq) < (:priority, :placed_at, :intake_seq)
    UNION ALL
    SELECT a.sku, l.order_id, 0, a.units,
           CASE WHEN s.status IN ('backorder', 'future') THEN a.units ELSE 0 END
      FROM allocation a
      JOIN shipment_line l ON l.id = a.shipment_line
      JOIN shipment s ON s.id = l.shipment
      JOIN orders o ON o.id = l.order_id
     WHERE a.merchant = :merchant AND a.sku = ANY(:skus)
       AND (o.priority, o.placed_at, o.intake_seq) < (:priority, :placed_at, :intake_seq)
), by_order AS (
    SELECT sku, order_id, sum(wanted)::bigint AS wanted, sum(held)::bigint AS held,
           sum(idle)::bigint AS idle
      FROM rival GROUP BY sku, order_id
), ranked AS (
    SELECT b.*, o.number, o.priority, count(*) OVER all_of AS orders,
           sum(b.wanted) OVER all_of AS all_wanted, sum(b.held) OVER all_of AS all_held,
           sum(b.idle) OVER all_of AS all_idle,
           count(*) FILTER (WHERE b.wanted > 0) OVER all_of AS waiting,
           row_number() OVER (PARTITION BY b.sku
                              ORDER BY o.priority, o.placed_at, o.intake_seq) AS place
      FROM by_order b JOIN orders o ON o.id = b.order_id
    WINDOW all_of AS (PARTITION BY b.sku)
)
SELECT sku, number, wanted, held, idle, priority, orders, waiting, all_wanted::bigint,
       all_held::bigint, all_idle::bigint
  FROM ranked
 WHERE place <= :shown ORDER BY sku, place
"""


LATER = """
SELECT sku, number, units, location, status, order_line, pinned FROM (
SELECT a.sku, o.number, a.units, a.location, s.status, l.order_line,
       least(a.pinned, a.units) AS pinned,
       row_number() OVER (PARTITION BY a.sku
                          ORDER BY a.pinned = 0, o.priority, o.placed_at, o.intake_seq, l.id)
           AS place
  FROM allocation a
  JOIN shipment_line l ON l.id = a.shipment_line
  JOIN shipment s ON s.id = l.shipment
  JOIN orders o ON o.id = s.order_id
 WHERE a.merchant = :merchant AND a.sku = ANY(:skus)
   AND (o.priority, o.placed_at, o.intake_seq) > (:priority, :placed_at, :intake_seq)
) held WHERE place <= :most ORDER BY sku, place
"""

AHEAD = """
SELECT order_id, sku, lock_location, wanted, least(pegged, wanted) AS pegged FROM open_demand
 WHERE merchant = :merchant AND sku = ANY(:skus) AND wanted > 0 AND gate <> 'by_hand'
   AND (priority, placed_at, intake_seq) < (:priority, :placed_at, :intake_seq)
 ORDER BY priority, placed_at, intake_seq, shipment_line LIMIT :most
"""

MOST_AHEAD = 1_000
"""Lines ahead for which a remedy is to be enough; behind more, no supply is offered."""

PINNED = """
SELECT sku, number, units, location, status, order_line, units AS pinned FROM (
SELECT u.sku, o.number, p.units, u.location, s.status, l.order_line,
       row_number() OVER (PARTITION BY u.sku
                          ORDER BY o.priority, o.placed_at, o.intake_seq, l.id) AS place
  FROM inbound_supply u
  JOIN peg p ON p.supply = u.id AND p.pinned
  JOIN shipment_line l ON l.id = p.shipment_line
  JOIN shipment s ON s.id = l.shipment
  JOIN orders o ON o.id = s.order_id
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus)
   AND (o.priority, o.placed_at, o.intake_seq) > (:priority, :placed_at, :intake_seq)
) pinned WHERE place <= :most ORDER BY sku, place
"""

MOST_LATER = 5
"""Holdings of orders behind that are named of each SKU, and lines behind that are pinned."""


def ahead_of(tx: Tx, order: Order, skus: Collection[str]) -> tuple[Ahead, ...]:
    """Those before it that want units, line by line, the first of them."""
    rows = tx.rows(
        AHEAD,
        merchant=tx.merchant,
        skus=list(skus),
        most=MOST_AHEAD + 1,
        **rank_parameters(order.rank),
    )
    return tuple(Ahead(*row) for row in rows)


def later_of(tx: Tx, order: Order, skus: Collection[str]) -> dict[str, tuple[Holding, ...]]:
    """Those behind it that hold units, by SKU: what a pin keeps first."""
    return _holdings(tx, LATER, order, skus)


def pinned_of(tx: Tx, order: Order, skus: Collection[str]) -> dict[str, tuple[Holding, ...]]:
    """Those behind it that a person pinned to what is on its way, by SKU."""
    return _holdings(tx, PINNED, order, skus)


def _holdings(
    tx: Tx, sql: str, order: Order, skus: Collection[str]
) -> dict[str, tuple[Holding, ...]]:
    rank = rank_parameters(order.rank)
    found: dict[str, list[Holding]] = defaultdict(list)
    for row in tx.rows(sql, merchant=tx.merchant, skus=list(skus), most=MOST_LATER, **rank):
        status = ShipmentStatus(row.status)
        found[row.sku].append(
            Holding(row.number, row.units, row.location, status, row.order_line, row.pinned)
        )
    return {sku: tuple(holding) for sku, holding in found.items()}


def rivals_of(tx: Tx, order: Order, skus: Collection[str]) -> dict[str, Rivals]:
    """All before it that want or hold units, by SKU."""
    rows = tx.rows(
        RIVALS,
        merchant=tx.merchant,
        skus=list(skus),
        shown=SHOWN,
        **rank_parameters(order.rank),
    )
    first: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        first[row.sku].append(row)
    return {
        sku: Rivals(
            first=tuple(
                Rival(row.number, row.wanted, row.held, row.priority, row.idle) for row in mine
            ),
            orders=mine[0].orders,
            wanted=mine[0].all_wanted,
            held=mine[0].all_held,
            idle=mine[0].all_idle,
            waiting=mine[0].waiting,
        )
        for sku, mine in first.items()
    }
