"""The queue: one row for each waiting line."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.planning.auto_allocation import gate_of
from fulfillment.store.records.saving.changes import Change, Products
from fulfillment.store.sums.blocks import add_to_sums
from fulfillment.store.sums.contributions import QueueLine, change_of
from fulfillment.store.transactions.session import Tx

Row = dict[str, Any]
Rows = Mapping[int, Row]
"""Rows of the queue by shipment line."""


def write_demand(tx: Tx, changes: list[Change], products: Products) -> None:
    """Keep the queue: what a waiting line wants, and what it holds that may still move."""
    before = _demand([change.before for change in changes], products)
    after = _demand([change.after for change in changes], products)
    gone = [line for line in before if line not in after]
    new = {line: row for line, row in after.items() if before.get(line) != row}
    if gone:
        tx.run("DELETE FROM open_demand WHERE shipment_line = ANY(:ids)", ids=gone)
    if new:
        rows = [row | {"shipment_line": line} for line, row in new.items()]
        tx.run(UPSERT_DEMAND, merchant=tx.merchant, rows=json.dumps(rows, default=str))
    said = [line for line, row in new.items() if _may_say_something_else(before.get(line), row)]
    if said:
        tx.run(COPY_TO_PEGS, ids=said)
    add_to_sums(tx, change_of(_summed(before), _summed(after)))


def write_gates(tx: Tx, orders: Iterable[Order], products: Products) -> None:
    """Say in the queue what lines may take of orders planned under other settings, changed or not.

    An order that leaves a knob to the merchant is the same as before when that is turned.
    """
    rows = _demand(orders, products)
    if rows:
        tx.run(
            WRITE_GATES,
            ids=list(rows),
            gates=[row["gate"] for row in rows.values()],
            counts=[row["counts_from"] for row in rows.values()],
        )
        tx.run(COPY_TO_PEGS, ids=list(rows))


def _summed(rows: Rows) -> Iterator[QueueLine]:
    """The lines that are in the sums of their queues."""
    return (
        QueueLine(
            row["order_id"],
            Rank(row["priority"], row["placed_at"], row["intake_seq"]),
            row["sku"],
            row["lock_location"] or "",
            row["wanted"],
            row["wanted"] - row["pegged"],
        )
        for row in rows.values()
        if row["wanted"] and not row["apart"]
    )


UPSERT_DEMAND = """
INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at, intake_seq,
                         wanted, held, lock_location, gate, pegged, counts_from, apart)
SELECT r.shipment_line, :merchant, r.sku, r.order_id, r.priority, r.placed_at, r.intake_seq,
       r.wanted, r.held, r.lock_location, r.gate, r.pegged, r.counts_from, r.apart
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
       shipment_line bigint, sku text, order_id bigint, priority int, placed_at timestamptz,
       intake_seq bigint, wanted int, held int, lock_location text, gate text,
       pegged int, counts_from text, apart boolean)
ON CONFLICT (shipment_line) DO UPDATE
   SET wanted = excluded.wanted, held = excluded.held, priority = excluded.priority,
       lock_location = excluded.lock_location, gate = excluded.gate,
       pegged = excluded.pegged, counts_from = excluded.counts_from, apart = excluded.apart
"""

WRITE_GATES = """
UPDATE open_demand d SET gate = r.gate, counts_from = r.counts_from
  FROM unnest(CAST(:ids AS bigint[]), CAST(:gates AS text[]), CAST(:counts AS text[]))
       AS r(id, gate, counts_from)
 WHERE d.shipment_line = r.id AND d.shipment_line = ANY(:ids)
   AND (d.gate, coalesce(d.counts_from, '')) <> (r.gate, coalesce(r.counts_from, ''))
"""

COPY_TO_PEGS = """
UPDATE peg p
   SET lock_location = coalesce(d.lock_location, ''), counts_from = coalesce(d.counts_from, ''),
       priority = d.priority
  FROM open_demand d
 WHERE p.shipment_line = ANY(:ids) AND d.shipment_line = p.shipment_line
   AND (p.lock_location, p.counts_from, p.priority)
    <> (coalesce(d.lock_location, ''), coalesce(d.counts_from, ''), d.priority)
"""
"""Pegs say of their line what the queue says; the rest of a rank never changes. Named by their
lines: a join of guessed size would read all pegs."""

COPIED = ("lock_location", "counts_from", "priority")


def _may_say_something_else(before: Row | None, after: Row) -> bool:
    """Whether a line has pegs from before that may say of it what the queue said then.

    What a released line counts from follows the settings too, of which no line is told.
    """
    if before is None or not before["pegged"]:
        return False
    is_released = after["counts_from"] is not None
    return is_released or any(before[name] != after[name] for name in COPIED)


def _demand(orders: Iterable[Order], products: Products) -> Rows:
    return {line: row for order in orders for line, row in _lines(order, products).items()}


def _lines(order: Order, products: Products) -> Rows:
    rows = {
        line.id: {
            "sku": line.sku,
            "order_id": order.id,
            "priority": order.rank.priority,
            "placed_at": order.rank.placed_at,
            "intake_seq": order.rank.intake_seq,
            "wanted": line.wanted,
            "held": _held(shipment, line),
            "lock_location": order.bound_to(shipment, line),
            "gate": gate_of(order, shipment, line),
            "pegged": line.pegged,
            "counts_from": None if shipment.is_waiting else order.policy.min_po_status,
        }
        for shipment in order.planned
        for line in shipment.lines
        if (line.wanted or _held(shipment, line)) and products[line.sku].managed
    }
    places = defaultdict(set)
    for row in rows.values():
        if row["wanted"]:
            places[row["sku"]].add(row["lock_location"])
    for row in rows.values():
        row["apart"] = not order.first_claimed or len(places[row["sku"]]) > 1
    return rows


def _held(shipment: Shipment, line: ShipmentLine) -> int:
    """Units that an earlier order may still take: those of a waiting shipment."""
    if not shipment.is_waiting:
        return 0
    return sum(claim.loose for claim in line.claims if not claim.drop_ship)
