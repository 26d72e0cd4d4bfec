"""What the floor has written down follows the claims: pick lists, containers, what goes back.

Whatever changes a shipment that somebody picks, or takes units that are staged, leaves the lists,
containers and packages right, and asks for what is in somebody's hands to be put back.
"""

from collections import Counter

from fulfillment.domain.floor.staging import staged_units
from fulfillment.domain.model.orders import Order, OrderEvent
from fulfillment.domain.model.statuses import IN_WAREHOUSE, ShipmentStatus
from fulfillment.store.records.saving.changes import Change
from fulfillment.store.records.saving.pick_lists import (
    Place,
    lost_to_stage,
    settle_staging,
    touched,
    write_lists,
)
from fulfillment.store.transactions.session import Tx

BY_HANDS = frozenset({"unstaged", "unpicked"})
"""What is told in the history where a person has put units back already."""


def write_floor(tx: Tx, changes: list[Change]) -> list[OrderEvent]:
    """Bring lists, containers and packages to what the orders say; the packages that were opened.

    Nothing is sent where nothing changed.
    """
    in_hands = [change for change in changes if _is_in_hands(change.before)]
    _write_containers(tx, [c for c in in_hands if staged_units(c.before) - staged_units(c.after)])
    write_lists(tx, changes)
    settle_staging(tx, [id_ for change in changes for id_ in lost_to_stage(change)])
    _ask_to_put_back(tx, in_hands)
    return _open_packages(tx, changes)


def _is_in_hands(order: Order) -> bool:
    return any(
        claim.picked or claim.staged
        for shipment in order.shipments
        for line in shipment.lines
        for claim in line.claims
    )


# --- containers ----------------------------------------------------------------------------------


def _write_containers(tx: Tx, changes: list[Change]) -> None:
    """Staged units that are gone are in no container any more: the last filled gives first."""
    if not changes:
        return
    rows = [
        (change.after.id, line, location, staged_units(change.after)[line, location])
        for change in changes
        for line, location in sorted(staged_units(change.before) - staged_units(change.after))
    ]
    tx.run(
        SHRINK,
        orders=[row[0] for row in rows],
        lines=[row[1] for row in rows],
        locations=[row[2] for row in rows],
        staged=[row[3] for row in rows],
    )
    tx.run(
        "UPDATE container c SET emptied_at = :now WHERE c.order_id = ANY(:orders)"
        " AND c.emptied_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM container_line l WHERE l.container = c.id)",
        now=tx.now,
        orders=sorted({change.after.id for change in changes}),
    )


SHRINK = """
WITH kept AS (
    SELECT l.container, l.order_line,
           greatest(least(l.units, t.staged - sum(l.units) OVER filled + l.units), 0) AS units
      FROM unnest(CAST(:orders AS bigint[]), CAST(:lines AS int[]), CAST(:locations AS text[]),
                  CAST(:staged AS int[])) AS t(order_id, line, location, staged)
      JOIN container c ON c.order_id = t.order_id AND c.location = t.location
           AND c.emptied_at IS NULL
      JOIN container_line l ON l.container = c.id AND l.order_line = t.line
    WINDOW filled AS (PARTITION BY t.order_id, t.line, t.location ORDER BY l.container)
), emptied AS (
    DELETE FROM container_line l USING kept k
     WHERE l.container = k.container AND l.order_line = k.order_line AND k.units = 0
)
UPDATE container_line l SET units = k.units FROM kept k
 WHERE l.container = k.container AND l.order_line = k.order_line
   AND k.units > 0 AND k.units <> l.units
"""


# --- packages ------------------------------------------------------------------------------------


def _open_packages(tx: Tx, changes: list[Change]) -> list[OrderEvent]:
    """What is not worked on any more takes no package with it; those of what is cancelled are void.

    Packages name units that are in hands; a shipment that waits or is ready has them in containers.
    """
    back = {
        after.id: change.after.id
        for change in changes
        for _, after in touched(change)
        if after.status not in IN_WAREHOUSE | _ENDED_WITH_PACKAGES
    }
    if not back:
        return []
    rows = tx.rows(PACKED, shipments=list(back))
    if not rows:
        return []
    tx.run("DELETE FROM package_line WHERE package = ANY(:ids)", ids=[row.id for row in rows])
    tx.run("DELETE FROM package WHERE id = ANY(:ids)", ids=[row.id for row in rows])
    return [
        OrderEvent(
            back[id_],
            "package_opened",
            {
                "shipment": mine[0].number,
                "packages": [row.package for row in mine],
                "units": sum(row.units for row in mine),
            },
        )
        for id_ in back
        if (mine := [row for row in rows if row.shipment == id_])
    ]


_ENDED_WITH_PACKAGES = {ShipmentStatus.SHIPPED, ShipmentStatus.CANCELLED}

PACKED = """
SELECT p.id, p.shipment, p.number AS package, s.number,
       (SELECT sum(units) FROM package_line WHERE package = p.id)::int AS units
  FROM package p JOIN shipment s ON s.id = p.shipment
 WHERE p.shipment = ANY(:shipments) AND p.shipped_at IS NULL ORDER BY p.shipment, p.number
"""


# --- what is in hands and nobody's any more ------------------------------------------------------


def _ask_to_put_back(tx: Tx, changes: list[Change]) -> None:
    rows = [
        (change.after.id, skus[line], location, units)
        for change in changes
        if not BY_HANDS & {note.kind for note in change.after.notes}
        for skus in [{line.number: line.sku for line in change.after.lines}]
        for (line, location), units in sorted(_taken_from_hands(change).items())
    ]
    if rows:
        tx.run(
            PUT_BACK,
            merchant=tx.merchant,
            orders=[row[0] for row in rows],
            skus=[row[1] for row in rows],
            locations=[row[2] for row in rows],
            units=[row[3] for row in rows],
            reason=tx.reason,
            now=tx.now,
        )


PUT_BACK = """
INSERT INTO task (merchant, kind, location, sku, units, order_id, reason, created_at)
SELECT :merchant, 'put_back', t.location, t.sku, sum(t.units), t.order_id, :reason, :now
  FROM unnest(CAST(:orders AS bigint[]), CAST(:skus AS text[]), CAST(:locations AS text[]),
              CAST(:units AS int[])) AS t(order_id, sku, location, units)
 GROUP BY t.order_id, t.sku, t.location ORDER BY t.order_id, t.sku, t.location
"""


def _taken_from_hands(change: Change) -> Counter[Place]:
    """Units picked or staged before that the order has not claimed there any more."""
    shipped = {s.id for s in change.after.shipments if s.status is ShipmentStatus.SHIPPED}
    held, claimed = _units_at(change.before, shipped)
    held_after, claimed_after = _units_at(change.after, shipped)
    lost = claimed - claimed_after
    return Counter({at: min(n, lost[at]) for at, n in (held - held_after).items() if lost[at]})


def _units_at(order: Order, without: set[int]) -> tuple[Counter[Place], Counter[Place]]:
    held: Counter[Place] = Counter()
    claimed: Counter[Place] = Counter()
    for shipment in order.shipments:
        for line in shipment.lines if shipment.id not in without else ():
            for claim in line.claims:
                held[line.order_line, claim.location] += claim.picked + claim.staged
                claimed[line.order_line, claim.location] += claim.units
    return held, claimed
