"""Shipments as they are read: the whole group of an order, or what the warehouse works on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from fulfillment.domain.actions.allowed import ShipmentFacts, shipment_actions
from fulfillment.domain.model.limits import within_lines
from fulfillment.domain.model.packs import packed
from fulfillment.domain.model.policy import Knobs, MinPoStatus, resolve
from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.statuses import LIVE, WAITING, PurchaseOrderStatus, ShipmentStatus
from fulfillment.store.insight.allowed_actions import choices
from fulfillment.store.reading.orders import NO_DATE
from fulfillment.store.reading.packages import PACKAGES
from fulfillment.store.reading.paging import Page, Sort, Window, page_of, page_sql, plan_by_values
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.shipments import ShipmentLineView, ShipmentView
from fulfillment.store.records.days import LOCATIONS_DAY, days_now
from fulfillment.store.records.loading import load_settings
from fulfillment.store.transactions.session import Tx

BY_RANK = Sort(
    ("o.priority", "o.placed_at", "o.intake_seq", "s.id"),
    ("int", "timestamptz", "bigint", "bigint"),
)

BY_TARGET = Sort(
    (f"coalesce(s.target_ship_on, {NO_DATE})", *BY_RANK.columns), ("date", *BY_RANK.types)
)

SORTS: Mapping[str, Sort] = {"rank": BY_RANK, "target_ship_on": BY_TARGET}

COLUMNS = f"""
SELECT o.number AS "order", o.merchant, o.holds, o.policy,
       coalesce(o.lock_location, o.pickup_location) AS only_location,
       s.id, s.number, s.status, s.location, s.wave, s.expected_on, s.released_at,
       s.target_ship_on,
s.carrier, s.tracking, s.shipped_at,
(SELECT p.number FROM shipment p WHERE p.id = s.parent) AS parent,
(SELECT array_agg(c.number ORDER BY c.number) FROM shipment c
  WHERE c.order_id = s.order_id AND c.parent = s.id) AS children,
(SELECT jsonb_agg(jsonb_build_object(
            'line', sl.order_line, 'sku', ol.sku, 'units', sl.units,
            'pack', ol.pack, 'pack_units', ol.pack_units,
            'allocated', coalesce((SELECT sum(a.units) FROM allocation a
                                    WHERE a.shipment_line = sl.id), 0),
            'pegs', (SELECT jsonb_agg(jsonb_build_array(p.units, po.status)) FROM peg p
                       LEFT JOIN purchase_order_line pl ON pl.supply = p.supply
                       LEFT JOIN purchase_order po ON po.id = pl.purchase_order
                      WHERE p.shipment_line = sl.id))
        ORDER BY sl.order_line, sl.id)
   FROM shipment_line sl
   JOIN order_line ol ON ol.order_id = sl.order_id AND ol.line = sl.order_line
  WHERE sl.shipment = s.id) AS lines,
{PACKAGES} AS packages,
s.status = 'shipped' AND EXISTS (
    SELECT 1 FROM (SELECT ol.sku, sum(sl.units) AS units FROM shipment_line sl
                     JOIN order_line ol ON ol.order_id = sl.order_id AND ol.line = sl.order_line
                    WHERE sl.shipment = s.id GROUP BY ol.sku) away
     WHERE away.units + (SELECT coalesce(sum(u.ordered - u.closed), 0) FROM customer_return t
                           JOIN return_line rl ON rl.customer_return = t.id
                           JOIN supply u ON u.id = rl.supply AND u.sku = away.sku
                          WHERE t.order_id = o.id)
         > (SELECT sum(ol.shipped) FROM order_line ol
             WHERE ol.order_id = o.id AND ol.sku = away.sku)) AS came_back,
(SELECT coalesce(sum(ol.ordered - ol.cancelled), 0)::int FROM order_line ol
  WHERE ol.replaces_shipment = s.id) AS sent_again
"""  # noqa: S608 -- PACKAGES is a constant

GROUP = f"""
{COLUMNS} FROM shipment s JOIN orders o ON o.id = s.order_id
 WHERE o.id = :order AND o.merchant = :merchant ORDER BY s.number
"""

ONE = f"""
{COLUMNS} FROM shipment s JOIN orders o ON o.id = s.order_id
 WHERE s.id = :id AND o.merchant = :merchant
"""

LIST = f"""
{COLUMNS}, {{keys}} FROM shipment s JOIN orders o ON o.id = s.order_id
 WHERE {{conditions}} ORDER BY {{order_by}} LIMIT :most
"""

SIZES = """
SELECT (SELECT count(*) FROM shipment_line l WHERE l.shipment = s.id) AS lines, {keys}
  FROM shipment s JOIN orders o ON o.id = s.order_id
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""
"""How much a page would hold: it ends before it has more lines than one order may have."""


def shipments_of_order(tx: Tx, order: int) -> list[ShipmentView]:
    """The order's whole group, ended ones and parents too, in the order they were made."""
    rows = tx.rows(GROUP, order=order, merchant=tx.merchant)
    settings = load_settings(tx)
    return [_shipment(row, settings) for row in rows]


def order_of_shipment(tx: Tx, shipment: int) -> str:
    """The number of the order that a shipment is a part of, or a refusal."""
    rows = tx.rows(
        "SELECT o.number FROM shipment s JOIN orders o ON o.id = s.order_id"
        " WHERE s.id = :shipment AND o.merchant = :merchant",
        shipment=shipment,
        merchant=tx.merchant,
    )
    if not rows:
        raise missing("shipment", shipment)
    return str(rows[0].number)


