"""Rows into values, a fixed number of queries for any number of orders."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from fulfillment.domain.model.orders import Channel, Order, OrderLine
from fulfillment.domain.model.payments import PaymentTerms
from fulfillment.domain.model.policy import Knobs, Policy, resolve
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Claim, LatePin, Peg, Shipment, ShipmentLine, Slice
from fulfillment.domain.model.statuses import LIVE, ShipmentStatus
from fulfillment.store.records.goods import (
    load_levels,
    load_products,
    load_supplies,
    status_of,
)
from fulfillment.store.records.ground import EVERYBODY, load_ground
from fulfillment.store.transactions.session import Tx

__all__ = [
    "EVERYBODY",
    "load_levels",
    "load_locations",
    "load_orders",
    "load_past",
    "load_products",
    "load_settings",
    "load_supplies",
]

LIVE_STATUSES = sorted(str(status) for status in LIVE)

ORDERS = """
SELECT o.*, m.authorise_before_release, m.reauthorise_on_release,
       CASE WHEN m.authorise_before_release THEN (
           SELECT greatest(
                      sum(CASE e.kind WHEN 'authorise' THEN e.amount_minor
                                      WHEN 'void' THEN -e.amount_minor END),
                      sum(CASE e.kind WHEN 'capture' THEN e.amount_minor
                                      WHEN 'refund' THEN -e.amount_minor END), 0)::bigint
             FROM payment_entry e WHERE e.order_id = o.id AND e.status = 'done') END AS secured,
       (SELECT jsonb_agg(jsonb_build_array(l.line, l.sku, l.ordered, l.cancelled, l.shipped,
                                           l.by_hand, l.channel, l.source_location,
                                           l.first_promise, l.promise, l.unit_price_minor,
                      (SELECT jsonb_agg(jsonb_build_array(n.supply, n.units, u.document)
                                        ORDER BY n.supply)
                         FROM late_pin n JOIN supply u ON u.id = n.supply
                        WHERE n.order_id = l.order_id AND n.line = l.line),
                                           l.replaces_line, l.replaces_shipment)
                         ORDER BY l.line)
          FROM order_line l WHERE l.order_id = o.id) AS lines,
       (SELECT array_agg(DISTINCT s.wave) FROM shipment s
         WHERE s.order_id = o.id AND s.status = 'shipped' AND s.wave IS NOT NULL) AS waves_shipped,
       (SELECT max(number) FROM epoch) AS epoch
  FROM orders o JOIN merchant m ON m.id = o.merchant
 WHERE o.merchant = :merchant AND o.id = ANY(:ids)
"""

SHIPMENTS = """
SELECT s.id, s.order_id, s.number, s.status, s.location, s.wave, s.expected_on, s.parent,
       s.target_ship_on,
       sl.id AS line_id, sl.order_line, ol.sku, sl.units,
       (SELECT jsonb_agg(jsonb_build_array(a.location, a.units, a.picked, a.staged, a.drop_ship,
                                           a.pinned) ORDER BY a.location)
          FROM allocation a WHERE a.shipment_line = sl.id) AS claims,
       (SELECT jsonb_agg(jsonb_build_array(p.supply, p.units, u.location, u.expected_on, p.pinned,
                                           u.document, po.status)
                         ORDER BY u.expected_on, p.supply, p.pinned DESC)
          FROM peg p JOIN supply u ON u.id = p.supply
          LEFT JOIN purchase_order_line pl ON pl.supply = u.id
          LEFT JOIN purchase_order po ON po.id = pl.purchase_order
         WHERE p.shipment_line = sl.id) AS pegs
  FROM shipment s
  JOIN shipment_line sl ON sl.shipment = s.id
  JOIN order_line ol ON ol.order_id = sl.order_id AND ol.line = sl.order_line
 WHERE {which}
 ORDER BY s.order_id, s.number, sl.order_line, sl.id
"""

LIVE_ONES = SHIPMENTS.format(which="s.order_id = ANY(:ids) AND s.status = ANY(:live)")
PAST = SHIPMENTS.format(which="s.order_id = :order AND s.id = :shipment AND s.status = 'shipped'")


def load_settings(tx: Tx) -> tuple[Knobs, Knobs]:
    """The knobs of the transaction's merchant, and the default ones."""
    ground = load_ground(tx)
    return ground.own, ground.everybody


