"""Which orders a list holds: each filter one condition, on orders `o`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.statuses import FINISHED_ORDER
from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.records.days import LEAVE_BY
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders; what is None is not asked about. `places` are all that the caller sees.

    `q` is the beginning or the end of a number, of the customer's own reference or of a tracking
    number, or the beginning of a SKU; in capitals or not. `still_holding` asks of what receipts
    served: whether the order still holds such units.
    """

    statuses: tuple[str, ...] | None = None
    backordered: bool | None = None
    fulfillable: bool | None = None
    partially_fulfillable: bool | None = None
    sku: str | None = None
    location: str | None = None
    purchase_order: str | None = None
    served_by_purchase_order: str | None = None
    served_by_receipt: str | None = None
    still_holding: bool | None = None
    ready: bool | None = None
    on_hold: bool | None = None
    overdue: bool | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    q: str | None = None
    places: Sequence[str] | None = None


WANTED = "EXISTS (SELECT 1 FROM open_demand f WHERE f.order_id = o.id AND f.wanted > 0)"

FREE = """(
        SELECT v.sku, v.location, v.on_hand - v.allocated AS units FROM stock_level v
          JOIN merchant_location ml ON ml.merchant = v.merchant AND ml.location = v.location
          JOIN location at ON at.id = v.location AND at.active
         WHERE v.merchant = o.merchant AND v.disposition = 'sellable'
           AND v.on_hand > v.allocated)"""

COVERED = f"""
SELECT coalesce(sum(c.missing), 0) AS missing, coalesce(sum(c.covered), 0) AS covered
  FROM (
    SELECT m.sku, sum(m.missing) AS missing,
           CASE WHEN bool_and(p.manage_stock) THEN
               sum(m.here) + least(coalesce(sum(m.missing) FILTER (WHERE m.place IS NULL), 0),
                                   coalesce(max(f.units), 0) - sum(m.here))
           ELSE sum(m.missing) END AS covered
      FROM (
        SELECT w.sku, w.place, w.missing,
               CASE WHEN w.place IS NULL THEN 0
                    ELSE least(w.missing, coalesce(v.units, 0)) END AS here
          FROM (
            SELECT d.sku, sum(d.wanted) AS missing,
                   coalesce(CASE WHEN s.status <> 'backorder' THEN s.location END,
                            o.lock_location, o.pickup_location, l.source_location) AS place
              FROM open_demand d
              JOIN shipment_line sl ON sl.id = d.shipment_line
              JOIN shipment s ON s.id = sl.shipment
              JOIN order_line l ON l.order_id = sl.order_id AND l.line = sl.order_line
             WHERE d.order_id = o.id AND d.wanted > 0 GROUP BY d.sku, 3) w
          LEFT JOIN LATERAL (SELECT sum(f.units) AS units FROM {FREE} f
                              WHERE f.sku = w.sku AND f.location = w.place) v ON true) m
      JOIN product p ON p.merchant = o.merchant AND p.sku = m.sku
      LEFT JOIN LATERAL (SELECT sum(f.units) AS units FROM {FREE} f WHERE f.sku = m.sku) f ON true
     GROUP BY m.sku) c
"""  # noqa: S608 -- constants
"""Units that an order lacks, and how many of them lie free now where it may take them.

What is bound to a place is met there first; the rest shares what is left anywhere.
"""

MAY_BE_COVERED = """o.id IN (
        SELECT f.order_id FROM open_demand f
         WHERE f.merchant = :merchant AND f.wanted > 0 AND f.sku IN (
               SELECT v.sku FROM stock_level v
                WHERE v.merchant = :merchant AND v.disposition = 'sellable'
                  AND v.on_hand > v.allocated
                UNION ALL
               SELECT p.sku FROM product p WHERE p.merchant = :merchant AND NOT p.manage_stock))"""
"""Who waits for goods of which some lie free: found once for a list, while most that wait wait for
goods that are out, and need not be weighed one by one."""

