"""Stock levels move with the claims on them; dispatches go through the ledger."""

from collections import Counter
from collections.abc import Iterable

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.records.saving.changes import Change, Products, lines_of
from fulfillment.store.transactions.session import Tx

Place = tuple[str, str]
"""SKU and location."""

Moved = dict[str, Counter[Place]]
"""Signed units by column of the stock level."""


def write_levels(tx: Tx, changes: list[Change], products: Products) -> None:
    """Move allocated, picked and staged with the claims; on hand, by the ledger, at dispatch."""
    gone = [row for change in changes for row in _dispatched(change, products)]
    gone += [row for change in changes for row in _back(change, products)]
    moved: Moved = {name: Counter() for name in ("gone", "allocated", "picked", "staged")}
    for _, sku, location, units in gone:
        moved["gone"][sku, location] += units
    for change in changes:
        _count(moved, change.before, products, -1)
        _count(moved, change.after, products, +1)
    places = sorted({place for units in moved.values() for place in units if units[place]})
    if places:
        columns = {name: [units[place] for place in places] for name, units in moved.items()}
        tx.run(
            MOVE_LEVELS,
            merchant=tx.merchant,
            skus=[sku for sku, _ in places],
            locations=[location for _, location in places],
            **columns,
        )
    if gone:
        _write_dispatches(tx, gone)
    if sent := [line for change in changes for line in _drop_shipped(change)]:
        tx.run("UPDATE shipment_line SET drop_shipped = true WHERE id = ANY(:ids)", ids=sent)


def _count(moved: Moved, order: Order, products: Products, sign: int) -> None:
    for line in lines_of(order):
        if products[line.sku].managed:
            for claim in (claim for claim in line.claims if not claim.drop_ship):
                place = (line.sku, claim.location)
                moved["allocated"][place] += sign * claim.units
                moved["picked"][place] += sign * claim.picked
                moved["staged"][place] += sign * claim.staged


MOVE_LEVELS = """
WITH delta AS MATERIALIZED (
    SELECT CAST(:merchant AS text) AS merchant, 'sellable' AS disposition, d.*
      FROM unnest(CAST(:skus AS text[]), CAST(:locations AS text[]), CAST(:gone AS int[]),
                  CAST(:allocated AS int[]), CAST(:picked AS int[]), CAST(:staged AS int[]))
        AS d(sku, location, gone, allocated, picked, staged)
), locked AS MATERIALIZED (
    SELECT delta.* FROM stock_level l
      JOIN delta USING (merchant, sku, location, disposition)
     ORDER BY l.sku, l.location FOR NO KEY UPDATE OF l
)
UPDATE stock_level l
   SET on_hand = l.on_hand - d.gone, allocated = l.allocated + d.allocated,
       picked = l.picked + d.picked, staged = l.staged + d.staged
  FROM locked d
 WHERE l.merchant = d.merchant AND l.sku = d.sku AND l.location = d.location
   AND l.disposition = d.disposition
"""
"""Whose rows they are stands in what is joined, not beside it: a table that has just grown is
taken for one that holds a single row of any merchant, and would be read for each row to move."""


Row = tuple[int, str, str, int]
"""Shipment line, SKU, location, and units that leave; negative where they are here again."""


def _dispatched(change: Change, products: Products) -> Iterable[Row]:
    """What leaves the building with this change."""
    return _booked(_moving(change.before, change.after), products, +1)


def _back(change: Change, products: Products) -> Iterable[Row]:
    """What is in the building again, since its dispatch was voided."""
    return _booked(_moving(change.after, change.before), products, -1)


def _booked(lines: Iterable[ShipmentLine], products: Products, sign: int) -> Iterable[Row]:
    for line in lines:
        if products[line.sku].managed:
            yield from (
                (line.id, line.sku, claim.location, sign * claim.units)
                for claim in line.claims
                if not claim.drop_ship
            )


def _drop_shipped(change: Change) -> Iterable[int]:
    """The lines that leave from the supplier: their claims, which say so, end with this change."""
    leaving = _moving(change.before, change.after)
    return (line.id for line in leaving if any(c.drop_ship for c in line.claims))


def _moving(here: Order, away: Order) -> Iterable[ShipmentLine]:
    """The lines, as they are here, of shipments that are shipped on the other side."""
    shipped = {s.id for s in away.shipments if s.status is ShipmentStatus.SHIPPED}
    for shipment in here.shipments:
        if shipment.id in shipped and shipment.status is not ShipmentStatus.SHIPPED:
            yield from shipment.lines


def _write_dispatches(tx: Tx, gone: list[Row]) -> None:
    """The unique key of the ledger is what lets a unit leave once, and be there again once.

    Each dispatch after a voided one is a further one of the same line.
    """
    tx.run(
        "INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor, at)"
        " SELECT :merchant, d.sku, d.location, -d.units,"
        " CASE WHEN d.units > 0 THEN 'dispatch' ELSE 'dispatch_void' END,"
        " d.line || CASE WHEN s.voids > 0 THEN '.' || s.voids ELSE '' END, :actor, :now"
        " FROM unnest(CAST(:lines AS bigint[]), CAST(:skus AS text[]), CAST(:locations AS text[]),"
        " CAST(:units AS int[])) AS d(line, sku, location, units)"
        " JOIN shipment_line l ON l.id = d.line JOIN shipment s ON s.id = l.shipment",
        merchant=tx.merchant,
        lines=[row[0] for row in gone],
        skus=[row[1] for row in gone],
        locations=[row[2] for row in gone],
        units=[row[3] for row in gone],
        actor=tx.actor,
        now=tx.now,
    )
