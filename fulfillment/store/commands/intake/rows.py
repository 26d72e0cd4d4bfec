"""The rows of new orders, a fixed number of statements for any number."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fulfillment.domain.model.days import day_of
from fulfillment.store.commands.intake.catalogue import Catalogue
from fulfillment.store.commands.intake.checks import own_knobs, pack_units, units_of
from fulfillment.store.commands.intake.documents import NewLine, NewOrder
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.session import Tx
from fulfillment.store.transactions.zones import zone_of


def insert_orders(tx: Tx, orders: Sequence[NewOrder], catalogue: Catalogue) -> dict[str, int]:
    """The orders whose numbers are new, with their ids; the others exist already."""
    if not orders:
        return {}
    rows = tx.rows(
        INSERT_ORDERS,
        merchant=tx.merchant,
        now=tx.now,
        rows=json.dumps([_order_row(order, catalogue, tx.now) for order in orders], default=str),
    )
    return {row.number: row.id for row in rows}


def _order_row(order: NewOrder, catalogue: Catalogue, now: datetime) -> dict[str, object]:
    placed_at = order.placed_at or now
    return {
        "number": order.number,
        "revision": order.revision,
        "content_hash": order.content_hash.hex(),
        "priority": order.priority,
        "placed_at": placed_at,
        "placed_on": day_of(placed_at, zone_of(catalogue.time_zone)),
        "ship_by": order.ship_by,
        "shipping_method": order.shipping_method,
        "deliver_by": order.deliver_by,
        "transit_days": catalogue.shipping_methods.get(order.shipping_method or ""),
        "currency": order.currency or catalogue.currency,
        "policy": own_knobs(order, catalogue),
        "lock_location": order.lock_location,
        "pickup_location": order.pickup_location,
        "waiting_units": sum(units_of(line, catalogue) for line in order.lines),
        "reference": order.customer_reference,
        "contact": order.contact,
        "address": order.address,
    }


INSERT_ORDERS = """
INSERT INTO orders (merchant, number, revision, content_hash, priority, placed_at, placed_on,
                    ship_by, shipping_method, deliver_by, transit_days, currency, policy,
                    lock_location, pickup_location, waiting_units, created_at)
SELECT :merchant, r.number, r.revision, decode(r.content_hash, 'hex'), r.priority,
       r.placed_at, r.placed_on, r.ship_by, r.shipping_method, r.deliver_by, r.transit_days,
       r.currency, r.policy, r.lock_location, r.pickup_location, r.waiting_units, :now
  FROM ROWS FROM (jsonb_to_recordset(CAST(:rows AS jsonb)) AS (
       number text, revision int, content_hash text, priority int, placed_at timestamptz,
       placed_on date, ship_by date, shipping_method text, deliver_by date,
       transit_days smallint, currency text, policy jsonb, lock_location text,
       pickup_location text, waiting_units bigint))
       WITH ORDINALITY AS r(number, revision, content_hash, priority, placed_at, placed_on,
                            ship_by, shipping_method, deliver_by, transit_days, currency, policy,
                            lock_location, pickup_location, waiting_units, n)
 ORDER BY r.n
ON CONFLICT (merchant, number) DO NOTHING
RETURNING id, number
"""


def insert_parts(
    tx: Tx, orders: Sequence[NewOrder], ids: Mapping[str, int], catalogue: Catalogue
) -> None:
    """Customers, lines, the first shipment, the place in the queue, the history, the start."""
    if not orders:
        return
    customers = [
        {
            "order_id": ids[o.number],
            "reference": o.customer_reference,
            "contact": o.contact,
            "address": o.address,
            "packer_note": o.packer_note,
        }
        for o in orders
    ]
    tx.run(
        "INSERT INTO order_customer (order_id, reference, contact, address, packer_note)"
        " SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
        " AS r(order_id bigint, reference text, contact jsonb, address jsonb, packer_note text)",
        rows=json.dumps(customers, default=str),
    )
    insert_lines(tx, [(ids[o.number], line) for o in orders for line in o.lines], catalogue)
    tx.run(FIRST_SHIPMENTS, ids=[ids[o.number] for o in orders], now=tx.now, actor=tx.actor)
    outbox.put(
        tx,
        outbox.Kind.START_ORDER,
        ((str(ids[o.number]), start_payload(tx.merchant, ids[o.number], o)) for o in orders),
    )


def start_payload(merchant: str, order: int, new: NewOrder) -> dict[str, Any]:
    """What the start of an order's workflow needs to know: no customer data."""
    return {
        "merchant": merchant,
        "order": order,
        "number": new.number,
        "priority": new.priority,
        "lines": len(new.lines),
    }


