"""Lists of orders: one sort, and one query for a page; or one order as a list has it."""

from collections.abc import Mapping

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.order_filters import OrderFilter, conditions
from fulfillment.store.reading.paging import Page, Sort, Window, page_of, page_sql, plan_by_values
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.orders import OrderSummary
from fulfillment.store.records.days import LEAVE_BY
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.transactions.session import Tx

__all__ = ["NO_DATE", "SORTS", "OrderFilter", "list_orders", "merchant_today", "read_summary"]

NO_DATE = "DATE '9999-12-31'"
NEVER = "TIMESTAMPTZ '9999-12-31 00:00Z'"
"""What has no such date comes last."""

SORTS: Mapping[str, Sort] = {
    "rank": Sort(("o.priority", "o.placed_at", "o.intake_seq"), ("int", "timestamptz", "bigint")),
    "placed_at": Sort(("o.placed_at", "o.id"), ("timestamptz", "bigint")),
    "-placed_at": Sort(("o.placed_at", "o.id"), ("timestamptz", "bigint"), descending=True),
    "ready_since": Sort((f"coalesce(o.ready_since, {NEVER})", "o.id"), ("timestamptz", "bigint")),
    "ship_by": Sort((f"coalesce({LEAVE_BY}, {NO_DATE})", "o.id"), ("date", "bigint")),
    "target_ship_on": Sort((f"coalesce(o.target_ship_on, {NO_DATE})", "o.id"), ("date", "bigint")),
}

AWAITED = 5
"""Supplies and SKUs that a row names at most, the first that is due first."""

LIST = """
WITH page AS MATERIALIZED (
    SELECT o.*, {keys} FROM orders o WHERE {conditions} ORDER BY {order_by} LIMIT :most
)
SELECT o.*, o.ready_since IS NOT NULL AS ready_to_ship,
       {leave_by} AS leave_by,
       t.*, t.ordered - t.shipped - t.cancelled AS to_go, a.allocated, w.awaits, w.awaits_count
  FROM page o
 CROSS JOIN LATERAL (
       SELECT count(*) AS line_count, sum(l.ordered) AS ordered, sum(l.shipped) AS shipped,
              sum(l.cancelled) AS cancelled, min(l.wanted_on) AS wanted_on,
              max((SELECT max(CAST(p ->> 1 AS date)) FROM jsonb_array_elements(l.promise) p))
                  AS promised_on,
              max((SELECT max(CAST(p ->> 1 AS date)) FROM jsonb_array_elements(l.first_promise) p))
                  AS first_promised_on
         FROM order_line l WHERE l.order_id = o.id) t
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(f.units), 0)::bigint AS allocated
         FROM shipment_line fl JOIN allocation f ON f.shipment_line = fl.id
        WHERE fl.order_id = o.id) a
 CROSS JOIN LATERAL (
       SELECT count(*) AS awaits_count,
              coalesce(jsonb_agg(jsonb_build_object('sku', g.sku, 'units', g.units,
                                                    'supply', g.document, 'kind', g.kind,
                                                    'on', g.expected_on) ORDER BY g.place)
                           FILTER (WHERE g.place <= :awaited), '[]'::jsonb) AS awaits
         FROM (SELECT n.*, row_number() OVER (
                          ORDER BY n.expected_on NULLS LAST, n.document NULLS LAST, n.sku) AS place
                 FROM (SELECT u.sku, u.document, u.kind, u.expected_on, sum(g.units) AS units
                         FROM shipment_line gl JOIN peg g ON g.shipment_line = gl.id
                         JOIN supply u ON u.id = g.supply
                        WHERE gl.order_id = o.id GROUP BY 1, 2, 3, 4
                        UNION ALL
                       SELECT d.sku, NULL, NULL, NULL, sum(d.wanted - d.pegged)
                         FROM open_demand d WHERE d.order_id = o.id AND d.wanted > d.pegged
                        GROUP BY d.sku) n) g) w
 ORDER BY {order_by}
"""

SHOWN = LIST.replace("{leave_by}", LEAVE_BY)


def list_orders(tx: Tx, asked: OrderFilter, sort: str, window: Window) -> Page[OrderSummary]:
    """One page of the merchant's orders.

    A row says how many units are allocated of those still to go, what the rest waits for and until
    when, and by when all of it is promised.
    """
    order = SORTS[sort]
    behind, key = order.after(window.after)
    which, values = conditions(tx, asked)
    plan_by_values(tx)
    rows = tx.rows(
        page_sql(SHOWN, order, ["o.merchant = :merchant", *which, *behind]),
        merchant=tx.merchant,
        most=window.limit + 1,
        awaited=AWAITED,
        **values,
        **key,
    )
    return page_of(rows, window.limit, rows_as(OrderSummary))


def read_summary(tx: Tx, number: str) -> OrderSummary:
    """One order as a list has it: what a change of it is answered with.

    Raises NotFoundError for a number that the merchant does not have.
    """
    sql = page_sql(SHOWN, SORTS["rank"], ["o.merchant = :merchant", "o.number = :number"])
    rows = tx.rows(sql, merchant=tx.merchant, number=number, most=1, awaited=AWAITED)
    if not rows:
        raise missing("order", number)
    return view(OrderSummary, rows[0])
