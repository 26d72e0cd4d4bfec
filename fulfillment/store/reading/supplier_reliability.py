"""Who delivers late: what is late now, and how the purchase orders went that have ended last."""

from collections.abc import Sequence
from datetime import timedelta

from fulfillment.store.reading.places import PURCHASE_ORDER_IS_AT
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.purchase_lists import SupplierView
from fulfillment.store.records.ground import load_ground, merchant_today
from fulfillment.store.transactions.session import Tx

LOOKED = 200
"""Purchase orders that have ended last, which are looked at: who delivered well long ago may not
do so now, and how many there ever were makes no difference."""

MOST = 200
"""Suppliers that are told."""

YEAR = timedelta(days=365)

RELIABILITY = """
WITH open AS (
    SELECT p.supplier, count(DISTINCT p.id) AS open_orders,
           sum(u.outstanding)::bigint AS outstanding,
           count(DISTINCT p.id) FILTER (WHERE u.late) AS late_orders,
           coalesce(sum(u.outstanding) FILTER (WHERE u.late), 0)::bigint AS late_units
      FROM (SELECT i.*, i.status <> 'arrived' AND i.expected_on < :today AS late
              FROM inbound_supply i
             WHERE i.merchant = :merchant AND i.kind = 'purchase_order') u
      JOIN purchase_order p ON p.id = u.purchase_order
     WHERE {here} GROUP BY p.supplier
), ended AS MATERIALIZED (
    SELECT p.id, p.supplier FROM purchase_order p
     WHERE p.merchant = :merchant AND p.status IN ('received', 'closed')
       AND p.ended_at > :since AND {here}
     ORDER BY p.id DESC LIMIT :looked
), went AS (
    SELECT e.supplier, t.short, greatest(came.last_on - told.last_on, 0) AS days_late,
           came.last_on IS NULL OR told.last_on IS NULL AS unknown
      FROM ended e
     CROSS JOIN LATERAL (
           SELECT sum(u.closed)::bigint AS short
             FROM purchase_order_line l JOIN supply u ON u.id = l.supply
            WHERE l.purchase_order = e.id) t
      LEFT JOIN LATERAL (
           SELECT max((r.at AT TIME ZONE :zone)::date) AS last_on FROM receipt r
            WHERE r.purchase_order = e.id AND r.reversed_at IS NULL) came ON true
      LEFT JOIN LATERAL (
           SELECT max(CAST(line ->> 'expected_on' AS date)) AS last_on
             FROM (SELECT v.happenings FROM supply_event v
                    WHERE v.kind = 'purchase_order' AND v.document = e.id
                    ORDER BY v.sequence LIMIT 10) v
            CROSS JOIN LATERAL jsonb_array_elements(v.happenings) h(what)
            CROSS JOIN LATERAL jsonb_array_elements(h.what -> 1 -> 'lines') line
            WHERE h.what ->> 0 = 'approved') told ON true
), past AS (
    SELECT supplier, count(*) FILTER (WHERE NOT unknown) AS ended,
           count(*) FILTER (WHERE NOT unknown AND days_late = 0) AS on_time,
           round(avg(days_late) FILTER (WHERE NOT unknown))::int AS days_late,
           coalesce(sum(short), 0)::bigint AS short_units
      FROM went GROUP BY supplier
)
SELECT supplier, coalesce(o.open_orders, 0) AS open_orders,
       coalesce(o.outstanding, 0) AS outstanding,
       coalesce(o.late_orders, 0) AS late_orders, coalesce(o.late_units, 0) AS late_units,
       coalesce(p.ended, 0) AS ended,
       coalesce(p.on_time, 0) AS on_time, p.days_late, coalesce(p.short_units, 0) AS short_units
  FROM open o FULL JOIN past p USING (supplier)
 ORDER BY coalesce(o.late_units, 0) DESC, p.days_late DESC NULLS LAST, supplier LIMIT :most
"""

HERE = f"(CAST(:places AS text[]) IS NULL OR ({PURCHASE_ORDER_IS_AT}))"


def list_suppliers(tx: Tx, places: Sequence[str] | None) -> list[SupplierView]:
    """Each supplier of whom something is open or came of late, the latest first.

    A purchase order was on time if its last receipt was no later than the last day that was told
    when it was approved, in the merchant's zone. Of what brings something to these places.
    """
    rows = tx.rows(
        RELIABILITY.format(here=HERE),
        merchant=tx.merchant,
        today=merchant_today(tx),
        zone=load_ground(tx).time_zone,
        since=tx.now - YEAR,
        places=None if places is None else list(places),
        looked=LOOKED,
        most=MOST,
    )
    return list(map(rows_as(SupplierView), rows))
