"""Who stands before an order in the queues of its SKUs, and who behind it holds units of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from fulfillment.domain.insight.explanation import Ahead, Holding, Rival, Rivals
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.queue.reach import rank_parameters
from fulfillment.store.sums.lines import lines, lines_apart
from fulfillment.store.sums.reading import Waiting, first_waiting, waiting_before
from fulfillment.store.transactions.session import Tx

SHOWN = 3
"""Orders ahead that are named; the others are counted."""

HOLDERS = """
WITH holder AS (
    SELECT a.sku, l.order_id, sum(a.units)::bigint AS held,
           coalesce(sum(a.units) FILTER (WHERE s.status IN ('backorder', 'future')), 0)::bigint
               AS idle
      FROM allocation a
      JOIN shipment_line l ON l.id = a.shipment_line
      JOIN shipment s ON s.id = l.shipment
      JOIN orders o ON o.id = l.order_id
     WHERE a.merchant = :merchant AND a.sku = ANY(:skus)
       AND (o.priority, o.placed_at, o.intake_seq) < (:priority, :placed_at, :intake_seq)
     GROUP BY a.sku, l.order_id
), ranked AS (
    SELECT h.*, o.number, o.priority, o.placed_at, o.intake_seq,
           sum(h.held) OVER all_of AS all_held, sum(h.idle) OVER all_of AS all_idle,
           count(*) FILTER (WHERE NOT EXISTS (
               SELECT 1 FROM open_demand d WHERE d.order_id = h.order_id AND d.sku = h.sku
                  AND d.wanted > 0)) OVER all_of AS satisfied,
           row_number() OVER (PARTITION BY h.sku
                              ORDER BY o.priority, o.placed_at, o.intake_seq) AS place
      FROM holder h JOIN orders o ON o.id = h.order_id
    WINDOW all_of AS (PARTITION BY h.sku)
)
SELECT * FROM ranked WHERE place <= :shown ORDER BY sku, place
"""
"""Who holds units before a rank, and how many of them want none."""


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

BOUND_AHEAD = lines("p", until=("u", "<"), limit="LIMIT :most")
APART_AHEAD = lines_apart("a", until=("u", "<"), limit="LIMIT :most", which="d.gate <> 'by_hand'")

AHEAD = f"""
WITH until AS MATERIALIZED (
    SELECT CAST(:priority AS int) AS priority, CAST(:placed_at AS timestamptz) AS placed_at,
           CAST(:intake_seq AS bigint) AS intake_seq
), place AS MATERIALIZED (
    SELECT DISTINCT sku, place FROM queue_block WHERE merchant = :merchant AND sku = ANY(:skus)
)
SELECT order_id, sku, lock_location, wanted, least(pegged, wanted) AS pegged FROM (
    SELECT d.* FROM until u CROSS JOIN place p
     CROSS JOIN LATERAL ({BOUND_AHEAD}) d
     UNION ALL
    SELECT d.* FROM until u CROSS JOIN unnest(CAST(:skus AS text[])) AS a(sku)
     CROSS JOIN LATERAL ({APART_AHEAD}) d
) d
 WHERE gate <> 'by_hand'
 ORDER BY priority, placed_at, intake_seq, shipment_line LIMIT :most
"""  # noqa: S608 -- constants

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
    waiting = waiting_before(tx, skus, order.rank)
    first = first_waiting(tx, skus, SHOWN, order.rank)
    holders: dict[str, list[Any]] = defaultdict(list)
    rank = rank_parameters(order.rank)
    for row in tx.rows(HOLDERS, merchant=tx.merchant, skus=list(skus), shown=SHOWN, **rank):
        holders[row.sku].append(row)
    return {
        sku: _rivals(waiting[sku], first[sku], holders[sku])
        for sku in skus
        if waiting[sku].orders or holders[sku]
    }


def _rivals(waiting: Waiting, first: Sequence[Any], holders: Sequence[Any]) -> Rivals:
    """The first of either, as one list; who wants and holds is among the first of both."""
    wanted = {row.order_id: row.wanted for row in first}
    held = {row.order_id: (row.held, row.idle) for row in holders}
    ranked = {Rank(row.priority, row.placed_at, row.intake_seq): row for row in (*first, *holders)}
    shown = [ranked[rank] for rank in sorted(ranked)[:SHOWN]]
    return Rivals(
        first=tuple(
            _rival(row, wanted.get(row.order_id, 0), held.get(row.order_id)) for row in shown
        ),
        orders=waiting.orders + (holders[0].satisfied if holders else 0),
        wanted=waiting.units,
        held=int(holders[0].all_held) if holders else 0,
        idle=int(holders[0].all_idle) if holders else 0,
        waiting=waiting.orders,
    )


def _rival(row: Any, wanted: int, holds: tuple[int, int] | None) -> Rival:
    held, idle = holds or (0, 0)
    return Rival(row.number, wanted, held, row.priority, idle)
