"""Ids for what is new, in one round trip."""

from dataclasses import replace

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Shipment
from fulfillment.store.records.saving.changes import Change
from fulfillment.store.transactions.session import Tx


def with_stored_ids(tx: Tx, changes: list[Change]) -> list[Change]:
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
    """The order with what is new under its stored ids; what is stored stays as it is."""
    renumbered = tuple(_stored(shipment, shipments, lines) for shipment in order.shipments)
    return replace(order, shipments=renumbered)


def _stored(shipment: Shipment, shipments: dict[int, int], lines: dict[int, int]) -> Shipment:
    parent = shipment.parent and shipments.get(shipment.parent, shipment.parent)
    is_stored = shipment.id > 0 and parent == shipment.parent
    if is_stored and all(line.id > 0 for line in shipment.lines):
        return shipment
    return replace(
        shipment,
        id=shipments.get(shipment.id, shipment.id),
        parent=parent,
        lines=tuple(
            line if line.id > 0 else replace(line, id=lines[line.id]) for line in shipment.lines
        ),
    )
