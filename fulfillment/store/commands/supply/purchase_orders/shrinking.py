"""Pegs on a supply that shrinks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fulfillment.domain.model.orders import OrderEvent
from fulfillment.store.queue.peg_kinds import FIRST_TO_LAST, KINDS, LAST_TO_FIRST, OF_KIND
from fulfillment.store.records.saving.orders import record
from fulfillment.store.sums.blocks import add_relation
from fulfillment.store.transactions.locks import lock_orders
from fulfillment.store.transactions.session import LocksTooSmallError, Tx

SURPLUS = f"""
WITH RECURSIVE supplies AS MATERIALIZED (
    SELECT u.id AS supply, u.sku, u.pegged - (u.outstanding - c.units) AS units
      FROM unnest(CAST(:supplies AS bigint[]), CAST(:coming AS int[])) AS c(supply, units)
      JOIN supply u ON u.id = c.supply AND u.pegged > u.outstanding - c.units
), {KINDS}
SELECT sku, shipment_line, supply, pinned, units, order_id,
       least(units, surplus - before) AS surplus
  FROM (SELECT p.*, s.sku, s.units AS surplus,
               sum(p.units) OVER (PARTITION BY p.supply ORDER BY {{whole}}) - p.units AS before
          FROM supplies s JOIN kind ON kind.supply = s.supply CROSS JOIN LATERAL (
               SELECT * FROM peg p WHERE {OF_KIND}
                ORDER BY {{each}} LIMIT s.units) p) ranked
 WHERE before < surplus
"""  # noqa: S608 -- constants
"""Those who go from each supply, read from the end of each kind at which they stand."""

FIRST_GO = SURPLUS.format(whole=f"{FIRST_TO_LAST}, p.pinned DESC", each=FIRST_TO_LAST)
LAST_GO = SURPLUS.format(whole=f"p.pinned, {LAST_TO_FIRST}", each=LAST_TO_FIRST)

WHOSE = "SELECT jsonb_agg(DISTINCT order_id) AS orders FROM ({surplus}) surplus"

CUT = """
cut AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:lines AS bigint[]), CAST(:supplies AS bigint[]),
                         CAST(:pinned AS boolean[]), CAST(:surplus AS int[]))
        AS c(line, supply, pinned, units)
), gone AS (
    DELETE FROM peg p USING cut WHERE p.shipment_line = cut.line
       AND p.supply = cut.supply AND p.pinned = cut.pinned AND p.units = cut.units
), less AS (
    UPDATE peg p SET units = p.units - cut.units FROM cut
     WHERE p.shipment_line = cut.line AND p.supply = cut.supply AND p.pinned = cut.pinned
       AND p.units > cut.units
), counted AS (
    UPDATE supply u SET pegged = u.pegged - c.units
      FROM (SELECT supply, sum(units) AS units FROM cut GROUP BY supply) c WHERE u.id = c.supply
), unpegged AS (
    UPDATE open_demand d SET pegged = d.pegged - c.units, stale = true
      FROM (SELECT line, sum(units) AS units FROM cut GROUP BY line) c
     WHERE d.shipment_line = c.line
    RETURNING d.sku, coalesce(d.lock_location, '') AS place, d.priority, d.placed_at, d.intake_seq,
              d.order_id, d.apart, c.units
), delta AS MATERIALIZED (
    SELECT c.sku, c.place, c.priority, c.placed_at, c.intake_seq, 0 AS wanted,
           c.units AS unpegged, 0 AS lines, 0 AS orders, (was.unpegged = 0)::int AS unpegged_orders
      FROM (SELECT sku, place, priority, placed_at, intake_seq, order_id, sum(units) AS units
              FROM unpegged WHERE NOT apart GROUP BY 1, 2, 3, 4, 5, 6) c
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(d.wanted - d.pegged), 0) AS unpegged FROM open_demand d
            WHERE d.order_id = c.order_id AND d.sku = c.sku) was
)
"""
"""What is read beside what is written is as it was before."""

KEEP_PINS = """
WITH cut AS (
    SELECT * FROM unnest(CAST(:lines AS bigint[]), CAST(:supplies AS bigint[]),
                         CAST(:units AS int[])) AS c(line, supply, units)
), kept AS (
    INSERT INTO late_pin AS n (order_id, line, supply, units)
    SELECT sl.order_id, sl.order_line, cut.supply, sum(cut.units)
      FROM cut JOIN shipment_line sl ON sl.id = cut.line GROUP BY 1, 2, 3
    ON CONFLICT (order_id, line, supply) DO UPDATE SET units = n.units + excluded.units
)
SELECT sl.order_id, sl.order_line AS line, u.document AS source, sum(cut.units)::bigint AS units
  FROM cut JOIN shipment_line sl ON sl.id = cut.line JOIN supply u ON u.id = cut.supply
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


RELEASED = f"""
WITH RECURSIVE supplies AS MATERIALIZED (
    SELECT unnest(CAST(:supplies AS bigint[])) AS supply
), {KINDS}
SELECT DISTINCT p.order_id FROM kind JOIN peg p ON {OF_KIND}
 WHERE kind.counts_from <> '' ORDER BY p.order_id
"""  # noqa: S608 -- constants
"""Only what is released says from which status its pegs count."""


def released_on(tx: Tx, supplies: Collection[int]) -> list[int]:
    """Orders with a released shipment that waits for units of these supplies to be received."""
    return [row.order_id for row in tx.rows(RELEASED, supplies=list(supplies))]


def shrink_pegs(
    tx: Tx, coming: Mapping[int, int], *, last_go: bool = False, late: Collection[int] = ()
) -> None:
    """Leave pegs on no more than is outstanding once these units by supply have come.

    The first in rank, whom the goods serve, go first; with `last_go`, where nothing comes, the
    last. Whoever loses a peg is planned when its queue is served next; pins on supply that is
    `late` are kept for when it is not. It locks orders, so it comes before stock. Read again once
    they are locked: until then a split may move a peg to a new line.
    """
    if not coming:
        return
    sql = LAST_GO if last_go else FIRST_GO
    supplies, units = list(coming), list(coming.values())
    (whose,) = tx.rows(WHOSE.format(surplus=sql), supplies=supplies, coming=units)
    if not whose.orders:
        return
    lock_orders(tx, whose.orders)
    rows = tx.rows(sql, supplies=supplies, coming=units)
    if not {row.order_id for row in rows} <= set(whose.orders):
        raise LocksTooSmallError
    _keep_pins(tx, [row for row in rows if row.pinned and row.supply in late])
    add_relation(
        tx,
        CUT,
        {row.sku for row in rows},
        lines=[row.shipment_line for row in rows],
        supplies=[row.supply for row in rows],
        pinned=[row.pinned for row in rows],
        surplus=[row.surplus for row in rows],
    )


def _keep_pins(tx: Tx, rows: Sequence[Any]) -> None:
    if not rows:
        return
    kept = tx.rows(
        KEEP_PINS,
        lines=[row.shipment_line for row in rows],
        supplies=[row.supply for row in rows],
        units=[row.surplus for row in rows],
    )
    facts = ("line", "source", "units")
    record(
        tx,
        (
            OrderEvent(row.order_id, "pin_late", {name: getattr(row, name) for name in facts})
            for row in kept
        ),
    )
