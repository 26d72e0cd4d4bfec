"""Note where received goods go: straight to a released shipment, or to the shelf."""

from collections.abc import Collection, Iterable, Iterator

from fulfillment.domain.floor.cross_docking import Arrival, Gain, dock, gains, order_gains
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

ORDERS_ARRIVALS = """
SELECT l.receipt, l.supply, u.sku, r.location,
       l.units - coalesce((SELECT sum(s.units) FROM served_order s
                            WHERE s.receipt = l.receipt AND s.supply = l.supply), 0) AS units
  FROM receipt_line l JOIN supply u ON u.id = l.supply JOIN receipt r ON r.id = l.receipt
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus) AND l.undistributed > 0
   AND l.disposition = 'sellable'
 ORDER BY l.receipt, l.supply
"""

SERVED = """
INSERT INTO served_order (receipt, supply, order_id, units)
SELECT * FROM unnest(CAST(:receipts AS bigint[]), CAST(:supplies AS bigint[]),
                     CAST(:orders AS bigint[]), CAST(:units AS int[]))
ON CONFLICT (receipt, supply, order_id)
DO UPDATE SET units = served_order.units + excluded.units
"""

SHELVED = """
UPDATE receipt_line l SET undistributed = 0 FROM supply u
 WHERE u.id = l.supply AND u.merchant = :merchant AND u.sku = ANY(:skus) AND l.undistributed > 0
"""


Gained = tuple[int, list[Gain], list[Gain]]
"""An order, what its released shipments gained, and what it gained as a whole."""


def changed_gains(orders: Iterable[tuple[Order, Order]]) -> Iterator[Gained]:
    """What each order gained, as it was and is stored."""
    for before, after in orders:
        if before != after:
            yield after.id, list(gains(before, after)), list(order_gains(before, after))


def note_distribution(
    tx: Tx, gained: Iterable[Gained], due: Collection[str], served: Collection[str]
) -> None:
    """Note what orders gained of goods whose queues are `due`, order by order as they were taken.

    What is left of the queues that are `served` to their end goes to the shelf. The queues are
    locked, so nobody distributes the same units.
    """
    rows = tx.rows(ARRIVALS, merchant=tx.merchant, skus=sorted(due))
    if not rows:
        return
    by_order = sorted(gained, key=lambda each: each[0])
    _note_served(tx, (gain for _, _, whole in by_order for gain in whole), due)
    by_shipment = (gain for _, released, _ in by_order for gain in released)
    if docked := dock([Arrival(*row) for row in rows], by_shipment):
        tx.run(
            DOCKED,
            receipts=[row.receipt for row in docked],
            supplies=[row.supply for row in docked],
            shipments=[row.taker for row in docked],
            units=[row.units for row in docked],
        )
    if served:
        tx.run(SHELVED, merchant=tx.merchant, skus=sorted(served))


def _note_served(tx: Tx, gained: Iterable[Gain], due: Collection[str]) -> None:
    """Note which orders got the goods, whether they may go already or wait for more."""
    rows = tx.rows(ORDERS_ARRIVALS, merchant=tx.merchant, skus=sorted(due))
    served = dock([Arrival(*row) for row in rows if row.units > 0], gained)
    if served:
        tx.run(
            SERVED,
            receipts=[row.receipt for row in served],
            supplies=[row.supply for row in served],
            orders=[row.taker for row in served],
            units=[row.units for row in served],
        )
