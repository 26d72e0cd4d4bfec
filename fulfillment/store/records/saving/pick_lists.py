"""Pick lists follow the shipments that are on them: what is left of each, and which are done."""

from collections import Counter
from collections.abc import Iterator, Sequence

from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import IN_WAREHOUSE, ShipmentStatus
from fulfillment.store.records.saving.changes import Change
from fulfillment.store.transactions.session import Tx

Place = tuple[int, str]
"""Order line and location."""


def write_lists(tx: Tx, changes: list[Change]) -> None:
    """Each line of a list as its shipment says; a list of which nothing is left is done.

    Lists come after stock levels in the order of locks: two shipments of one list may be picked
    at the same moment, and the second has to see that it is the last.
    """
    found = [pair for change in changes for pair in touched(change)]
    if not found:
        return
    shipments = [before.id for before, _ in found]
    lists = [row.id for row in tx.rows(LOCK_LISTS, shipments=shipments)]
    if not lists:
        return
    off = [after.id for _, after in found if not _is_on_list(after)]
    if off:
        sql = "DELETE FROM pick_list_line WHERE shipment = ANY(:shipments) AND NOT to_stage"
        tx.run(sql, shipments=off)
    _write_list_lines(tx, [after for before, after in found if _is_picked_on(before, after)])
    settle_lists(tx, lists)


def touched(change: Change) -> Iterator[tuple[Shipment, Shipment]]:
    """Shipments that were worked on and have changed, as they were and as they are."""
    after = {shipment.id: shipment for shipment in change.after.shipments}
    for shipment in change.before.shipments:
        if shipment.status in IN_WAREHOUSE and after[shipment.id] != shipment:
            yield shipment, after[shipment.id]


def _is_on_list(shipment: Shipment) -> bool:
    return shipment.status in IN_WAREHOUSE or shipment.status is ShipmentStatus.SHIPPED


def _is_picked_on(before: Shipment, after: Shipment) -> bool:
    """Whether a picker's list changes: once all is picked, it stays as what was done."""
    is_picking = ShipmentStatus.PICKING in (before.status, after.status)
    return is_picking and after.status in IN_WAREHOUSE


def _write_list_lines(tx: Tx, shipments: Sequence[Shipment]) -> None:
    held = [
        (shipment.id, line.order_line, sum(c.picked for c in line.claims), line.loose)
        for shipment in shipments
        for line in shipment.lines
    ]
    if shipments:
        tx.run(
            WRITE_LINES,
            on=[shipment.id for shipment in shipments],
            shipments=[row[0] for row in held],
            lines=[row[1] for row in held],
            picked=[row[2] for row in held],
            loose=[row[3] for row in held],
        )


LOCK_LISTS = """
SELECT id FROM pick_list
 WHERE id IN (SELECT pick_list FROM pick_list_line
               WHERE shipment = ANY(:shipments) AND NOT to_stage)
 ORDER BY id FOR NO KEY UPDATE
"""

WRITE_LINES = """
UPDATE pick_list_line l
   SET picked = r.picked, short = l.units - r.picked - r.loose
  FROM (SELECT old.id, coalesce(sum(h.picked), 0) AS picked, coalesce(sum(h.loose), 0) AS loose
          FROM pick_list_line old
          LEFT JOIN unnest(CAST(:shipments AS bigint[]), CAST(:lines AS int[]),
                           CAST(:picked AS int[]), CAST(:loose AS int[]))
               AS h(shipment, line, picked, loose)
               ON h.shipment = old.shipment AND h.line = old.order_line
         WHERE old.shipment = ANY(:on) AND NOT old.to_stage
         GROUP BY old.id) r
 WHERE l.id = r.id
"""


def settle_lists(tx: Tx, lists: Sequence[int]) -> None:
    """A list with units left to pick is worked on, one without is done; both are locked."""
    tx.run(SETTLE, lists=list(lists), now=tx.now)


SETTLE = """
UPDATE pick_list p
   SET status = CASE WHEN s.is_left THEN 'picking'
                     WHEN p.status = 'given_up' THEN p.status ELSE 'done' END,
       done_at = CASE WHEN s.is_left THEN NULL ELSE coalesce(p.done_at, :now) END
  FROM (SELECT q.id, EXISTS (SELECT 1 FROM pick_list_line l WHERE l.pick_list = q.id
                                AND l.picked + l.short < l.units) AS is_left
          FROM unnest(CAST(:lists AS bigint[])) AS q(id)) s
 WHERE p.id = s.id
"""


# --- staging lists -------------------------------------------------------------------------------


def lost_to_stage(change: Change) -> Iterator[int]:
    """Waiting shipments that wait no more, or have less on the shelf that could be staged.

    What a person stages is on the shelf no more either; who stages settles its lists.
    """
    if "staged" in {note.kind for note in change.after.notes}:
        return
    after = {shipment.id: shipment for shipment in change.after.shipments}
    for shipment in change.before.waiting:
        left = after[shipment.id]
        if _on_shelf(shipment) - (_on_shelf(left) if left.is_waiting else Counter()):
            yield shipment.id


def _on_shelf(shipment: Shipment) -> Counter[Place]:
    units: Counter[Place] = Counter()
    for line in shipment.lines:
        for claim in line.claims:
            units[line.order_line, claim.location] += claim.loose
    return units


def settle_staging(tx: Tx, shipments: Sequence[int]) -> None:
    """What can not be staged any more is short; a list of which nothing is left is done.

    A list is not kept for units that may come: they are on the next one.
    """
    if not shipments:
        return
    lists = [row.id for row in tx.rows(LOCK_STAGING_LISTS, shipments=shipments)]
    if lists:
        tx.run(WRITE_SHORT, lists=lists, shipments=shipments)
        settle_lists(tx, lists)


LOCK_STAGING_LISTS = """
SELECT id FROM pick_list
 WHERE status = 'picking'
   AND id IN (SELECT pick_list FROM pick_list_line
               WHERE shipment = ANY(:shipments) AND to_stage AND picked + short < units)
 ORDER BY id FOR NO KEY UPDATE
"""

LEFT_TO_STAGE = """
least(l.units - l.picked - l.short,
      coalesce((SELECT sum(a.units - a.picked - a.staged)
                  FROM shipment_line sl JOIN allocation a ON a.shipment_line = sl.id
                 WHERE sl.shipment = l.shipment AND sl.order_line = l.order_line
                   AND a.location = p.location AND s.status IN ('backorder', 'future')), 0))
"""
"""Units of a line `l` of a staging list `p` that its shipment `s` still has on the shelf there."""

WRITE_SHORT = f"""
UPDATE pick_list_line l SET short = l.units - l.picked - {LEFT_TO_STAGE}
  FROM pick_list p, shipment s
 WHERE p.id = l.pick_list AND s.id = l.shipment AND p.id = ANY(:lists)
   AND l.shipment = ANY(:shipments) AND l.to_stage
"""  # noqa: S608 -- LEFT_TO_STAGE is a constant
