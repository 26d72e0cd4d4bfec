"""Lists of orders: each filter one condition, each sort one key, one query for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from fulfillment.store.reading.paging import Page, Sort, Window, page_of, page_sql
from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.transactions.session import Tx

NO_DATE = "DATE '9999-12-31'"
"""What has no such date comes last."""

SORTS: Mapping[str, Sort] = {
    "rank": Sort(("o.priority", "o.placed_at", "o.intake_seq"), ("int", "timestamptz", "bigint")),
    "placed_at": Sort(("o.placed_at", "o.id"), ("timestamptz", "bigint")),
    "-placed_at": Sort(("o.placed_at", "o.id"), ("timestamptz", "bigint"), descending=True),
    "ship_by": Sort((f"coalesce(o.ship_by, {NO_DATE})", "o.id"), ("date", "bigint")),
    "target_ship_on": Sort((f"coalesce(o.target_ship_on, {NO_DATE})", "o.id"), ("date", "bigint")),
}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders; what is None is not asked about. `places` are all that the caller sees."""

    statuses: tuple[str, ...] | None = None
    backordered: bool | None = None
    sku: str | None = None
    location: str | None = None
    purchase_order: str | None = None
    ready: bool | None = None
    on_hold: bool | None = None
    overdue: bool | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    places: Sequence[str] | None = None


CONDITIONS: Mapping[str, str] = {
    "statuses": "o.status = ANY(:statuses)",
    "backordered": "(o.waiting_units > 0) = :backordered",
    "sku": "EXISTS (SELECT 1 FROM order_line f WHERE f.order_id = o.id AND f.sku = :sku)",
    "location": """
        o.finished_at IS NULL AND coalesce(o.lock_location, o.pickup_location) = :location
        OR EXISTS (SELECT 1 FROM shipment f WHERE f.order_id = o.id AND f.location = :location
                      AND f.status NOT IN ('reassigned', 'cancelled'))
        OR EXISTS (SELECT 1 FROM allocation f JOIN shipment_line fl ON fl.id = f.shipment_line
                    WHERE fl.order_id = o.id AND f.location = :location)""",
    "purchase_order": """
        EXISTS (SELECT 1 FROM peg f
                  JOIN shipment_line fl ON fl.id = f.shipment_line
                  JOIN purchase_order_line fp ON fp.supply = f.supply
                  JOIN purchase_order po ON po.id = fp.purchase_order
                 WHERE fl.order_id = o.id AND po.merchant = o.merchant
                   AND po.number = :purchase_order)""",
    "ready": """
        (cardinality(o.holds) = 0 AND EXISTS (
            SELECT 1 FROM shipment f WHERE f.order_id = o.id AND f.status = 'ready'
               AND NOT EXISTS (
                   SELECT 1 FROM shipment_line fl WHERE fl.shipment = f.id AND fl.units > coalesce((
                       SELECT sum(a.units) FROM allocation a WHERE a.shipment_line = fl.id), 0))
        )) = :ready""",
    "on_hold": "(o.finished_at IS NULL AND cardinality(o.holds) > 0) = :on_hold",
    "overdue": "(o.finished_at IS NULL AND coalesce(o.ship_by < :today, false)) = :overdue",
    "placed_from": "o.placed_at >= :placed_from",
    "placed_before": "o.placed_at < :placed_before",
    "places": ORDER_IS_AT,
}

FIELDS = (
    "number", "status", "priority", "placed_at", "ship_by", "holds", "waiting_units",
    "ready_to_ship_at", "target_ship_on", "lock_location", "pickup_location", "finished_at",
    "line_count", "ordered", "shipped", "cancelled",
)  # fmt: skip

LIST = """
SELECT o.number, o.status, o.priority, o.placed_at, o.ship_by, o.holds, o.waiting_units,
       o.ready_to_ship_at, o.target_ship_on, o.lock_location, o.pickup_location, o.finished_at,
       t.line_count, t.ordered, t.shipped, t.cancelled, {keys}
  FROM orders o
 CROSS JOIN LATERAL (
       SELECT count(*) AS line_count, sum(l.ordered) AS ordered, sum(l.shipped) AS shipped,
              sum(l.cancelled) AS cancelled
         FROM order_line l WHERE l.order_id = o.id) t
 WHERE {conditions}
 ORDER BY {order_by}
 LIMIT :most
"""


def list_orders(tx: Tx, asked: OrderFilter, sort: str, window: Window) -> Page:
    """One page of the merchant's orders."""
    order = SORTS[sort]
    behind, key = order.after(window.after)
    values = {f.name: v for f in fields(asked) if (v := getattr(asked, f.name)) is not None}
    which = ["o.merchant = :merchant", *(CONDITIONS[name] for name in values), *behind]
    rows = tx.rows(
        page_sql(LIST, order, which),
        merchant=tx.merchant,
        most=window.limit + 1,
        **_parameters(tx, values),
        **key,
    )
    return page_of(rows, window.limit, lambda row: {name: getattr(row, name) for name in FIELDS})


def _parameters(tx: Tx, values: Mapping[str, Any]) -> dict[str, Any]:
    parameters = dict(values)
    if "statuses" in parameters:
        parameters["statuses"] = list(parameters["statuses"])
    if "overdue" in parameters:
        parameters["today"] = merchant_today(tx)
    return parameters


def merchant_today(tx: Tx) -> date:
    """Today where the merchant is."""
    (row,) = tx.rows("SELECT time_zone FROM merchant WHERE id = :merchant", merchant=tx.merchant)
    return tx.today(row.time_zone)
