"""Values back into rows: only what differs, a fixed number of statements for any number of orders."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.history import happenings
from fulfillment.domain.orders import Claim, Happening, Order, Shipment, ShipmentLine
from fulfillment.domain.progress import progress_of
from fulfillment.domain.statuses import FINISHED_ORDER, ShipmentStatus
from fulfillment.domain.supply import Product
from fulfillment.store import outbox
from fulfillment.store.session import Tx

Products = Mapping[str, Product]


@dataclass(frozen=True, slots=True)
class Change:
    """One order as it was loaded and as it is to be."""

    before: Order
    after: Order


def save(
    tx: Tx, changes: Collection[Change], products: Products, *, silent: Collection[int] = ()
) -> dict[int, Order]:
    """Write the changed orders, their history and their wakes; the stored orders by id.

    Every order must be locked. `silent` orders get no wake: the caller hands their workflow the
    new progress itself.
    """
    changed = [change for change in changes if change.before != change.after]
    if not changed:
        return {change.after.id: change.after for change in changes}
    told = [(change.before.id, list(happenings(change.before, change.after))) for change in changed]
    stored = _with_stored_ids(tx, changed)
    _write_shipments(tx, stored)
    _write_levels(tx, stored, products)
    _write_claims(tx, stored)
    _write_pegs(tx, stored)
    _write_demand(tx, stored, products)
    _write_lines(tx, stored)
    final = [Change(change.before, _woken(change.after)) for change in stored]
    _write_orders(tx, final)
    record(tx, [happening for _, made in told for happening in made])
    outbox.wake_orders(
        tx, [progress_of(c.after) for c in final if c.after.id not in silent], tx.merchant
    )
    result = {change.after.id: change.after for change in changes}
    return result | {change.after.id: change.after for change in final}


def _woken(order: Order) -> Order:
    return replace(order, wake_seq=order.wake_seq + 1)


def record(tx: Tx, made: Iterable[Happening]) -> None:
    """Append to the histories of orders; who and why come from the transaction."""
    rows = list(made)
    if not rows:
        return
    tx.run(
        "INSERT INTO order_event (order_id, kind, facts, actor, reason, at)"
        " SELECT e.order_id, e.kind, e.facts::jsonb, :actor, :reason, :now"
        " FROM unnest(CAST(:orders AS bigint[]), CAST(:kinds AS text[]), CAST(:facts AS text[]))"
        " WITH ORDINALITY AS e(order_id, kind, facts, n) ORDER BY e.n",
        orders=[row.order for row in rows],
        kinds=[row.kind for row in rows],
        facts=[json.dumps(row.facts, default=str) for row in rows],
        actor=tx.actor,
        reason=tx.reason,
        now=tx.now,
    )


# --- ids -----------------------------------------------------------------------------------------


def _with_stored_ids(tx: Tx, changes: list[Change]) -> list[Change]:
    """New shipments and lines get ids from the sequences, in one round trip."""
    new = [s for change in changes for s in change.after.shipments if s.id < 0]
    added = [
        line.id
        for change in changes
        for shipment in change.after.shipments
        for line in shipment.lines
        if line.id < 0
    ]
    if not new and not added:
        return changes
    rows = tx.rows(
        "SELECT 1 AS kind, nextval(pg_get_serial_sequence('shipment', 'id')) AS id"
        " FROM generate_series(1, :shipments) UNION ALL "
        "SELECT 2, nextval(pg_get_serial_sequence('shipment_line', 'id'))"
        " FROM generate_series(1, :lines)",
        shipments=len(new),
        lines=len(added),
    )
    ids = {kind: sorted(row.id for row in rows if row.kind == kind) for kind in (1, 2)}
    shipment_ids = dict(zip((s.id for s in new), ids[1], strict=True))
    line_ids = dict(zip(added, ids[2], strict=True))
    return [
        Change(change.before, _renumbered(change.after, shipment_ids, line_ids))
        for change in changes
    ]


def _renumbered(order: Order, shipments: dict[int, int], lines: dict[int, int]) -> Order:
    return replace(
        order,
        shipments=tuple(
            replace(
                shipment,
                id=shipments.get(shipment.id, shipment.id),
                lines=tuple(
                    replace(line, id=lines.get(line.id, line.id)) for line in shipment.lines
                ),
            )
            for shipment in order.shipments
        ),
    )


# --- shipments -----------------------------------------------------------------------------------


def _write_shipments(tx: Tx, changes: list[Change]) -> None:
    inserted: list[dict[str, Any]] = []
    updated: list[dict[str, Any]] = []
    for change in changes:
        known = {shipment.id: shipment for shipment in change.before.shipments}
        for shipment in change.after.shipments:
            old = known.get(shipment.id)
            if old is None:
                inserted.append(_shipment_row(change.after.id, shipment))
            elif _head(old) != _head(shipment):
                updated.append(_shipment_row(change.after.id, shipment))
    if updated:
        tx.run(UPDATE_SHIPMENTS, rows=json.dumps(updated), now=tx.now)
    if inserted:
        tx.run(INSERT_SHIPMENTS, rows=json.dumps(inserted), now=tx.now)
    _write_shipment_lines(tx, changes)


def _head(shipment: Shipment) -> tuple[object, ...]:
    return shipment.status, shipment.location, shipment.wave, shipment.expected_on


def _shipment_row(order: int, shipment: Shipment) -> dict[str, Any]:
    return {
        "id": shipment.id,
        "order_id": order,
        "number": shipment.number,
        "status": shipment.status,
        "location": shipment.location,
        "wave": shipment.wave,
        "expected_on": shipment.expected_on and shipment.expected_on.isoformat(),
        "parent": shipment.parent,
    }


SHIPMENT_ROWS = """
jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
    id bigint, order_id bigint, number int, status text, location text, wave int,
    expected_on date, parent bigint)
