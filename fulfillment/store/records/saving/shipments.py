"""Shipments and their lines."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.store.records.calendars import targets_of_now
from fulfillment.store.records.saving.changes import Change
from fulfillment.store.records.saving.releases import Released, released
from fulfillment.store.transactions.session import Tx


def write_shipments(tx: Tx, changes: list[Change]) -> None:
    """Write shipments that are new or have moved, with their lines."""
    inserted: list[dict[str, Any]] = []
    updated: list[dict[str, Any]] = []
    for change in changes:
        known = {shipment.id: shipment for shipment in change.before.shipments}
        for shipment in change.after.shipments:
            old = known.get(shipment.id)
            row = _shipment_row(change.after.id, shipment) | {
                "release": released(change, shipment, old)
            }
            if old is None:
                inserted.append(row)
            elif _head(old) != _head(shipment) or row["release"] is Released.ANEW:
                updated.append(row)
    _set_targets(tx, [*updated, *inserted])
    if updated:
        ids = [row["id"] for row in updated]
        tx.run(UPDATE_SHIPMENTS, rows=json.dumps(updated), ids=ids, now=tx.now)
    if inserted:
        tx.run(INSERT_SHIPMENTS, rows=json.dumps(inserted), now=tx.now)
    _write_shipment_lines(tx, changes)


def _set_targets(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Give what is released now its day, by the calendar of its location."""
    anew = [row for row in rows if row["release"] is Released.ANEW]
    targets = targets_of_now(tx, {row["location"] for row in anew})
    for row in anew:
        on = targets[row["location"]]
        row["target_ship_on"] = on and on.isoformat()


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
    expected_on date, parent bigint, release text, target_ship_on date)
"""


UPDATE_SHIPMENTS = f"""
UPDATE shipment s SET status = r.status, location = r.location, wave = r.wave,
       expected_on = r.expected_on,
       released_at = CASE r.release WHEN 'anew' THEN CAST(:now AS timestamptz)
                                    WHEN 'kept' THEN s.released_at END,
       target_ship_on = CASE r.release WHEN 'anew' THEN r.target_ship_on
                                       WHEN 'kept' THEN s.target_ship_on END,
       shipped_at = CASE WHEN r.status = 'shipped' THEN CAST(:now AS timestamptz) END,
       voids = s.voids + CASE WHEN s.status = 'shipped' THEN 1 ELSE 0 END
  FROM {SHIPMENT_ROWS} WHERE s.id = r.id AND s.id = ANY(:ids)
"""  # noqa: S608 -- SHIPMENT_ROWS is a constant
"""Named by their ids too: a join of guessed size would read all shipments."""


INSERT_SHIPMENTS = f"""
INSERT INTO shipment (id, order_id, number, status, location, wave, expected_on, parent,
                      released_at, target_ship_on, created_at)
OVERRIDING SYSTEM VALUE
SELECT r.id, r.order_id, r.number, r.status, r.location, r.wave, r.expected_on, r.parent,
       CASE r.release WHEN 'anew' THEN CAST(:now AS timestamptz)
                      WHEN 'kept' THEN p.released_at END,
       CASE r.release WHEN 'anew' THEN r.target_ship_on WHEN 'kept' THEN p.target_ship_on END,
       :now
  FROM {SHIPMENT_ROWS} LEFT JOIN shipment p ON p.id = r.parent
"""  # noqa: S608 -- SHIPMENT_ROWS is a constant


def _write_shipment_lines(tx: Tx, changes: list[Change]) -> None:
    before = _lines_by_id(change.before for change in changes)
    after = _lines_by_id(change.after for change in changes)
    _insert_lines(tx, [row for id_, row in after.items() if id_ not in before])
    resized = [
        line
        for id_, (_, _, line) in after.items()
        if id_ in before and before[id_][2].units != line.units
    ]
    if resized:
        tx.run(
            "UPDATE shipment_line l SET units = r.units FROM unnest(CAST(:ids AS bigint[]),"
            " CAST(:units AS int[])) AS r(id, units) WHERE l.id = r.id",
            ids=[line.id for line in resized],
            units=[line.units for line in resized],
        )
    if removed := [id_ for id_ in before if id_ not in after]:
        _remove_lines(tx, removed)


Row = tuple[int, int, ShipmentLine]
"""Order, shipment and line."""


def _lines_by_id(orders: Iterable[Order]) -> dict[int, Row]:
    return {
        line.id: (order.id, shipment.id, line)
        for order in orders
        for shipment in order.shipments
        for line in shipment.lines
    }


def _insert_lines(tx: Tx, rows: list[Row]) -> None:
    if rows:
        tx.run(
            "INSERT INTO shipment_line (id, shipment, order_id, order_line, units)"
            " OVERRIDING SYSTEM VALUE SELECT * FROM unnest(CAST(:ids AS bigint[]),"
            " CAST(:shipments AS bigint[]), CAST(:orders AS bigint[]), CAST(:lines AS int[]),"
            " CAST(:units AS int[]))",
            ids=[line.id for _, _, line in rows],
            shipments=[shipment for _, shipment, _ in rows],
            orders=[order for order, _, _ in rows],
            lines=[line.order_line for _, _, line in rows],
            units=[line.units for _, _, line in rows],
        )


def _remove_lines(tx: Tx, lines: list[int]) -> None:
    for table in ("open_demand", "peg", "allocation"):
        tx.run(f"DELETE FROM {table} WHERE shipment_line = ANY(:ids)", ids=lines)  # noqa: S608
    tx.run("DELETE FROM shipment_line WHERE id = ANY(:ids)", ids=lines)
