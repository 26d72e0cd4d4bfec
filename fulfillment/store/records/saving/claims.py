"""Allocations and pegs."""

from collections import Counter
from collections.abc import Iterable, Mapping

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Claim
from fulfillment.store.records.saving.changes import Change, lines_of
from fulfillment.store.transactions.locks import hold_queues
from fulfillment.store.transactions.session import Tx


def write_claims(tx: Tx, changes: list[Change]) -> None:
    """Insert, change and delete allocations until they are those of the orders."""
    before = _claims_by_key(change.before for change in changes)
    after = _claims_by_key(change.after for change in changes)
    gone = [key for key in before if key not in after]
    new = {key: row for key, row in after.items() if before.get(key) != row}
    if gone:
        tx.run(
            "DELETE FROM allocation a USING unnest(CAST(:lines AS bigint[]),"
            " CAST(:locations AS text[])) AS g(line, location)"
            " WHERE a.shipment_line = g.line AND a.location = g.location",
            lines=[key[0] for key in gone],
            locations=[key[1] for key in gone],
        )
    if new:
        tx.run(
            UPSERT_CLAIMS,
            merchant=tx.merchant,
            lines=[key[0] for key in new],
            locations=[key[1] for key in new],
            skus=[sku for sku, _ in new.values()],
            units=[claim.units for _, claim in new.values()],
            picked=[claim.picked for _, claim in new.values()],
            staged=[claim.staged for _, claim in new.values()],
            drop_ship=[claim.drop_ship for _, claim in new.values()],
            pinned=[min(claim.pinned, claim.units) for _, claim in new.values()],
        )


UPSERT_CLAIMS = """
INSERT INTO allocation (shipment_line, location, merchant, sku, units, picked, staged, drop_ship,
                        pinned)
SELECT a.line, a.location, :merchant, a.sku, a.units, a.picked, a.staged, a.drop_ship, a.pinned
  FROM unnest(CAST(:lines AS bigint[]), CAST(:locations AS text[]), CAST(:skus AS text[]),
              CAST(:units AS int[]), CAST(:picked AS int[]), CAST(:staged AS int[]),
              CAST(:drop_ship AS boolean[]), CAST(:pinned AS int[]))
       AS a(line, location, sku, units, picked, staged, drop_ship, pinned)
ON CONFLICT (shipment_line, location) DO UPDATE
   SET units = excluded.units, picked = excluded.picked, staged = excluded.staged,
       drop_ship = excluded.drop_ship, pinned = excluded.pinned
"""


def _claims_by_key(orders: Iterable[Order]) -> dict[tuple[int, str], tuple[str, Claim]]:
    return {
        (line.id, claim.location): (line.sku, claim)
        for order in orders
        for line in lines_of(order)
        for claim in line.claims
    }


def write_pegs(tx: Tx, changes: list[Change]) -> None:
    """Insert, change and delete pegs until they are those of the orders."""
    before = _pegs_by_key(change.before for change in changes)
    after = _pegs_by_key(change.after for change in changes)
    gone = [key for key in before if key not in after]
    new = {key: units for key, units in after.items() if before.get(key) != units}
    if gone:
        tx.run(
            "DELETE FROM peg p USING unnest(CAST(:lines AS bigint[]),"
            " CAST(:supplies AS bigint[]), CAST(:pinned AS boolean[])) AS g(line, supply, pinned)"
            " WHERE p.shipment_line = g.line AND p.supply = g.supply AND p.pinned = g.pinned",
            **_peg_columns(gone),
        )
    if new:
        tx.run(UPSERT_PEGS, **_peg_columns(list(new)), units=list(new.values()))
    moved = Counter[int]()
    for (_, supply, _), units in after.items():
        moved[supply] += units
    for (_, supply, _), units in before.items():
        moved[supply] -= units
    count_pegs(tx, moved)


UPSERT_PEGS = """
INSERT INTO peg (shipment_line, supply, pinned, units, order_id, lock_location, counts_from,
                 priority, placed_at, intake_seq)
SELECT n.line, n.supply, n.pinned, n.units, d.order_id, coalesce(d.lock_location, ''),
       coalesce(d.counts_from, ''), d.priority, d.placed_at, d.intake_seq
  FROM unnest(CAST(:lines AS bigint[]), CAST(:supplies AS bigint[]), CAST(:pinned AS boolean[]),
              CAST(:units AS int[])) AS n(line, supply, pinned, units)
 CROSS JOIN LATERAL (SELECT * FROM open_demand d WHERE d.shipment_line = n.line LIMIT 1) d
ON CONFLICT (shipment_line, supply, pinned) DO UPDATE SET units = excluded.units
"""
"""What a peg says of its line is read off the queue, which is written before."""


def count_pegs(tx: Tx, moved: Mapping[int, int]) -> None:
    """Keep the sum of the pegs of each supply by so many units more, or less."""
    changed = {supply: units for supply, units in sorted(moved.items()) if units}
    if not changed:
        return
    rows = tx.rows(COUNT_PEGS, supplies=list(changed), units=list(changed.values()))
    hold_queues(tx, {row.sku for row in rows})


COUNT_PEGS = """
UPDATE supply u SET pegged = u.pegged + m.units
  FROM unnest(CAST(:supplies AS bigint[]), CAST(:units AS int[])) AS m(supply, units)
 WHERE u.id = m.supply RETURNING u.sku
"""


def _peg_columns(keys: list[tuple[int, int, bool]]) -> dict[str, object]:
    return {
        "lines": [key[0] for key in keys],
        "supplies": [key[1] for key in keys],
        "pinned": [key[2] for key in keys],
    }


def _pegs_by_key(orders: Iterable[Order]) -> dict[tuple[int, int, bool], int]:
    return {
        (line.id, peg.supply, peg.pinned): peg.units
        for order in orders
        for line in lines_of(order)
        for peg in line.pegs
    }


def write_late_pins(tx: Tx, changes: list[Change]) -> None:
    """Insert, change and delete pins that wait for their supply, until they are the orders'."""
    before = _late_by_key(change.before for change in changes)
    after = _late_by_key(change.after for change in changes)
    gone = [key for key in before if key not in after]
    new = {key: units for key, units in after.items() if before.get(key) != units}
    if gone:
        tx.run(
            "DELETE FROM late_pin n USING unnest(CAST(:orders AS bigint[]),"
            " CAST(:lines AS int[]), CAST(:supplies AS bigint[])) AS g(order_id, line, supply)"
            " WHERE (n.order_id, n.line, n.supply) = (g.order_id, g.line, g.supply)",
            **_late_columns(gone),
        )
    if new:
        tx.run(
            "INSERT INTO late_pin (order_id, line, supply, units)"
            " SELECT * FROM unnest(CAST(:orders AS bigint[]), CAST(:lines AS int[]),"
            " CAST(:supplies AS bigint[]), CAST(:units AS int[]))"
            " ON CONFLICT (order_id, line, supply) DO UPDATE SET units = excluded.units",
            **_late_columns(list(new)),
            units=list(new.values()),
        )


def _late_columns(keys: list[tuple[int, int, int]]) -> dict[str, object]:
    return {
        "orders": [key[0] for key in keys],
        "lines": [key[1] for key in keys],
        "supplies": [key[2] for key in keys],
    }


def _late_by_key(orders: Iterable[Order]) -> dict[tuple[int, int, int], int]:
    return {
        (order.id, line.number, pin.supply): pin.units
        for order in orders
        for line in order.lines
        for pin in line.late_pins
    }
