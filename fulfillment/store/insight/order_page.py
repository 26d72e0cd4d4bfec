"""One order as its people see it: lines, promise, group, what may be done, by which policy."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.packs import packed
from fulfillment.domain.model.policy import origin
from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.shipments import ShipmentLine, Slice
from fulfillment.domain.planning.expiry import cancels_by, cancels_on
from fulfillment.domain.planning.promise import promise
from fulfillment.domain.planning.sourcing import met_units
from fulfillment.store.insight.allowed_actions import actions_of, choices
from fulfillment.store.insight.shipment_pages import shipments_of_order
from fulfillment.store.reading.payments import read_axis
from fulfillment.store.records.calendars import ship_days_of
from fulfillment.store.records.loading import load_orders, load_settings
from fulfillment.store.transactions.session import Tx

HEAD = """
SELECT o.id, o.number, o.status, o.revision, o.priority, o.placed_at, o.ship_by, o.currency,
       o.lock_location, o.pickup_location, o.verified, o.holds,
       o.ready_to_ship_at IS NOT NULL AS ready_to_ship, o.ready_to_ship_at AS ready_since,
       o.target_ship_on,
       o.waiting_units, o.finished_at, m.time_zone, c.reference, c.contact, c.address,
       c.order_id IS NOT NULL AS has_customer,
       (SELECT jsonb_object_agg(l.line, jsonb_build_array(l.pack, l.pack_units, l.unit_price_minor))
          FROM order_line l WHERE l.order_id = o.id) AS packs
  FROM orders o
  JOIN merchant m ON m.id = o.merchant
  LEFT JOIN order_customer c ON c.order_id = o.id
 WHERE o.merchant = :merchant AND o.number = :number
"""

FIELDS = (
    "number", "status", "revision", "priority", "placed_at", "ship_by", "currency",
    "lock_location", "pickup_location", "verified", "holds", "ready_to_ship", "ready_since",
    "target_ship_on", "waiting_units", "finished_at",
)  # fmt: skip


def read_order(tx: Tx, number: str) -> dict[str, Any]:
    """All there is to see of an order, in a fixed number of queries; a refusal if there is none."""
    head = _head(tx, number)
    order = load_orders(tx, [head.id])[head.id]
    promises = promise(order, ship_days_of(tx, order, tx.today(head.time_zone)))
    return {name: getattr(head, name) for name in FIELDS} | {
        "merchant": tx.merchant,
        "prepared": order.is_prepared,
        "waves": {"spent": order.waves_spent, "left": order.waves_left},
        "customer": _customer(head),
        "lines": _lines(order, head.packs, promises),
        "shipments": shipments_of_order(tx, head.id),
        "policy": _policy(tx, order),
        "payment": read_axis(tx, head.id),
        "actions": choices(actions_of(tx, order)),
        **_cancels(order),
    }


def read_status(tx: Tx, number: str) -> str:
    """The order's status alone: what a client that waits for it looks at again and again."""
    rows = tx.rows(
        "SELECT status FROM orders WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("order", number)
    return str(rows[0].status)


def read_history(tx: Tx, number: str, limit: int, after: int) -> list[dict[str, Any]]:
    """Who or what did what with an order, when and why, from the first thing on."""
    rows = tx.rows(
        "SELECT e.id, e.kind, e.facts, e.actor, e.reason, e.at FROM order_event e"
        " WHERE e.order_id = :order AND e.id > :after ORDER BY e.id LIMIT :most",
        order=_head(tx, number).id,
        after=after,
        most=limit,
    )
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 -- SQLAlchemy's public name


def _head(tx: Tx, number: str) -> Any:
    rows = tx.rows(HEAD, merchant=tx.merchant, number=number)
    if not rows:
        raise missing("order", number)
    return rows[0]


def _customer(head: Any) -> dict[str, Any] | None:
    if not head.has_customer:
        return None
    return {"reference": head.reference, "contact": head.contact, "address": head.address}


def _lines(
    order: Order, packs: Mapping[str, Any], promises: Mapping[int, tuple[Slice, ...]]
) -> list[dict[str, Any]]:
    parts: dict[int, list[ShipmentLine]] = {line.number: [] for line in order.lines}
    for shipment in order.live:
        for part in shipment.lines:
            parts[part.order_line].append(part)
    return [
        {
            "line": line.number,
            "sku": line.sku,
            "ordered": line.ordered,
            "shipped": line.shipped,
            "cancelled": line.cancelled,
            "by_hand": line.by_hand,
            "channel": line.channel,
            "source_location": line.source,
            **_pack(line.ordered, *packs[str(line.number)]),
            **_where(order, parts[line.number]),
            **_promises(line, promises[line.number]),
        }
        for line in order.lines
    ]


def _cancels(order: Order) -> dict[str, Any]:
    """The day on which what then still waits is cancelled, and whose word that is."""
    if not order.live:
        return {"cancels_on": None, "cancels_by": None}
    return {"cancels_on": cancels_on(order), "cancels_by": cancels_by(order)}


def _promises(line: OrderLine, computed: Sequence[Slice]) -> dict[str, Any]:
    """What the customer was told last and first; before anything was told, what would be now."""
    current = computed if line.promise is None else line.promise
    return {
        "promise": [asdict(piece) for piece in current],
        "first_promise": line.first_promise and [asdict(piece) for piece in line.first_promise],
    }


def _pack(
    ordered: int, pack: str | None, pack_units: int | None, price: int | None
) -> dict[str, Any]:
    shown = packed(ordered, pack, pack_units)
    return {"pack": shown and asdict(shown), "unit_price_minor": price}


def _where(order: Order, parts: Sequence[ShipmentLine]) -> dict[str, int]:
    """What is not allocated is backordered, unless it is as good as here and not yet received."""
    met = sum(met_units(order, line) for line in parts)
    return {
        "allocated": sum(line.allocated for line in parts),
        "not_yet_received": met,
        "pegged": sum(line.pegged for line in parts),
        "backordered": sum(line.wanted for line in parts) - met,
    }


def _policy(tx: Tx, order: Order) -> dict[str, Any]:
    merchant, default = load_settings(tx)
    scopes = {"order": order.knobs, "merchant": merchant, "default": default}
    return {
        knob: {"value": value, "from": origin(knob, scopes)}
        for knob, value in asdict(order.policy).items()
    }
