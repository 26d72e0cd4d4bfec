"""Who goes without when the first units of a queue are met: the queue served from its head."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from fulfillment.store.sums.lines import lines
from fulfillment.store.transactions.session import Tx


class Met(NamedTuple):
    """How many unpegged units are met of the lines of a SKU at a place, or at none.

    `location` is for what is asked together: the places whose short orders are told as one list.
    """

    sku: str
    location: str
    place: str | None
    units: int


UNPEGGED = "d.wanted > d.pegged"

OF_PART = lines("p", since=("p", ">="), until=("e", "<"), which=UNPEGGED)

SHORT = f"""
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:locations AS text[]), CAST(:places AS text[]),
                         CAST(:met AS bigint[])) WITH ORDINALITY
        AS a(sku, location, place, met, n)
), apart AS MATERIALIZED (
    SELECT a.n, d.shipment_line, d.order_id, d.priority, d.placed_at, d.intake_seq,
           d.wanted - d.pegged AS units
      FROM asked a CROSS JOIN LATERAL (
           SELECT * FROM open_demand d
            WHERE d.merchant = :merchant AND d.sku = a.sku AND d.apart AND d.wanted > 0
              AND {UNPEGGED} AND coalesce(d.lock_location, '') = a.place) d
), event AS (
    SELECT n, true AS is_block, -1 AS priority, timestamptz '-infinity' AS placed_at,
           0::bigint AS intake_seq, 0::bigint AS units, 0 AS orders FROM asked
     UNION ALL
    SELECT a.n, true, b.priority, b.placed_at, b.intake_seq, b.unpegged, b.unpegged_orders
      FROM asked a JOIN queue_block b ON b.merchant = :merchant AND b.sku = a.sku
       AND b.place = a.place AND b.unpegged_orders > 0
     UNION ALL
    SELECT n, false, priority, placed_at, intake_seq, units, 0 FROM apart
), counted AS MATERIALIZED (
    SELECT e.*, a.met,
           sum(e.units) OVER (PARTITION BY e.n ORDER BY e.priority, e.placed_at, e.intake_seq,
                                                        e.is_block DESC, e.units
                              ROWS UNBOUNDED PRECEDING) - e.units AS before
      FROM event e JOIN asked a USING (n)
), start AS MATERIALIZED (
    SELECT DISTINCT ON (n) n, met, before, priority, placed_at, intake_seq FROM counted
     WHERE is_block AND before <= met
     ORDER BY n, priority DESC, placed_at DESC, intake_seq DESC, before DESC
), behind AS MATERIALIZED (
    SELECT c.n, c.priority, c.placed_at, c.intake_seq, c.orders,
           sum(c.orders) OVER (PARTITION BY c.n ORDER BY c.priority, c.placed_at, c.intake_seq)
               - c.orders AS orders_before
      FROM counted c JOIN start s USING (n)
     WHERE c.is_block
       AND (c.priority, c.placed_at, c.intake_seq) > (s.priority, s.placed_at, s.intake_seq)
), next AS (
    SELECT DISTINCT ON (n) * FROM behind ORDER BY n, priority, placed_at, intake_seq
), stop AS (
    SELECT DISTINCT ON (n) * FROM behind WHERE orders_before >= :most
     ORDER BY n, priority, placed_at, intake_seq
), part AS MATERIALIZED (
    SELECT a.n, a.sku, a.location, a.place, s.met, s.before, s.priority, s.placed_at, s.intake_seq,
           coalesce(e.priority, 32767) AS end_priority,
           coalesce(e.placed_at, 'infinity') AS end_placed, coalesce(e.intake_seq, 0) AS end_seq,
           coalesce(x.priority, 32767) AS next_priority,
           coalesce(x.placed_at, 'infinity') AS next_placed, coalesce(x.intake_seq, 0) AS next_seq
      FROM asked a JOIN start s USING (n) LEFT JOIN stop e USING (n) LEFT JOIN next x USING (n)
), line AS (
    SELECT p.n, d.shipment_line, d.order_id, d.priority, d.placed_at, d.intake_seq,
           d.wanted - d.pegged AS units,
           (d.priority, d.placed_at, d.intake_seq)
             < (p.next_priority, p.next_placed, p.next_seq) AS is_counted
      FROM part p
     CROSS JOIN LATERAL (SELECT p.end_priority AS priority, p.end_placed AS placed_at,
                                p.end_seq AS intake_seq) e
     CROSS JOIN LATERAL ({OF_PART}) d
     UNION ALL
    SELECT a.n, a.shipment_line, a.order_id, a.priority, a.placed_at, a.intake_seq, a.units, true
      FROM apart a JOIN start s USING (n)
     WHERE (a.priority, a.placed_at, a.intake_seq) >= (s.priority, s.placed_at, s.intake_seq)
), served AS (
    SELECT p.sku, p.location, l.*,
           p.before - p.met + sum(l.units) OVER (PARTITION BY l.n ORDER BY l.priority,
               l.placed_at, l.intake_seq, l.shipment_line) AS beyond
      FROM line l JOIN part p USING (n)
), short AS (
    SELECT sku, location, order_id, priority, placed_at, intake_seq,
           sum(least(units, beyond))::bigint AS units, bool_or(is_counted) AS is_counted,
           row_number() OVER (PARTITION BY sku, location
                              ORDER BY priority, placed_at, intake_seq) AS nth
      FROM served WHERE beyond > 0
     GROUP BY sku, location, order_id, priority, placed_at, intake_seq
), total AS (
    SELECT sku, location, sum(orders)::bigint AS order_count FROM (
        SELECT sku, location, count(*) AS orders FROM short WHERE is_counted GROUP BY 1, 2
         UNION ALL
        SELECT a.sku, a.location, sum(b.orders) FROM behind b JOIN asked a USING (n)
         GROUP BY 1, 2) part
     GROUP BY sku, location
)
SELECT s.sku, s.location, o.number, s.units, s.priority, s.placed_at, s.intake_seq, t.order_count
  FROM short s JOIN orders o ON o.id = s.order_id JOIN total t USING (sku, location)
 WHERE s.nth <= :most ORDER BY s.sku, s.location, s.nth
"""  # noqa: S608 -- constants
"""Lines are read from the last block (`start`) before which all is met, to the block (`stop`)
behind which enough orders have been named; orders of the `next` blocks are counted as they are."""


def short_orders(tx: Tx, met: Sequence[Met], most: int) -> list[Any]:
    """The first orders that go without, in rank order, each with its units; each tells how many."""
    if not met:
        return []
    return tx.rows(
        SHORT,
        merchant=tx.merchant,
        skus=[one.sku for one in met],
        locations=[one.location for one in met],
        places=[one.place or "" for one in met],
        met=[one.units for one in met],
        most=most,
    )
