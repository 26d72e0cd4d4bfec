"""Lists by a date, where most orders are finished: one list, and never sorted whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fulfillment.store.reading.orders import BY_DATE, OrderFilter, list_orders
from fulfillment.store.reading.paging import Window
from fulfillment.store.records.days import LEAVE_BY
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.store.reading.explained import Explained

SOME, MANY, OPEN, SHOWN = 1_200, 12_000, 40, 20
pytestmark = pytest.mark.new_database

MOST_BLOCKS = 200
FAR = 1_000_000

COPIES = """
INSERT INTO orders OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(o, jsonb_build_object(
           'id', :far + o.id * :far + n, 'intake_seq', :far + o.id * :far + n,
           'number', CAST(:prefix AS text) || n,
           'ship_by', CASE WHEN n % 3 > 0 THEN DATE '2030-01-01' + n * 7 % 401 END,
           'deliver_by', CASE WHEN n % 5 > 0 THEN DATE '2030-01-01' + n * 5 % 397 END,
           'transit_days', CASE WHEN n % 2 > 0 THEN n % 4 END,
           'target_ship_on', CASE WHEN n % 7 > 0 THEN DATE '2030-01-01' + n * 11 % 409 END))).*
  FROM orders o CROSS JOIN generate_series(1, :copies) n WHERE o.number = :number
"""

LINES = """
INSERT INTO order_line
SELECT (jsonb_populate_record(l, jsonb_build_object('order_id', c.id))).*
  FROM orders o JOIN order_line l ON l.order_id = o.id
  JOIN orders c ON c.id / :far = o.id + 1 AND c.id % :far > 0 WHERE o.number = :number
"""


class EnoughError(Exception):
    """What was tried is to be forgotten: these orders have no lines."""


def among(warehouse: Warehouse, finished: int, look: Callable[[Tx], None]) -> None:
    """Look at a few orders that wait among many that were cancelled, with all kinds of dates."""
    gone = warehouse.order([("K1", 5)], number="GONE")
    warehouse.cancel(gone)
    warehouse.order([("K1", 5)], number="WAITS")

    def body(tx: Tx) -> None:
        for number, prefix, copies in (("WAITS", "W-", OPEN), ("GONE", "G-", finished)):
            tx.run(COPIES, number=number, prefix=prefix, copies=copies, far=FAR)
            tx.run(LINES, number=number, far=FAR)
        tx.run("ANALYZE orders")
        tx.run("ANALYZE order_line")
        look(tx)
        raise EnoughError

    with pytest.raises(EnoughError):
        warehouse.store.transact(MERCHANT, body)


def pages(tx: Tx, sort: str, asked: OrderFilter) -> list[str]:
    """All that the list has, page by page, and the same once more from its end."""
    found: list[str] = []
    window = Window(500)
    while True:
        page = list_orders(tx, asked, sort, window)
        found += [one.number for one in page.items]
        if page.next_key is None:
            break
        window = Window(500, page.next_key)
    back = [one.number for one in page.items]
    while page.previous_key is not None:
        page = list_orders(tx, asked, sort, Window(500, page.previous_key, backwards=True))
        back = [one.number for one in page.items] + back
    assert back == found
    return found


BY = """
SELECT o.number FROM orders o WHERE o.merchant = :merchant AND {which}
 ORDER BY coalesce({date}, DATE '9999-12-31'), o.id
"""
DATE_OF = {"ship_by": LEAVE_BY, "target_ship_on": "o.target_ship_on", "ready_since": "NULL::date"}


@pytest.mark.parametrize("sort", sorted(BY_DATE))
def test_finished_and_open_orders_are_one_list_in_the_order_of_their_dates(
    warehouse: Warehouse, sort: str
) -> None:
    def look(tx: Tx) -> None:
        since = tx.now - timedelta(days=1)
        for asked, which in (
            (OrderFilter(placed_from=since), "true"),
            (OrderFilter(statuses=("cancelled",)), "o.status = 'cancelled'"),
        ):
            sql = BY.format(which=which, date=DATE_OF[sort])
            expected = [row.number for row in tx.rows(sql, merchant=tx.merchant)]
            assert pages(tx, sort, asked) == expected

    among(warehouse, SOME, look)


@pytest.mark.parametrize("sort", sorted(BY_DATE))
def test_a_page_by_a_date_looks_at_few_orders_of_many_that_are_finished(
    warehouse: Warehouse, sort: str
) -> None:
    def look(tx: Tx) -> None:
        for asked in (OrderFilter(), OrderFilter(statuses=("cancelled",))):
            explained: Any = Explained(tx)
            page = list_orders(explained, asked, sort, Window(SHOWN))
            assert len(page.items) == SHOWN
            assert explained.blocks <= MOST_BLOCKS

    among(warehouse, MANY, look)
