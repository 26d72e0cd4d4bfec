"""One order as its people see it: lines, promise, group, what may be done, by which policy."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.packs import packed
from fulfillment.domain.model.policy import origin
from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.shipments import ShipmentLine, Slice
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.domain.planning.expiry import cancels_by, cancels_on
from fulfillment.domain.planning.promise import promise
from fulfillment.domain.planning.sourcing import met_units
from fulfillment.store.insight.allowed_actions import actions_of, choices
from fulfillment.store.insight.shipment_pages import shipments_of_order
from fulfillment.store.reading.payments import read_axis
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.orders import (
    CustomerView,
    EventView,
    OrderLineView,
    OrderView,
    Waves,
)
from fulfillment.store.reading.views.settings import KnobView
from fulfillment.store.records.calendars import ship_days_of
from fulfillment.store.records.days import LEAVE_BY
from fulfillment.store.records.loading import load_orders, load_settings
from fulfillment.store.transactions.session import Tx

HEAD = f"""
SELECT o.id, o.number, o.status, o.revision, o.priority, o.placed_at, o.ship_by, o.currency,
       o.shipping_method, o.deliver_by, {LEAVE_BY} AS leave_by,
       o.lock_location, o.pickup_location, o.verified, o.holds,
       o.ready_since IS NOT NULL AS ready_to_ship, o.ready_since,
       o.target_ship_on,
       o.waiting_units, o.finished_at, m.time_zone, c.reference, c.contact, c.address,
       c.packer_note,
       c.order_id IS NOT NULL AS has_customer,
       (SELECT jsonb_object_agg(l.line, jsonb_build_array(l.pack, l.pack_units, l.unit_price_minor,
                                                           l.wanted_on,
               (SELECT lost.number FROM shipment lost WHERE lost.id = l.replaces_shipment)))
          FROM order_line l WHERE l.order_id = o.id) AS asked
  FROM orders o
  JOIN merchant m ON m.id = o.merchant
  LEFT JOIN order_customer c ON c.order_id = o.id
 WHERE o.merchant = :merchant AND o.number = :number
"""  # noqa: S608 -- a constant


OWED = """
SELECT EXISTS (SELECT 1 FROM orders o JOIN order_line l ON l.order_id = o.id
                 JOIN sku_queue q ON q.merchant = o.merchant AND q.sku = l.sku
                WHERE o.merchant = :merchant AND o.number = :number
                  AND q.due_since IS NOT NULL) AS owed
"""


def is_owed_units(tx: Tx, number: str) -> bool:
    """Whether something that came for one of its products is still being given out."""
    (row,) = tx.rows(OWED, merchant=tx.merchant, number=number)
    return bool(row.owed)


def read_order(tx: Tx, number: str) -> OrderView:
    """All there is to see of an order, in a fixed number of queries; a refusal if there is none."""
    head = _head(tx, number)
    order = load_orders(tx, [head.id])[head.id]
    untold = any(line.promise is None for line in order.lines)
    days = ship_days_of(tx, order, tx.today(head.time_zone)) if untold else None
    promises = promise(order, days) if days else {}
    by, on = (cancels_by(order), cancels_on(order)) if order.live else (None, None)
    return view(
        OrderView,
        head,
        merchant=tx.merchant,
        prepared=order.is_prepared,
        waves=Waves(order.waves_spent, order.waves_left),
        customer=view(CustomerView, head) if head.has_customer else None,
        lines=_lines(order, head.asked, promises),
        shipments=tuple(shipments_of_order(tx, head.id)),
        policy=_policy(tx, order),
        payment=read_axis(tx, head.id),
        actions=choices(actions_of(tx, order)),
        cancels_on=on,
        cancels_by=by,
    )


def read_status(tx: Tx, number: str) -> OrderStatus:
    """The order's status alone: what a client that waits for it looks at again and again."""
    rows = tx.rows(
        "SELECT status FROM orders WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("order", number)
    return OrderStatus(rows[0].status)


def read_history(tx: Tx, number: str, limit: int, after: int) -> list[EventView]:
    """Who or what did what with an order, when and why, from the first thing on."""
    rows = tx.rows(
        "SELECT sequence, kind, facts, actor, reason, at FROM happening"
        " WHERE order_id = :order AND sequence > :after ORDER BY sequence LIMIT :most",
        order=_head(tx, number).id,
        after=after,
        most=limit,
    )
    return [view(EventView, row) for row in rows]


def read_currency(tx: Tx, number: str) -> str:
    """What an order's amounts are in, those of its history too; a refusal if there is none."""
    return str(_head(tx, number).currency)


def _head(tx: Tx, number: str) -> Any:
    rows = tx.rows(HEAD, merchant=tx.merchant, number=number)
    if not rows:
        raise missing("order", number)
    return rows[0]


def _lines(
    order: Order, asked: Mapping[str, Any], promises: Mapping[int, tuple[Slice, ...]]
) -> tuple[OrderLineView, ...]:
    parts: dict[int, list[ShipmentLine]] = {line.number: [] for line in order.lines}
    for shipment in order.live:
        for part in shipment.lines:
            parts[part.order_line].append(part)
    return tuple(
        _line(
            order, line, parts[line.number], asked[str(line.number)], promises.get(line.number, ())
        )
        for line in order.lines
    )


def _line(
    order: Order,
    line: OrderLine,
    parts: Sequence[ShipmentLine],
    asked_for: tuple[str | None, int | None, int | None, str | None, int | None],
    computed: tuple[Slice, ...],
) -> OrderLineView:
    """What is not allocated is backordered, unless it is as good as here and not yet received."""
    pack, pack_units, price, wanted_on, lost_in = asked_for
    met = sum(met_units(order, part) for part in parts)
    return OrderLineView(
        line=line.number,
        sku=line.sku,
        ordered=line.ordered,
        allocated=sum(part.allocated for part in parts),
        not_yet_received=met,
        backordered=sum(part.wanted for part in parts) - met,
        pegged=sum(part.pegged for part in parts),
        shipped=line.shipped,
        cancelled=line.cancelled,
        by_hand=line.by_hand,
        channel=line.channel,
        source_location=line.source,
        pack=packed(line.ordered, pack, pack_units),
        unit_price_minor=price,
        wanted_on=date.fromisoformat(wanted_on) if wanted_on else None,
        replaces_line=line.replaces_line,
        replaces_shipment=lost_in,
        promise=computed if line.promise is None else line.promise,
        first_promise=line.first_promise,
    )


def _policy(tx: Tx, order: Order) -> dict[str, KnobView]:
    merchant, default = load_settings(tx)
    scopes = {"order": order.knobs, "merchant": merchant, "default": default}
    return {
        knob: KnobView(value, origin(knob, scopes)) for knob, value in asdict(order.policy).items()
    }