"""

UPDATE_SHIPMENTS = f"""
UPDATE shipment s SET status = r.status, location = r.location, wave = r.wave,
       expected_on = r.expected_on,
       shipped_at = CASE WHEN r.status = 'shipped' THEN :now ELSE s.shipped_at END
  FROM {SHIPMENT_ROWS} WHERE s.id = r.id
"""

INSERT_SHIPMENTS = f"""
INSERT INTO shipment (id, order_id, number, status, location, wave, expected_on, parent, created_at)
OVERRIDING SYSTEM VALUE
SELECT r.id, r.order_id, r.number, r.status, r.location, r.wave, r.expected_on, r.parent, :now
  FROM {SHIPMENT_ROWS}
"""


def _write_shipment_lines(tx: Tx, changes: list[Change]) -> None:
    inserted, resized, removed = [], [], []
    for change in changes:
        old_units = {line.id: line.units for s in change.before.shipments for line in s.lines}
        kept = set()
        for shipment in change.after.shipments:
            for line in shipment.lines:
                kept.add(line.id)
                if line.id not in old_units:
                    inserted.append((line.id, shipment.id, change.after.id, line))
                elif old_units[line.id] != line.units:
                    resized.append(line)
        removed += [line for line in old_units if line not in kept]
    if inserted:
        tx.run(
            "INSERT INTO shipment_line (id, shipment, order_id, order_line, units)"
            " OVERRIDING SYSTEM VALUE SELECT * FROM unnest(CAST(:ids AS bigint[]),"
            " CAST(:shipments AS bigint[]), CAST(:orders AS bigint[]), CAST(:lines AS int[]),"
            " CAST(:units AS int[]))",
            ids=[row[0] for row in inserted],
            shipments=[row[1] for row in inserted],
            orders=[row[2] for row in inserted],
            lines=[row[3].order_line for row in inserted],
            units=[row[3].units for row in inserted],
        )
    if resized:
        tx.run(
            "UPDATE shipment_line l SET units = r.units FROM unnest(CAST(:ids AS bigint[]),"
            " CAST(:units AS int[])) AS r(id, units) WHERE l.id = r.id",
            ids=[line.id for line in resized],
            units=[line.units for line in resized],
        )
    if removed:
        _remove_lines(tx, removed)


def _remove_lines(tx: Tx, lines: list[int]) -> None:
    for table in ("open_demand", "peg", "allocation"):
        tx.run(f"DELETE FROM {table} WHERE shipment_line = ANY(:ids)", ids=lines)  # noqa: S608
    tx.run("DELETE FROM shipment_line WHERE id = ANY(:ids)", ids=lines)


# --- stock ---------------------------------------------------------------------------------------


def _write_levels(tx: Tx, changes: list[Change], products: Products) -> None:
    """Move allocated, picked and staged with the claims; on hand, by the ledger, at dispatch."""
    allocated, picked, staged = Counter[Any](), Counter[Any](), Counter[Any]()
    gone = [row for change in changes for row in _dispatched(change, products)]
    left = Counter[Any]()
    for _, sku, location, units in gone:
        left[sku, location] += units
    for change in changes:
        for sign, order in ((-1, change.before), (1, change.after)):
            for line in _lines(order):
                if products[line.sku].managed:
                    for claim in line.claims:
                        place = (line.sku, claim.location)
                        allocated[place] += sign * claim.units
                        picked[place] += sign * claim.picked
                        staged[place] += sign * claim.staged
    places = sorted(
        place
        for place in allocated.keys() | left.keys()
        if allocated[place] or picked[place] or staged[place] or left[place]
    )
    if places:
        tx.run(
            MOVE_LEVELS,
            merchant=tx.merchant,
            skus=[sku for sku, _ in places],
            locations=[location for _, location in places],
            left=[left[place] for place in places],
            allocated=[allocated[place] for place in places],
            picked=[picked[place] for place in places],
            staged=[staged[place] for place in places],
        )
    if gone:
        _write_dispatches(tx, gone)


MOVE_LEVELS = """
WITH delta AS (
    SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:locations AS text[]), CAST(:left AS int[]),
                         CAST(:allocated AS int[]), CAST(:picked AS int[]), CAST(:staged AS int[]))
        AS d(sku, location, gone, allocated, picked, staged)
), locked AS MATERIALIZED (
    SELECT l.sku, l.location FROM stock_level l JOIN delta USING (sku, location)
     WHERE l.merchant = :merchant AND l.disposition = 'sellable'
     ORDER BY l.sku, l.location FOR NO KEY UPDATE OF l
)
UPDATE stock_level l
   SET on_hand = l.on_hand - d.gone, allocated = l.allocated + d.allocated,
       picked = l.picked + d.picked, staged = l.staged + d.staged
  FROM delta d JOIN locked USING (sku, location)
 WHERE l.merchant = :merchant AND l.sku = d.sku AND l.location = d.location
   AND l.disposition = 'sellable'
