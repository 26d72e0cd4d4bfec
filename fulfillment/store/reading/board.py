"""How a merchant's work stands as a whole: a few sums over what is open, made when it is asked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.board import (
    AgeView,
    BoardView,
    DueView,
    StageView,
    WaitedForView,
)
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.transactions.session import Tx

ANYWHERE = "CAST(:places AS text[]) IS NULL"
HERE = f"({ANYWHERE} OR ({ORDER_IS_AT}))"
# Where all places are asked for, no order is read: 100,000 of them would cost more than the sum.
ITS_ORDER_IS_HERE = f"""
({ANYWHERE} OR (SELECT {ORDER_IS_AT} FROM orders o WHERE o.id = d.order_id))
"""  # noqa: S608 -- constants

STAGES = f"""
WITH open AS MATERIALIZED (
    SELECT o.id, o.status, o.waiting_units FROM orders o
     WHERE o.merchant = :merchant AND o.finished_at IS NULL AND {HERE}
), units AS (
    SELECT o.status, sum(l.ordered - l.shipped - l.cancelled) AS to_go
      FROM open o JOIN order_line l ON l.order_id = o.id GROUP BY o.status
)
SELECT o.status, count(*) AS orders, coalesce(max(u.to_go), 0) AS to_go,
       sum(o.waiting_units) AS waiting_units
  FROM open o LEFT JOIN units u ON u.status = o.status GROUP BY o.status ORDER BY o.status
"""  # noqa: S608 -- a constant

CLASSES = (0, 2, 7, 14, 30, 60)
"""Days since an order was placed, from which a class of age begins."""

AGES = f"""
SELECT c.days, count(o.id) AS orders, coalesce(sum(o.waiting_units), 0) AS waiting_units
  FROM unnest(CAST(:days AS int[]), CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]))
           AS c(days, since, until)
  LEFT JOIN (SELECT o.id, o.placed_at, o.waiting_units FROM orders o
              WHERE o.merchant = :merchant AND o.finished_at IS NULL AND o.waiting_units > 0
                AND {HERE}) o
    ON o.placed_at > c.since AND o.placed_at <= c.until
 GROUP BY c.days ORDER BY c.days
"""  # noqa: S608 -- a constant

WAITED_FOR = f"""
SELECT w.*, p.name,
       (SELECT min(u.expected_on) FROM inbound_supply u
         WHERE u.merchant = :merchant AND u.sku = w.sku AND u.expected_on >= :today) AS next_on
  FROM (SELECT d.sku, sum(d.wanted) AS units, sum(least(d.pegged, d.wanted)) AS pegged,
               count(DISTINCT d.order_id) AS orders
          FROM open_demand d
         WHERE d.merchant = :merchant AND d.wanted > 0 AND {ITS_ORDER_IS_HERE}
         GROUP BY d.sku ORDER BY units DESC, d.sku LIMIT :most) w
  JOIN product p ON p.merchant = :merchant AND p.sku = w.sku
 ORDER BY w.units DESC, w.sku
"""  # noqa: S608 -- a constant

DUE = """
SELECT u.document AS number, u.kind, min(u.expected_on) AS expected_on,
       min(u.expected_on) < :today AS overdue, sum(u.outstanding) AS outstanding,
       sum(least(u.pegged, u.outstanding)) AS pegged
  FROM inbound_supply u
 WHERE u.merchant = :merchant AND u.expected_on <= :until
   AND (CAST(:places AS text[]) IS NULL OR u.location = ANY(:places))
 GROUP BY u.kind, u.document ORDER BY min(u.expected_on), u.document LIMIT :most
"""

A_WEEK = timedelta(days=7)
MOST_SKUS, MOST_DUE = 10, 20
LONG_AGO = timedelta(days=36_500)


def read_board(tx: Tx, places: Sequence[str] | None) -> BoardView:
    """What is open, what waits and since when, for what, and what is due within a week.

    Of what has to do with these places, or of all where they are None. A fixed number of
    statements, whose work grows with what is open: for who asks often it is to be kept a while.
    """
    today = merchant_today(tx)
    where: dict[str, Any] = {
        "merchant": tx.merchant,
        "places": None if places is None else list(places),
    }
    begins = [tx.now - timedelta(days=days) for days in CLASSES]
    stages = tx.ask(STAGES, **where)
    ages = tx.ask(
        AGES,
        days=list(CLASSES),
        since=[*begins[1:], tx.now - LONG_AGO],
        until=[tx.now + LONG_AGO, *begins[1:]],
        **where,
    )
    waited_for = tx.ask(WAITED_FOR, today=today, most=MOST_SKUS, **where)
    due = tx.ask(DUE, today=today, until=today + A_WEEK, most=MOST_DUE, **where)
    return BoardView(
        at=tx.now,
        stages=tuple(map(rows_as(StageView), stages.rows())),
        ages=tuple(map(rows_as(AgeView), ages.rows())),
        waited_for=tuple(map(rows_as(WaitedForView), waited_for.rows())),
        due=tuple(map(rows_as(DueView), due.rows())),
    )
