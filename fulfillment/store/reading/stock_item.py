"""One SKU's levels, who holds it, who waits for it and what comes: each read with a bound."""

from collections.abc import Sequence

from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.stock_item import (
    HeldView,
    HolderView,
    InboundView,
    LevelView,
    WaiterView,
    WaitingView,
)
from fulfillment.store.records.out_of_use import load_out_of_use
from fulfillment.store.sums.reading import first_waiting, waiting_before
from fulfillment.store.transactions.session import Tx

SHOWN = 50
LOOKED_AT = 1_000
"""Claims among which the first in rank are looked for: their rank is their order's, in no index."""

Places = Sequence[str] | None
"""The only locations that the caller sees; None: all."""

LEVELS = """
SELECT v.location, v.disposition, v.on_hand, v.allocated, v.picked, v.staged
  FROM stock_level v WHERE v.merchant = :merchant AND v.sku = :sku
   AND (CAST(:places AS text[]) IS NULL OR v.location = ANY(:places))
 ORDER BY v.location, v.disposition = 'sellable' DESC, v.disposition
"""

HOLDERS = """
WITH claim AS MATERIALIZED (
    SELECT a.shipment_line, a.location, a.units, a.picked, a.staged FROM allocation a
     WHERE a.merchant = :merchant AND a.sku = :sku AND NOT a.drop_ship
       AND (CAST(:places AS text[]) IS NULL OR a.location = ANY(:places))
     LIMIT :looked_at
)
SELECT o.number AS "order", s.number AS shipment, s.status, c.location, c.units, c.picked,
       c.staged, (SELECT count(*) FROM claim) AS found
  FROM claim c JOIN shipment_line l ON l.id = c.shipment_line
  JOIN shipment s ON s.id = l.shipment JOIN orders o ON o.id = s.order_id
 ORDER BY o.priority, o.placed_at, o.intake_seq, l.id, c.location LIMIT :shown
"""

WAITERS = f"""
SELECT o.id, o.number AS "order", o.status, o.priority, o.placed_at, d.wanted, d.pegged, d.place
  FROM unnest(CAST(:orders AS bigint[])) WITH ORDINALITY AS f(id, n)
  JOIN orders o ON o.id = f.id
 CROSS JOIN LATERAL (
       SELECT sum(d.wanted)::bigint AS wanted, sum(least(d.pegged, d.wanted))::bigint AS pegged,
              CASE WHEN count(d.lock_location) = count(*) THEN min(d.lock_location) END AS place
         FROM open_demand d WHERE d.order_id = o.id AND d.sku = :sku AND d.wanted > 0) d
 WHERE CAST(:places AS text[]) IS NULL OR ({ORDER_IS_AT}) ORDER BY f.n
"""  # noqa: S608 -- a constant

INBOUND = """
SELECT u.document, u.kind, u.location, u.expected_on, u.overdue, u.outstanding, u.pegged, u.status
  FROM inbound_supply u
 WHERE u.merchant = :merchant AND u.sku = :sku
   AND (CAST(:places AS text[]) IS NULL OR u.location = ANY(:places))
 ORDER BY u.expected_on NULLS LAST, u.id LIMIT :shown
"""


def read_stock_levels(tx: Tx, sku: str, places: Places) -> tuple[LevelView, ...]:
    """What each place has in each disposition; the sellable first."""
    rows = tx.rows(LEVELS, **_asked(tx, sku, places))
    idle = load_out_of_use(tx, {row.location for row in rows})
    return tuple(view(LevelView, row, out_of_use=idle.get(row.location)) for row in rows)


def read_holders(tx: Tx, sku: str, places: Places) -> HeldView:
    """The first shipments in rank that hold units of it at these places."""
    asked = _asked(tx, sku, places)
    rows = tx.rows(HOLDERS, shown=SHOWN, looked_at=LOOKED_AT + 1, **asked)
    found = rows[0].found if rows else 0
    return HeldView(
        holders=tuple(map(rows_as(HolderView), rows)),
        found=min(found, LOOKED_AT),
        at_least=found > LOOKED_AT,
    )


def read_waiters(tx: Tx, sku: str, places: Places) -> WaitingView:
    """The first orders in rank that wait for it, of all those that the caller may know of."""
    first = first_waiting(tx, [sku], SHOWN)[sku]
    in_all = waiting_before(tx, [sku])[sku]
    asked = _asked(tx, sku, places) | {"orders": [row.order_id for row in first]}
    rows = tx.rows(WAITERS, **asked)
    return WaitingView(
        waiters=tuple(map(rows_as(WaiterView), rows)),
        orders=in_all.orders,
        units=in_all.units,
        hidden=len(first) - len(rows),
    )


def read_inbound(tx: Tx, sku: str, places: Places) -> tuple[InboundView, ...]:
    """What comes of it to these places, the earliest first."""
    rows = tx.rows(INBOUND, shown=SHOWN, **_asked(tx, sku, places))
    return tuple(map(rows_as(InboundView), rows))


def _asked(tx: Tx, sku: str, places: Places) -> dict[str, object]:
    return {
        "merchant": tx.merchant,
        "sku": sku,
        "places": None if places is None else list(places),
    }