"""


def _lines(order: Order) -> Iterable[ShipmentLine]:
    return (line for shipment in order.shipments for line in shipment.lines)


def _dispatched(change: Change, products: Products) -> Iterable[tuple[int, str, str, int]]:
    """Shipment line, SKU, location and units of what leaves the building with this change."""
    now_shipped = {s.id for s in change.after.shipments if s.status is ShipmentStatus.SHIPPED}
    for shipment in change.before.shipments:
        if shipment.id in now_shipped and shipment.status is not ShipmentStatus.SHIPPED:
            for line in shipment.lines:
                if products[line.sku].managed:
                    yield from ((line.id, line.sku, c.location, c.units) for c in line.claims)


def _write_dispatches(tx: Tx, gone: list[tuple[int, str, str, int]]) -> None:
    """The unique key of the ledger is what lets a unit leave once."""
    tx.run(
        "INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor, at)"
        " SELECT :merchant, d.sku, d.location, -d.units, 'dispatch', d.line::text, :actor, :now"
        " FROM unnest(CAST(:lines AS bigint[]), CAST(:skus AS text[]), CAST(:locations AS text[]),"
        " CAST(:units AS int[])) AS d(line, sku, location, units)",
        merchant=tx.merchant,
        lines=[row[0] for row in gone],
        skus=[row[1] for row in gone],
        locations=[row[2] for row in gone],
        units=[row[3] for row in gone],
        actor=tx.actor,
        now=tx.now,
    )


# --- claims, pegs, demand ------------------------------------------------------------------------


def _write_claims(tx: Tx, changes: list[Change]) -> None:
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
        )


UPSERT_CLAIMS = """
INSERT INTO allocation (shipment_line, location, merchant, sku, units, picked, staged)
SELECT a.line, a.location, :merchant, a.sku, a.units, a.picked, a.staged
  FROM unnest(CAST(:lines AS bigint[]), CAST(:locations AS text[]), CAST(:skus AS text[]),
              CAST(:units AS int[]), CAST(:picked AS int[]), CAST(:staged AS int[]))
       AS a(line, location, sku, units, picked, staged)
ON CONFLICT (shipment_line, location) DO UPDATE
   SET units = excluded.units, picked = excluded.picked, staged = excluded.staged
"""


def _claims_by_key(orders: Iterable[Order]) -> dict[tuple[int, str], tuple[str, Claim]]:
    return {
        (line.id, claim.location): (line.sku, claim)
        for order in orders
        for line in _lines(order)
        for claim in line.claims
    }


def _write_pegs(tx: Tx, changes: list[Change]) -> None:
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
        tx.run(
            "INSERT INTO peg (shipment_line, supply, pinned, units)"
            " SELECT * FROM unnest(CAST(:lines AS bigint[]), CAST(:supplies AS bigint[]),"
            " CAST(:pinned AS boolean[]), CAST(:units AS int[]))"
            " ON CONFLICT (shipment_line, supply, pinned) DO UPDATE SET units = excluded.units",
            **_peg_columns(list(new)),
            units=list(new.values()),
        )


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
        for line in _lines(order)
        for peg in line.pegs
    }


def _write_demand(tx: Tx, changes: list[Change], products: Products) -> None:
    before = _demand([change.before for change in changes], products)
    after = _demand([change.after for change in changes], products)
    gone = [line for line in before if line not in after]
    new = {line: row for line, row in after.items() if before.get(line) != row}
    if gone:
        tx.run("DELETE FROM open_demand WHERE shipment_line = ANY(:ids)", ids=gone)
    if new:
        rows = [row | {"shipment_line": line} for line, row in new.items()]
        tx.run(UPSERT_DEMAND, merchant=tx.merchant, rows=json.dumps(rows, default=str))


UPSERT_DEMAND = """
INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at, intake_seq,
                         wanted, held, lock_location)