HOLDS_UNITS = """o.id IN (
        SELECT fl.order_id FROM allocation f JOIN shipment_line fl ON fl.id = f.shipment_line
         WHERE f.merchant = :merchant)"""

SERVED = """
EXISTS (SELECT 1 FROM served_order f
          JOIN receipt fr ON fr.id = f.receipt AND fr.reversed_at IS NULL
          {join}
         WHERE f.order_id = o.id AND fr.merchant = o.merchant AND {which}
           AND ({holding} = EXISTS (
                SELECT 1 FROM allocation fa JOIN shipment_line fl ON fl.id = fa.shipment_line
                  JOIN supply fu ON fu.id = f.supply
                 WHERE fl.order_id = f.order_id AND fa.sku = fu.sku
                   AND fa.location = fr.location AND NOT fa.drop_ship)
                OR {holding} IS NULL))"""

HOLDING = "CAST(:still_holding AS boolean)"

SEARCHED = """
o.id IN (
    SELECT f.id FROM orders f WHERE f.merchant = :merchant
       AND (lower(f.number) LIKE :q_head OR reverse(lower(f.number)) LIKE :q_tail)
    UNION ALL
    SELECT f.order_id FROM order_customer f WHERE f.reference IS NOT NULL
       AND (lower(f.reference) LIKE :q_head OR reverse(lower(f.reference)) LIKE :q_tail)
    UNION ALL
    SELECT f.order_id FROM shipment f WHERE f.tracking IS NOT NULL
       AND (lower(f.tracking) LIKE :q_head OR reverse(lower(f.tracking)) LIKE :q_tail)
    UNION ALL
    SELECT s.order_id FROM package f JOIN shipment s ON s.id = f.shipment
     WHERE f.tracking IS NOT NULL
       AND (lower(f.tracking) LIKE :q_head OR reverse(lower(f.tracking)) LIKE :q_tail))
"""

WITH_SKU = "OR EXISTS (SELECT 1 FROM order_line f WHERE f.order_id = o.id AND f.sku = ANY(:q_skus))"

CONDITIONS: Mapping[str, str] = {
    "statuses": "o.status = ANY(:statuses)",
    "backordered": "(o.waiting_units > 0) = :backordered",
    "fulfillable": f"""
        (o.finished_at IS NULL AND CASE WHEN o.waiting_units > 0 AND NOT {MAY_BE_COVERED}
            THEN false ELSE NOT {WANTED} OR (SELECT t.missing = t.covered FROM ({COVERED}) t)
            END) = :fulfillable""",  # noqa: S608 -- constants
    "partially_fulfillable": f"""
        (o.finished_at IS NULL AND ({MAY_BE_COVERED} OR {HOLDS_UNITS}) AND {WANTED} AND (
            SELECT t.covered < t.missing AND (t.covered > 0 OR {HOLDS_UNITS})
              FROM ({COVERED}) t)) = :partially_fulfillable""",  # noqa: S608 -- constants
    "sku": "EXISTS (SELECT 1 FROM order_line f WHERE f.order_id = o.id AND f.sku = :sku)",
    "location": """
        o.finished_at IS NULL AND coalesce(o.lock_location, o.pickup_location) = :location
        OR (SELECT true FROM shipment f WHERE f.order_id = o.id AND f.location = :location
               AND f.status NOT IN ('reassigned', 'cancelled') LIMIT 1)
        OR (SELECT true FROM allocation f JOIN shipment_line fl ON fl.id = f.shipment_line
             WHERE fl.order_id = o.id AND f.location = :location LIMIT 1)""",
    "purchase_order": """
        EXISTS (SELECT 1 FROM peg f
                  JOIN shipment_line fl ON fl.id = f.shipment_line
                  JOIN purchase_order_line fp ON fp.supply = f.supply
                  JOIN purchase_order po ON po.id = fp.purchase_order
                 WHERE fl.order_id = o.id AND po.merchant = o.merchant
                   AND po.number = :purchase_order)""",
    "served_by_purchase_order": SERVED.format(
        join="JOIN purchase_order fp ON fp.id = fr.purchase_order",
        which="fp.number = :served_by_purchase_order",
        holding=HOLDING,
    ),
    "served_by_receipt": SERVED.format(
        join="", which="fr.number = :served_by_receipt", holding=HOLDING
    ),
    "ready": "(o.ready_since IS NOT NULL) = :ready",
    "on_hold": "(o.finished_at IS NULL AND cardinality(o.holds) > 0) = :on_hold",
    "overdue": f"(o.finished_at IS NULL AND coalesce({LEAVE_BY} < :today, false)) = :overdue",
    "placed_from": "o.placed_at >= :placed_from",
    "placed_before": "o.placed_at < :placed_before",
    "places": ORDER_IS_AT,
}

