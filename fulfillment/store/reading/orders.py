"""Lists of orders: one sort, and one query for a page; or one order as a list has it."""

from collections.abc import Mapping
from dataclasses import dataclass

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.order_filters import OrderFilter, conditions, is_of_whole_past
from fulfillment.store.reading.paging import (
    Page,
    Sort,
    Window,
    page_both_ways,
    page_sql,
    plan_by_values,
)
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.orders import OrderSummary
from fulfillment.store.records.days import LEAVE_BY
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.transactions.session import Tx

__all__ = [
    "NO_DATE",
    "SORTS",
    "OrderFilter",
    "count_orders",
    "list_orders",
    "merchant_today",
    "read_summary",
]

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

BY_DATE = frozenset({"ready_since", "ship_by", "target_ship_on"})
"""Sorts for which those that are finished have indexes of their own, and the open ones are sorted:
an open order changes often, and would be written to each of these every time."""

AWAITED = 5
"""Supplies and SKUs that a row names at most, the first that is due first."""

PAGE = """
    SELECT o.*, {keys} FROM orders o WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

PAGE_OF_BOTH = """
    SELECT * FROM (
        (SELECT o.*, {keys} FROM orders o WHERE o.finished_at IS NULL AND {conditions}
          ORDER BY {order_by} LIMIT :most)
        UNION ALL
        (SELECT o.*, {keys} FROM orders o WHERE o.finished_at IS NOT NULL AND {conditions}
          ORDER BY {order_by} LIMIT :most)) o
     ORDER BY {order_by} LIMIT :most
"""

LIST = """
WITH page AS MATERIALIZED ({page})
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

LIST = LIST.replace("{leave_by}", LEAVE_BY)
SHOWN = LIST.replace("{page}", PAGE)
SHOWN_OF_BOTH = LIST.replace("{page}", PAGE_OF_BOTH)


def list_orders(tx: Tx, asked: OrderFilter, sort: str, window: Window) -> Page[OrderSummary]:
    """One page of the merchant's orders.

    A row says how many units are allocated of those still to go, what the rest waits for and until
    when, and by when all of it is promised.
    """
    order = SORTS[sort].backwards if window.backwards else SORTS[sort]
    behind, key = order.after(window.after)
    which, values = conditions(tx, asked)
    plan_by_values(tx)
    template = SHOWN_OF_BOTH if sort in BY_DATE and is_of_whole_past(asked) else SHOWN
    rows = tx.rows(
        page_sql(template, order, ["o.merchant = :merchant", *which, *behind]),
        merchant=tx.merchant,
        most=window.limit + 1,
        awaited=AWAITED,
        **values,
        **key,
    )
    return page_both_ways(rows, window, rows_as(OrderSummary))


COUNT = """
SELECT count(*) AS found, (SELECT count(*) FROM (
           SELECT 1 FROM orders o WHERE o.merchant = :merchant AND o.finished_at IS NULL
            LIMIT CAST(:looked AS int) + 1) n) > CAST(:looked AS int) AS cut
  FROM (SELECT 1 FROM (
            SELECT * FROM orders o WHERE o.merchant = :merchant AND {first}
             ORDER BY o.priority, o.placed_at, o.intake_seq LIMIT :looked) o
         WHERE {conditions} LIMIT :most) f
"""

COUNT_ALL = """
SELECT count(*) AS found, false AS cut
  FROM (SELECT 1 FROM orders o WHERE o.merchant = :merchant AND {conditions} LIMIT :most) f
"""

LOOKED = 2_000
"""Orders that are looked at where each has to be weighed against the stock."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many orders a list has; `at_least` where there may be more than that."""

    orders: int
    at_least: bool


def count_orders(tx: Tx, asked: OrderFilter, most: int) -> Counted:
    """How many orders a list has, so many at most.

    Where each order has to be weighed against what lies free, the first in rank are looked at.
    """
    which, values = conditions(tx, asked)
    weighed = asked.fulfillable or asked.partially_fulfillable
    plan_by_values(tx)
    sql, more = (COUNT, {"looked": LOOKED}) if weighed else (COUNT_ALL, {})
    text = sql.format(
        first="o.finished_at IS NULL", conditions=" AND ".join(f"({w})" for w in which) or "true"
    )
    (row,) = tx.rows(text, merchant=tx.merchant, most=most, **values, **more)
    return Counted(row.found, at_least=row.found >= most or row.cut)


def read_summary(tx: Tx, number: str) -> OrderSummary:
    """One order as a list has it: what a change of it is answered with.

    Raises NotFoundError for a number that the merchant does not have.
    """
    sql = page_sql(SHOWN, SORTS["rank"], ["o.merchant = :merchant", "o.number = :number"])
    rows = tx.rows(sql, merchant=tx.merchant, number=number, most=1, awaited=AWAITED)
    if not rows:
        raise missing("order", number)
    return view(OrderSummary, rows[0])


@dataclass(frozen=True, slots=True)
class OrderVersion:
    """Which state of an order somebody has seen."""

    version: int
    """Rises with each change of the order."""
    happenings: int
    """How many things of its history there are."""


def read_version(tx: Tx, number: str) -> OrderVersion:
    """Which state of the order this is; a refusal if there is none."""
    rows = tx.rows(
        "SELECT o.wake_seq AS version, coalesce((SELECT e.sequence + jsonb_array_length("
        "e.happenings) - 1 FROM order_event e WHERE e.order_id = o.id"
        " ORDER BY e.sequence DESC LIMIT 1), 0) AS happenings"
        " FROM orders o WHERE o.merchant = :merchant AND o.number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("order", number)
    return OrderVersion(rows[0].version, rows[0].happenings)