SELECT r.shipment_line, :merchant, r.sku, r.order_id, r.priority, r.placed_at, r.intake_seq,
       r.wanted, r.held, r.lock_location
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
       shipment_line bigint, sku text, order_id bigint, priority int, placed_at timestamptz,
       intake_seq bigint, wanted int, held int, lock_location text)
ON CONFLICT (shipment_line) DO UPDATE
   SET wanted = excluded.wanted, held = excluded.held, priority = excluded.priority,
       lock_location = excluded.lock_location
"""


def _demand(orders: Iterable[Order], products: Products) -> dict[int, dict[str, object]]:
    return {
        line.id: {
            "sku": line.sku,
            "order_id": order.id,
            "priority": order.rank.priority,
            "placed_at": order.rank.placed_at,
            "intake_seq": order.rank.intake_seq,
            "wanted": line.wanted,
            "held": sum(claim.loose for claim in line.claims),
            "lock_location": order.only_location,
        }
        for order in orders
        for shipment in order.waiting
        for line in shipment.lines
        if _stands_in_queue(line) and products[line.sku].managed
    }


def _stands_in_queue(line: ShipmentLine) -> bool:
    return bool(line.wanted or sum(claim.loose for claim in line.claims))


# --- orders --------------------------------------------------------------------------------------


def _write_lines(tx: Tx, changes: list[Change]) -> None:
    rows: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        known = {line.number: line for line in change.before.lines}
        for line in change.after.lines:
            if line.number in known and known[line.number] != line:
                rows["orders"].append(change.after.id)
                rows["lines"].append(line.number)
                rows["ordered"].append(line.ordered)
                rows["cancelled"].append(line.cancelled)
                rows["shipped"].append(line.shipped)
    if rows:
        tx.run(
            "UPDATE order_line l SET ordered = r.ordered, cancelled = r.cancelled,"
            " shipped = r.shipped FROM unnest(CAST(:orders AS bigint[]), CAST(:lines AS int[]),"
            " CAST(:ordered AS int[]), CAST(:cancelled AS int[]), CAST(:shipped AS int[]))"
            " AS r(order_id, line, ordered, cancelled, shipped)"
            " WHERE l.order_id = r.order_id AND l.line = r.line",
            **rows,
        )


UPDATE_ORDERS = """
UPDATE orders o
   SET status = r.status, verified = r.verified, first_claimed = r.first_claimed,
       rejected = r.rejected, holds = r.holds, waves_spent = r.waves_spent,
       next_shipment_number = r.next_shipment_number, wake_seq = r.wake_seq,
       waiting_units = r.waiting_units,
       ready_to_ship_at = CASE WHEN r.became_ready THEN :now ELSE o.ready_to_ship_at END,
       finished_at = CASE WHEN r.finished THEN coalesce(o.finished_at, :now) END
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
       id bigint, status text, verified boolean, first_claimed boolean, rejected boolean,
       holds text[], waves_spent int, next_shipment_number int, wake_seq bigint,
       waiting_units int, became_ready boolean, finished boolean)
 WHERE o.id = r.id
"""


def _write_orders(tx: Tx, changes: list[Change]) -> None:
    rows = [_order_row(change.before, change.after) for change in changes]
    tx.run(UPDATE_ORDERS, rows=json.dumps(rows), now=tx.now)


def _order_row(before: Order, after: Order) -> dict[str, object]:
    return {
        "id": after.id,
        "status": after.status,
        "verified": after.verified,
        "first_claimed": after.first_claimed,
        "rejected": after.rejected,
        "holds": list(after.holds),
        "waves_spent": after.waves_spent,
        "next_shipment_number": after.next_shipment_number,
        "wake_seq": after.wake_seq,
        "waiting_units": progress_of(after).waiting_units,
        "became_ready": after.is_ready_to_ship and not before.is_ready_to_ship,
        "finished": after.status in FINISHED_ORDER,
    }