SERVED_BY = {"served_by_purchase_order", "served_by_receipt"}
MOST_SKUS = 100


def conditions(tx: Tx, asked: OrderFilter) -> tuple[list[str], dict[str, object]]:
    """What must hold of an order `o`, and the values that the conditions name."""
    values = {f.name: v for f in fields(asked) if (v := getattr(asked, f.name)) is not None}
    which = [CONDITIONS[name] for name in values if name in CONDITIONS]
    if _is_of_open_ones(asked):
        which.append("o.finished_at IS NULL")
    parameters = _values(asked, values)
    if "overdue" in parameters:
        parameters["today"] = merchant_today(tx)
    if asked.q is not None:
        found, more = _search(tx, asked.q)
        which.append(found)
        parameters |= more
    return which, parameters


OF_ALL_TIMES = frozenset({"statuses", "location", "places", "placed_from", "placed_before"})
"""Filters that may leave nearly all orders that ever were."""


def is_of_whole_past(asked: OrderFilter) -> bool:
    """Whether the list may hold nearly all orders that ever were, so that none may sort it whole.

    Another filter finds few, and from these a page is sorted sooner than it is looked for by date.
    """
    named = {f.name for f in fields(asked) if getattr(asked, f.name) is not None}
    return named <= OF_ALL_TIMES and not _is_of_open_ones(asked)


def _is_of_open_ones(asked: OrderFilter) -> bool:
    """Whether only orders are found that are not finished: how many are, does not matter then."""
    states = (asked.backordered, asked.ready, asked.purchase_order)
    if any(states):
        return True
    return bool(asked.statuses) and FINISHED_ORDER.isdisjoint(asked.statuses or ())


def _values(asked: OrderFilter, values: Mapping[str, Any]) -> dict[str, object]:
    parameters = {name: value for name, value in values.items() if name != "q"}
    if "statuses" in parameters:
        parameters["statuses"] = list(parameters["statuses"])
    if values.keys() & SERVED_BY:
        parameters["still_holding"] = asked.still_holding
    elif asked.still_holding is not None:
        message = "name the purchase order or the receipt whose units an order still holds"
        raise invalid("served_by_needed", message, "still_holding")
    return parameters


def _search(tx: Tx, text: str) -> tuple[str, dict[str, object]]:
    """The condition of a search; lines are looked at only where it begins some SKU."""
    head, tail = _begins(text.lower()), _begins(text.lower()[::-1])
    rows = tx.rows(
        "SELECT sku FROM product WHERE merchant = :merchant AND lower(sku) LIKE :q_head"
        " ORDER BY sku LIMIT :most",
        merchant=tx.merchant,
        q_head=head,
        most=MOST_SKUS,
    )
    skus = [row.sku for row in rows]
    values: dict[str, object] = {"q_head": head, "q_tail": tail, "q_skus": skus}
    return (f"{SEARCHED} {WITH_SKU}" if skus else SEARCHED), values


def _begins(text: str) -> str:
    """A pattern of LIKE for what begins with this text, whatever it holds."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"{text}%"