def load_orders(tx: Tx, ids: Collection[int]) -> dict[int, Order]:
    """These orders with their live shipments, by id; lock them first if they are to change."""
    if not ids:
        return {}
    parts = tx.ask(LIVE_ONES, ids=list(ids), live=LIVE_STATUSES)
    heads = tx.ask(ORDERS, merchant=tx.merchant, ids=list(ids))
    settings = load_settings(tx)
    shipments = _shipments(parts.rows())
    most = resolve(*settings)
    return {
        row.id: _order(
            row,
            shipments.get(row.id, ()),
            resolve(row.policy, *settings) if row.policy else most,
        )
        for row in heads.rows()
    }


def load_past(tx: Tx, order: Order, shipment: int) -> Order:
    """The order with one of its shipments that has left, if that is what it is."""
    rows = tx.rows(PAST, order=order.id, shipment=shipment)
    if not rows:
        return order
    return order.with_shipments([_shipment(rows[0], tuple(_line(row) for row in rows))])


def _order(row: Any, shipments: tuple[Shipment, ...], policy: Policy) -> Order:
    return Order(
        id=row.id,
        merchant=row.merchant,
        number=row.number,
        rank=Rank(row.priority, row.placed_at, row.intake_seq),
        policy=policy,
        knobs=row.policy,
        lines=tuple(_order_line(line) for line in row.lines),
        shipments=shipments,
        placed_at=row.placed_at,
        placed_on=row.placed_on,
        next_shipment_number=row.next_shipment_number,
        lock=row.lock_location,
        pickup=row.pickup_location,
        verified=row.verified,
        prepared=row.prepared,
        rejected=row.rejected,
        first_claimed=row.first_claimed,
        holds=tuple(row.holds),
        waves_shipped=frozenset(row.waves_shipped or ()),
        waves_granted=row.waves_granted,
        wake_seq=row.wake_seq,
        epoch=row.epoch,
        cancel_on=row.cancel_on,
        waiting_told=row.waiting_units,
        terms=PaymentTerms(
            row.authorise_before_release, row.reauthorise_on_release, row.secured or 0
        ),
    )


def _order_line(row: list[Any]) -> OrderLine:
    line, sku, ordered, cancelled, shipped, by_hand, channel, source, *rest = row
    *told, price, pins, replaces_line, replaces_shipment = rest
    first, current = map(_slices, told)
    return OrderLine(
        number=line,
        sku=sku,
        ordered=ordered,
        cancelled=cancelled,
        shipped=shipped,
        by_hand=by_hand,
        channel=Channel(channel),
        source=source,
        first_promise=first,
        promise=current,
        unit_price_minor=price,
        late_pins=tuple(LatePin(*pin) for pin in pins or ()),
        replaces_line=replaces_line,
        replaces_shipment=replaces_shipment,
    )


def _slices(stored: list[list[Any]] | None) -> tuple[Slice, ...] | None:
    if stored is None:
        return None
    return tuple(Slice(units, date.fromisoformat(on)) for units, on in stored)


def _shipments(rows: Iterable[Any]) -> dict[int, tuple[Shipment, ...]]:
    lines: dict[int, list[ShipmentLine]] = defaultdict(list)
    heads = {}
    for row in rows:
        heads[row.id] = row
        lines[row.id].append(_line(row))
    found: dict[int, list[Shipment]] = defaultdict(list)
    for head in heads.values():
        found[head.order_id].append(_shipment(head, tuple(lines[head.id])))
    return {order: tuple(shipments) for order, shipments in found.items()}


def _shipment(row: Any, lines: tuple[ShipmentLine, ...]) -> Shipment:
    return Shipment(
        id=row.id,
        number=row.number,
        status=ShipmentStatus(row.status),
        lines=lines,
        location=row.location,
        wave=row.wave,
        expected_on=row.expected_on,
        parent=row.parent,
        target_ship_on=row.target_ship_on,
    )


def _line(row: Any) -> ShipmentLine:
    return ShipmentLine(
        id=row.line_id,
        order_line=row.order_line,
        sku=row.sku,
        units=row.units,
        claims=tuple(Claim(*claim) for claim in row.claims or ()),
        pegs=tuple(_peg(peg) for peg in row.pegs or ()),
    )


def _peg(row: list[Any]) -> Peg:
    supply, units, location, due_on, pinned, source, status = row
    day = date.fromisoformat(due_on) if due_on else date.max
    return Peg(supply, units, location, day, pinned, source, status_of(status))


def load_locations(tx: Tx) -> dict[str, date]:
    """The merchant's active locations by priority, each with the day that it is there now."""
    return {location: tx.today(zone) for location, zone in load_ground(tx).locations.items()}
