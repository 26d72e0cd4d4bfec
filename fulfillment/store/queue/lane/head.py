"""The head of a queue, read for plain lines that are sure to get their units."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.model.rank import Rank
from fulfillment.store.queue import head as queue
from fulfillment.store.queue.lane.filled import Place
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Room:
    """The first place, by priority, at which units of a SKU are free, and how many are there."""

    sku: str
    place: str
    units: int

    @property
    def most(self) -> int:
        """Lines that are read at most: each wants a unit, or holds one."""
        return min(self.units, queue.BATCH)


@dataclass(frozen=True, slots=True)
class Found:
    """Lines at the head of a queue that may be filled, once their orders are locked."""

    sku: str
    orders: Sequence[int]
    lines: Sequence[int]
    last: Rank


ROOM = """
SELECT k.sku, v.location AS place, v.units
  FROM unnest(CAST(:skus AS text[])) AS k(sku)
  JOIN product p ON p.merchant = :merchant AND p.sku = k.sku AND p.manage_stock
 CROSS JOIN LATERAL (
       SELECT a.location, v.on_hand - v.allocated + coalesce(more.units, 0) AS units
         FROM unnest(CAST(:places AS text[])) WITH ORDINALITY AS a(location, n)
         JOIN stock_level v ON v.merchant = :merchant AND v.sku = k.sku
          AND v.location = a.location AND v.disposition = 'sellable'
         LEFT JOIN unnest(CAST(:arriving AS text[]), CAST(:arriving_at AS text[]),
                          CAST(:more AS bigint[])) AS more(sku, location, units)
           ON more.sku = k.sku AND more.location = a.location
        WHERE v.on_hand - v.allocated + coalesce(more.units, 0) > 0
        ORDER BY a.n LIMIT 1) v
 ORDER BY k.sku
"""

LINES = """
           (SELECT d.* FROM open_demand d
             WHERE d.merchant = :merchant AND d.sku = room.sku AND d.gate = gate.name
               AND d.wanted > 0 AND {lock}
             ORDER BY d.lock_location, d.priority, d.placed_at, d.intake_seq, d.shipment_line
             LIMIT room.most)
"""
"""In two, and sorted by the location first, as the planner reads it: see `reach.LINES`."""

UNLOCKED = LINES.format(lock="bound.location IS NULL AND d.lock_location IS NULL")
LOCKED = LINES.format(lock="d.lock_location = bound.location")

HEAD = f"""
WITH ranked AS (
    SELECT d.*, room.place, room.units,
           sum(d.wanted + d.held) OVER so_far AS upto,
           bool_or(d.gate = 'first' AND d.wanted > 0 OR d.held > 0 AND EXISTS (
               SELECT FROM allocation a WHERE a.shipment_line = d.shipment_line
                  AND array_position(CAST(:places AS text[]), a.location::text)
                    < array_position(CAST(:places AS text[]), room.place))) OVER so_far AS is_over
      FROM unnest(CAST(:skus AS text[]), CAST(:rooms AS text[]), CAST(:units AS bigint[]),
                  CAST(:most AS int[])) AS room(sku, place, units, most)
     CROSS JOIN LATERAL (
           SELECT every.* FROM (
               SELECT d.* FROM unnest(CAST(:gates AS text[])) AS gate(name)
                CROSS JOIN (SELECT NULL AS location
                             UNION ALL SELECT unnest(CAST(:places AS text[]))) AS bound
                CROSS JOIN LATERAL (
{UNLOCKED}
                      UNION ALL
{LOCKED}) d
                UNION ALL
               (SELECT d.* FROM open_demand d
                 WHERE d.merchant = :merchant AND d.sku = room.sku AND d.held > 0 AND d.wanted = 0
                 ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line
                 LIMIT room.most)) every
            ORDER BY every.priority, every.placed_at, every.intake_seq, every.shipment_line
            LIMIT room.most) d
    WINDOW so_far AS (PARTITION BY d.sku
                      ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line)
)
, chosen AS (
    SELECT * FROM ranked d
     WHERE d.upto <= d.units AND NOT d.is_over AND d.gate = 'open' AND d.held = 0
)
SELECT c.sku, c.orders, c.lines, last.priority, last.placed_at, last.intake_seq
  FROM (SELECT sku, jsonb_agg(order_id) AS orders, jsonb_agg(shipment_line) AS lines,
               max(upto) AS upto FROM chosen GROUP BY sku) c
  JOIN chosen last ON last.sku = c.sku AND last.upto = c.upto
 ORDER BY c.sku
"""  # noqa: S608 -- constants
"""Everybody up to and with a line finds all that he wants or holds free at the room's place. So it
does not matter what those before it decide: the line finds its units there, and no earlier place
has any. Who holds units at an earlier place may be routed anew and leave them to those behind, and
one whose first claim is still to come is passed by nobody: behind such, nobody is plain."""

GATES = ("first", "open", "conditional", "closed", "by_hand")
"""All lines are counted, whether they take or not: a gate may be shut for a reason that is over."""


def rooms(
    tx: Tx, skus: Collection[str], places: Mapping[str, date], arriving: Mapping[Place, int]
) -> list[Room]:
    """Where units of these SKUs are free; a place that is out of use gives nothing."""
    rows = tx.rows(
        ROOM,
        merchant=tx.merchant,
        skus=sorted(skus),
        places=list(places),
        arriving=[sku for sku, _ in arriving],
        arriving_at=[at for _, at in arriving],
        more=list(arriving.values()),
    )
    return [Room(*row) for row in rows]


def first_lines(tx: Tx, free: Sequence[Room], places: Mapping[str, date]) -> list[Found]:
    """Those of the first lines of each queue, as many as a batch, that may be plain."""
    rows = tx.rows(
        HEAD,
        merchant=tx.merchant,
        skus=[room.sku for room in free],
        rooms=[room.place for room in free],
        units=[room.units for room in free],
        most=[room.most for room in free],
        places=list(places),
        gates=list(GATES),
    )
    return [Found(row.sku, row.orders, row.lines, _rank(row)) for row in rows]


def _rank(row: Any) -> Rank:
    return Rank(row.priority, row.placed_at, row.intake_seq)
