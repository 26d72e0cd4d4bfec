"""Pegs on a supply that shrinks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fulfillment.domain.model.orders import OrderEvent
from fulfillment.store.records.saving.orders import record
from fulfillment.store.transactions.locks import lock_orders
from fulfillment.store.transactions.session import LocksTooSmallError, Tx

SURPLUS = """
SELECT * FROM (
    SELECT p.shipment_line, p.supply, p.pinned, p.units, sl.order_id,
           least(p.units, sum(p.units) OVER w - (u.outstanding - c.units))
               AS surplus
      FROM unnest(CAST(:supplies AS bigint[]), CAST(:coming AS int[])) AS c(supply, units)
      JOIN supply u ON u.id = c.supply
      JOIN peg p ON p.supply = u.id
      JOIN shipment_line sl ON sl.id = p.shipment_line
      JOIN orders o ON o.id = sl.order_id
    WINDOW w AS (PARTITION BY p.supply ORDER BY {order})) ranked
 WHERE surplus > 0
"""

FIRST_GO = SURPLUS.format(
    order="o.priority DESC, o.placed_at DESC, o.intake_seq DESC, p.shipment_line DESC, p.pinned"
)
LAST_GO = SURPLUS.format(
    order="p.pinned DESC, o.priority, o.placed_at, o.intake_seq, p.shipment_line"
)

CUT = """
WITH cut AS (
    SELECT * FROM unnest(CAST(:lines AS bigint[]), CAST(:supplies AS bigint[]),
                         CAST(:pinned AS boolean[]), CAST(:surplus AS int[]))
        AS c(line, supply, pinned, units)
), gone AS (
    DELETE FROM peg p USING cut WHERE p.shipment_line = cut.line
       AND p.supply = cut.supply AND p.pinned = cut.pinned AND p.units = cut.units
), counted AS (
    UPDATE open_demand d SET pegged = d.pegged - c.units, stale = true
      FROM (SELECT line, sum(units) AS units FROM cut GROUP BY line) c
     WHERE d.shipment_line = c.line
)
UPDATE peg p SET units = p.units - cut.units FROM cut
 WHERE p.shipment_line = cut.line AND p.supply = cut.supply AND p.pinned = cut.pinned
   AND p.units > cut.units
"""


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


def released_on(tx: Tx, supplies: Collection[int]) -> list[int]:
    """Orders with a released shipment that waits for units of these supplies to be received."""
    rows = tx.rows(
        "SELECT DISTINCT sl.order_id FROM peg p JOIN shipment_line sl ON sl.id = p.shipment_line"
        " JOIN shipment s ON s.id = sl.shipment"
        " WHERE p.supply = ANY(:supplies) AND s.status = 'ready' ORDER BY sl.order_id",
        supplies=list(supplies),
    )
    return [row.order_id for row in rows]


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
    found = tx.rows(sql, supplies=supplies, coming=units)
    if not found:
        return
    locked = {row.order_id for row in found}
    lock_orders(tx, locked)
    rows = tx.rows(sql, supplies=supplies, coming=units)
    if not {row.order_id for row in rows} <= locked:
        raise LocksTooSmallError
    _keep_pins(tx, [row for row in rows if row.pinned and row.supply in late])
    tx.run(
        CUT,
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
