"""Note where received goods go: straight to a released shipment, or to the shelf."""

from collections.abc import Collection, Iterable

from fulfillment.domain.floor.cross_docking import Arrival, dock, gains
from fulfillment.domain.model.orders import Order
from fulfillment.store.transactions.session import Tx

ARRIVALS = """
SELECT l.receipt, l.supply, u.sku, r.location, l.undistributed AS units
  FROM receipt_line l JOIN supply u ON u.id = l.supply JOIN receipt r ON r.id = l.receipt
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus) AND l.undistributed > 0
   AND l.disposition = 'sellable'
 ORDER BY l.receipt, l.supply
"""

DOCKED = """
WITH docked AS (
    SELECT * FROM unnest(CAST(:receipts AS bigint[]), CAST(:supplies AS bigint[]),
                         CAST(:shipments AS bigint[]), CAST(:units AS int[]))
        AS d(receipt, supply, shipment, units)
), counted AS (
    UPDATE receipt_line l SET undistributed = l.undistributed - d.units
      FROM (SELECT receipt, supply, sum(units)::bigint AS units FROM docked GROUP BY 1, 2) d
     WHERE l.receipt = d.receipt AND l.supply = d.supply AND l.disposition = 'sellable'
)
INSERT INTO cross_dock (receipt, supply, shipment, units)
SELECT receipt, supply, shipment, units FROM docked
ON CONFLICT (receipt, supply, shipment)
DO UPDATE SET units = cross_dock.units + excluded.units
"""

SHELVED = """
UPDATE receipt_line l SET undistributed = 0 FROM supply u
 WHERE u.id = l.supply AND u.merchant = :merchant AND u.sku = ANY(:skus) AND l.undistributed > 0
"""


def note_distribution(
    tx: Tx,
    orders: Iterable[tuple[Order, Order]],
    due: Collection[str],
    served: Collection[str],
) -> None:
    """Note what orders gained, as they were and are stored, of goods whose queues are `due`.

    What is left of the queues that are `served` to their end goes to the shelf. The queues are
    locked, so nobody distributes the same units.
    """
    rows = tx.rows(ARRIVALS, merchant=tx.merchant, skus=sorted(due))
    if not rows:
        return
    gained = [gain for before, after in orders if before != after for gain in gains(before, after)]
    if docked := dock([Arrival(*row) for row in rows], gained):
        tx.run(
            DOCKED,
            receipts=[row.receipt for row in docked],
            supplies=[row.supply for row in docked],
            shipments=[row.shipment for row in docked],
            units=[row.units for row in docked],
        )
    if served:
        tx.run(SHELVED, merchant=tx.merchant, skus=sorted(served))