def insert_lines(tx: Tx, lines: Sequence[tuple[int, NewLine]], catalogue: Catalogue) -> None:
    """Order lines in base units, with the pack and the kind of stock that they are asked for in."""
    if not lines:
        return
    columns: dict[str, list[object]] = defaultdict(list)
    for order, line in lines:
        columns["orders"].append(order)
        columns["numbers"].append(line.line)
        columns["skus"].append(line.sku)
        columns["units"].append(units_of(line, catalogue))
        columns["packs"].append(line.pack)
        columns["pack_units"].append(pack_units(line, catalogue) if line.pack else None)
        columns["prices"].append(line.unit_price_minor)
        columns["wanted_on"].append(line.wanted_on)
    tx.run(INSERT_LINES, merchant=tx.merchant, **columns)


INSERT_LINES = """
WITH known AS MATERIALIZED (
    SELECT sku, manage_stock FROM product
     WHERE merchant = :merchant AND sku = ANY(CAST(:skus AS text[])) ORDER BY sku FOR KEY SHARE
)
INSERT INTO order_line (order_id, line, merchant, sku, ordered, pack, pack_units,
                        unit_price_minor, wanted_on, managed)
SELECT l.order_id, l.line, :merchant, sku, l.units, l.pack, l.pack_units, l.price,
       l.wanted_on, known.manage_stock
  FROM unnest(CAST(:orders AS bigint[]), CAST(:numbers AS int[]), CAST(:skus AS text[]),
              CAST(:units AS int[]), CAST(:packs AS text[]), CAST(:pack_units AS int[]),
              CAST(:prices AS bigint[]), CAST(:wanted_on AS date[]))
       AS l(order_id, line, sku, units, pack, pack_units, price, wanted_on)
  JOIN known USING (sku)
"""
"""The products are locked as a foreign key locks them, but before they are read: who changes
whether their stock is managed waits for the order, or is seen by it."""


FIRST_SHIPMENTS = """
WITH first AS (
    INSERT INTO shipment (order_id, number, status, created_at)
    SELECT unnest(CAST(:ids AS bigint[])), 1, 'backorder', :now RETURNING id, order_id
), parts AS (
    INSERT INTO shipment_line (shipment, order_id, order_line, units)
    SELECT first.id, l.order_id, l.line, l.ordered
      FROM first JOIN order_line l ON l.order_id = first.order_id
     ORDER BY l.order_id, l.line
    RETURNING id, order_id, order_line, units
), queued AS (
    INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at,
                             intake_seq, wanted, held, lock_location, gate, apart)
    SELECT p.id, l.merchant, l.sku, p.order_id, o.priority, o.placed_at, o.intake_seq, p.units, 0,
           coalesce(o.lock_location, o.pickup_location), 'first', true
      FROM parts p
      JOIN orders o ON o.id = p.order_id
      JOIN order_line l ON l.order_id = p.order_id AND l.line = p.order_line AND l.managed
    RETURNING order_id, wanted
), happened AS (
    INSERT INTO order_event (order_id, sequence, happenings, actor, at)
    SELECT p.order_id, 1, jsonb_build_array(jsonb_build_array('received',
               jsonb_build_object('lines', count(*), 'units', sum(p.units)))), :actor, :now
      FROM parts p GROUP BY p.order_id
    RETURNING order_id, sequence
)
INSERT INTO untold (kind, subject, sequence) SELECT 'order', order_id, sequence FROM happened
"""
