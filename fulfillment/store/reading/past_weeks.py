"""How well orders were served in the last weeks, read from the orders as they are."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fulfillment.domain.insight.past_weeks import PastOrder, service_figures, weeks_before
from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.reading.views.past_weeks import WeekView
from fulfillment.store.records.ground import load_ground
from fulfillment.store.transactions.session import Tx

WEEKS = 12
MOST_LOOKED_AT = 250
"""Orders of a week; where there are more, one in so many is looked at, by a hash of its id."""

IN_A_WEEK = "o.merchant = :merchant AND o.placed_at >= w.begins AND o.placed_at < w.ends"

SHORT = """
SELECT sum(CAST(line ->> 'units' AS bigint))
  FROM (SELECT e.happenings FROM order_event e
         WHERE e.order_id = o.id AND e.happenings @> '[["promise_given"]]'
         ORDER BY e.sequence LIMIT 1) first
 CROSS JOIN LATERAL jsonb_array_elements(first.happenings) AS told(what)
 CROSS JOIN LATERAL jsonb_array_elements(told.what -> 1 -> 'lines') AS line
 WHERE told.what ->> 0 IN ('waits', 'shortage_removed')
"""
"""Units that an order `o` was told to wait for, or lost, when its lines were first promised."""

ORDERS = f"""
WITH weeks AS (
    SELECT * FROM unnest(CAST(:begins AS timestamptz[]), CAST(:ends AS timestamptz[]))
                  WITH ORDINALITY AS w(begins, ends, week)
), sized AS MATERIALIZED (
    SELECT w.*, (SELECT count(*) FROM orders o WHERE {IN_A_WEEK}) AS orders FROM weeks w
)
, picked AS MATERIALIZED (
    SELECT w.week, w.one_in, o.id
      FROM (SELECT s.*, (s.orders + :most - 1) / :most AS one_in FROM sized s
             WHERE s.orders > 0) w
     CROSS JOIN LATERAL (
        SELECT o.id FROM orders o
         WHERE {IN_A_WEEK} AND (hashint8(o.id) & 2147483647) % w.one_in = 0) o
)
SELECT k.week, k.one_in, o.placed_at, o.finished_at AS shipped_at,
       CAST(o.finished_at AT TIME ZONE :zone AS date) AS shipped_on,
       CASE WHEN o.first_claimed THEN l.ordered END AS claimed,
       coalesce(({SHORT}), 0) AS short, l.promised_on
  FROM picked k
  JOIN orders o ON o.id = k.id
 CROSS JOIN LATERAL (
    SELECT sum(l.ordered) AS ordered,
           max((SELECT max(CAST(p ->> 1 AS date)) FROM jsonb_array_elements(l.first_promise) p))
               AS promised_on
      FROM order_line l WHERE l.order_id = o.id) l
 WHERE o.status NOT IN ('cancelled', 'rejected')
   AND (CAST(:places AS text[]) IS NULL OR ({ORDER_IS_AT}))
 ORDER BY k.week
"""  # noqa: S608 -- constants


def read_past_weeks(tx: Tx, places: Sequence[str] | None) -> tuple[WeekView, ...]:
    """The last twelve weeks, the oldest first, the last one under way; each of them is there.

    Of what has to do with these places, or of all where they are None. One statement: it counts
    the orders of these weeks in an index, and looks at some hundreds of a week.
    """
    zone = ZoneInfo(load_ground(tx).time_zone)
    today = tx.today(zone.key)
    mondays = weeks_before(today, WEEKS)
    rows: dict[int, list[Any]] = {}
    for row in tx.rows(
        ORDERS,
        merchant=tx.merchant,
        places=None if places is None else list(places),
        zone=zone.key,
        most=MOST_LOOKED_AT,
        begins=[_midnight(day, zone) for day in mondays],
        ends=[_midnight(day + timedelta(weeks=1), zone) for day in mondays],
    ):
        rows.setdefault(row.week, []).append(row)
    return tuple(_week(day, rows.get(n, []), today) for n, day in enumerate(mondays, 1))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _week(begins: date, rows: Sequence[Any], today: date) -> WeekView:
    one_in = rows[0].one_in if rows else 1
    return WeekView(begins=begins, one_in=one_in, figures=service_figures(map(_order, rows), today))


def _order(row: Any) -> PastOrder:
    return PastOrder(
        placed_at=row.placed_at,
        shipped_at=row.shipped_at,
        shipped_on=row.shipped_on,
        claimed=None if row.claimed is None else int(row.claimed),
        short=int(row.short),
        promised_on=row.promised_on,
    )
