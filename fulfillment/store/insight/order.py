"""Why an order waits: everything the rule looks at, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any

from fulfillment.domain.insight.explain import explain
from fulfillment.domain.insight.explanation import (
    Ahead,
    ExplanationContext,
    Holding,
    Outstanding,
    Rival,
    Rivals,
)
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import StockLevel, Supply
from fulfillment.store.insight.remedies import remedies
from fulfillment.store.planning.opening import order_id
from fulfillment.store.reading.orders import merchant_today
from fulfillment.store.records.loading import (
    load_levels,
    load_locations,
    load_orders,
    load_out_of_use,
    load_products,
    load_stranded,
    load_supplies,
)
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
                          ORDER BY o.priority, o.placed_at, o.intake_seq, l.id) AS place
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

PURCHASES = """
SELECT u.id AS supply, o.number, l.line, u.sku, u.location,
       u.ordered - u.received - u.closed AS units,
       o.status = 'arrived' OR coalesce(u.expected_on >= :today, false) AS is_dated,
       EXISTS (SELECT 1 FROM peg p WHERE p.supply = u.id AND p.pinned)
       OR EXISTS (SELECT 1 FROM late_pin p WHERE p.supply = u.id) AS pinned
  FROM supply u
  JOIN purchase_order_line l ON l.supply = u.id
  JOIN purchase_order o ON o.id = l.purchase_order
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus) AND u.inbound
   AND u.ordered > u.received + u.closed
 ORDER BY u.expected_on NULLS LAST, o.number, l.line
"""

MOST_LATER = 5
"""Holdings of orders behind that are named of each SKU."""


def read_explanation(tx: Tx, number: str) -> dict[str, Any]:
    """Each waiting line of an order with its reasons, and what could be done about it.

    Each remedy is tried by the planner on this moment's picture of the data, and tells what it
    would change; those that change nothing for the order are left out. Refuses an unknown order.
    """
    found = order_id(tx, number)
    order = load_orders(tx, [found])[found]
    around = surroundings(tx, order)
    return {
        "number": order.number,
        "status": order.status,
        "waiting": [asdict(line) for line in explain(order, around)],
        "remedies": remedies(tx, order, around),
    }


def surroundings(tx: Tx, order: Order) -> ExplanationContext:
    """What the order's wait depends on, in a fixed number of queries."""
    skus = sorted({line.sku for shipment in order.planned for line in shipment.lines})
    locations = load_locations(tx)
    stranded = load_stranded(tx, skus, locations)
    supplies = load_supplies(tx, skus, [order.id])
    return ExplanationContext(
        today=merchant_today(tx),
        products=load_products(tx, skus),
        levels=load_levels(tx, skus, locations),
        stranded=stranded,
        out_of_use=load_out_of_use(tx, _places(order, (*stranded, *supplies))),
        supplies=supplies,
        rivals=_rivals(tx, order, skus),
        owed=_owed(tx, skus),
        later=_later(tx, order, skus),
        ahead=_ahead(tx, order, skus),
        purchases=_purchases(tx, skus),
    )


def _places(order: Order, there: Iterable[StockLevel | Supply]) -> set[str]:
    """Every location that the order's wait has to do with."""
    bound = {order.only_location, *(line.source for line in order.lines)}
    held = {claim.location for s in order.planned for line in s.lines for claim in line.claims}
    return {*held, *(one.location for one in there), *(at for at in bound if at is not None)}


def _ahead(tx: Tx, order: Order, skus: Collection[str]) -> tuple[Ahead, ...]:
    rank = order.rank
    rows = tx.rows(
        AHEAD,
        merchant=tx.merchant,
        skus=list(skus),
        most=MOST_AHEAD + 1,
        priority=rank.priority,
        placed_at=rank.placed_at,
        intake_seq=rank.intake_seq,
    )
    return tuple(Ahead(*row) for row in rows)


def _purchases(tx: Tx, skus: Collection[str]) -> tuple[Outstanding, ...]:
    rows = tx.rows(PURCHASES, merchant=tx.merchant, skus=list(skus), today=merchant_today(tx))
    return tuple(Outstanding(*row) for row in rows)


def _later(tx: Tx, order: Order, skus: Collection[str]) -> dict[str, tuple[Holding, ...]]:
    rows = tx.rows(
        LATER,
        merchant=tx.merchant,
        skus=list(skus),
        most=MOST_LATER,
        priority=order.rank.priority,
        placed_at=order.rank.placed_at,
        intake_seq=order.rank.intake_seq,
    )
    found: dict[str, list[Holding]] = defaultdict(list)
    for row in rows:
        status = ShipmentStatus(row.status)
        found[row.sku].append(
            Holding(row.number, row.units, row.location, status, row.order_line, row.pinned)
        )
    return {sku: tuple(holding) for sku, holding in found.items()}


def _rivals(tx: Tx, order: Order, skus: Collection[str]) -> dict[str, Rivals]:
    rows = tx.rows(
        RIVALS,
        merchant=tx.merchant,
        skus=list(skus),
        shown=SHOWN,
        priority=order.rank.priority,
        placed_at=order.rank.placed_at,
        intake_seq=order.rank.intake_seq,
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


def _owed(tx: Tx, skus: Collection[str]) -> frozenset[str]:
    rows = tx.rows(
        "SELECT sku FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
        " AND due_since IS NOT NULL",
        merchant=tx.merchant,
        skus=list(skus),
    )
    return frozenset(row.sku for row in rows)