def location_of_shipment(tx: Tx, shipment: int) -> str | None:
    """Where a shipment is worked, while it is anywhere; a refusal if there is no such shipment."""
    rows = tx.rows(
        "SELECT s.location FROM shipment s JOIN orders o ON o.id = s.order_id"
        " WHERE s.id = :shipment AND o.merchant = :merchant",
        shipment=shipment,
        merchant=tx.merchant,
    )
    if not rows:
        raise missing("shipment", shipment)
    return None if rows[0].location is None else str(rows[0].location)


@dataclass(frozen=True, slots=True)
class ShipmentFilter:
    """Which shipments; what is None is not asked about. `late`: its target day is over."""

    statuses: Sequence[str] | None = None
    location: str | None = None
    places: Sequence[str] | None = None
    late: bool | None = None


LATE = f"""
coalesce(s.status IN ('ready', 'picking', 'picked', 'packed') AND s.target_ship_on < (
    SELECT {LOCATIONS_DAY} FROM location at WHERE at.id = s.location), false)
"""  # noqa: S608 -- a constant

CONDITIONS: Mapping[str, str] = {
    "merchant": "o.merchant = :merchant",
    "merchants": "o.merchant = ANY(:merchants)",
    "statuses": "s.status = ANY(:statuses)",
    "location": "s.location = :location",
    "places": "s.location = ANY(:places)",
    "late": f"{LATE} = :late",
}


def read_shipment(tx: Tx, shipment: int) -> ShipmentView:
    """One shipment of the merchant, or a refusal."""
    asked = tx.ask(ONE, id=shipment, merchant=tx.merchant)
    settings = load_settings(tx)
    if not (rows := asked.rows()):
        raise missing("shipment", shipment)
    return _shipment(rows[0], settings)


def list_shipments(
    tx: Tx, window: Window, asked: ShipmentFilter, sort: str = "rank"
) -> Page[ShipmentView]:
    """The merchant's shipments: in the order in which they should be worked, or should go."""
    return _shipments(tx, window, SORTS[sort], _asked(asked) | {"merchant": tx.merchant})


def list_shipments_at(
    tx: Tx, window: Window, asked: ShipmentFilter, *, merchants: Collection[str] | None = None
) -> Page[ShipmentView]:
    """Shipments of every merchant, or of some, at a location; by the rank of their orders."""
    whose = {} if merchants is None else {"merchants": list(merchants)}
    return _shipments(tx, window, BY_RANK, _asked(asked) | whose)


def _asked(asked: ShipmentFilter) -> dict[str, object]:
    values = {each.name: getattr(asked, each.name) for each in fields(asked)}
    return {name: value for name, value in values.items() if value is not None}


def _shipments(tx: Tx, window: Window, sort: Sort, asked: dict[str, object]) -> Page[ShipmentView]:
    behind, key = sort.after(window.after)
    which = [*(CONDITIONS[name] for name in asked), *_of_open_ones(asked), *behind]
    given = asked | ({"days": days_now(tx)} if "late" in asked else {}) | key
    plan_by_values(tx)
    sizes = tx.rows(page_sql(SIZES, sort, which), most=window.limit, **given)
    limit = within_lines(row.lines for row in sizes)
    rows = tx.rows(page_sql(LIST, sort, which), most=limit + 1, **given)
    settings = {name: load_settings(replace(tx, merchant=name)) for name in _merchants(rows)}
    return page_of(rows, limit, lambda row: _shipment(row, settings[row.merchant]))


def _of_open_ones(asked: Mapping[str, object]) -> list[str]:
    """The condition that only orders have which are not finished, where only theirs are asked for.

    All live shipments are such: they are found by their orders, however many have been shipped.
    """
    statuses = set(cast("Sequence[str]", asked.get("statuses") or ()))
    is_live = bool(statuses) and statuses <= LIVE
    return ["o.finished_at IS NULL"] if is_live or asked.get("late") else []


def _merchants(rows: Sequence[Any]) -> list[str]:
    return sorted({row.merchant for row in rows})


def _shipment(row: Any, settings: Sequence[Knobs]) -> ShipmentView:
    least = resolve(row.policy, *settings).min_po_status
    lines = tuple(_line(line, least) for line in row.lines or ())
    status = ShipmentStatus(row.status)
    facts = ShipmentFacts(
        row.id,
        row.number,
        row.order,
        status,
        tuple(row.holds),
        tuple((wanted, x.sku) for x in lines if (wanted := x.units - x.allocated)),
        row.came_back,
        row.sent_again,
        sum(x.units for x in lines) - row.sent_again,
    )
    return view(
        ShipmentView,
        row,
        assigned_location=row.only_location if status in WAITING else None,
        lines=lines,
        actions=choices(shipment_actions(facts)),
    )


def _line(line: Mapping[str, Any], least: MinPoStatus) -> ShipmentLineView:
    """The line with the units of its pegs; those that count as met are not yet received."""
    pegs = [(units, status and PurchaseOrderStatus(status)) for units, status in line["pegs"] or ()]
    return view(
        ShipmentLineView,
        line,
        pack=packed(line["units"], line["pack"], line["pack_units"]),
        pegged=sum(units for units, _ in pegs),
        not_yet_received=sum(units for units, status in pegs if least.is_reached_by(status)),
    )
