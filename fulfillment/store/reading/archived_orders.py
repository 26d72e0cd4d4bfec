"""Lists of archived orders, which are in no other list."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.archived_orders import ArchivedOrderView
from fulfillment.store.transactions.archived import named
from fulfillment.store.transactions.session import Tx

LAST_FINISHED_FIRST = Sort(
    ("a.finished_at", "a.order_id"), ("timestamptz", "bigint"), descending=True
)

LIST = """
SELECT a.number, a.status, a.placed_at, a.finished_at, a.archived_at,
       to_char(a.month, 'YYYY-MM') AS month,
       NOT EXISTS (SELECT FROM archived_rows r
                    WHERE r.month = a.month AND r.order_id = a.order_id) AS taken_away, {keys}
  FROM archived_order a
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

FOUND = """
a.order_id IN (
    SELECT f.order_id FROM archived_order f WHERE f.merchant = :merchant AND f.number = :q
    UNION ALL
    SELECT f.order_id FROM archived_order f WHERE f.names @> ARRAY[CAST(:tracking AS text)]
    UNION ALL
    SELECT f.order_id FROM archived_rows f WHERE lower(f.customer ->> 'reference') = lower(:q)
       AND f.customer ->> 'reference' IS NOT NULL)
"""
"""By the whole number, reference or tracking number: an index of their parts would be as large
as the archive."""

IS_AT = """
EXISTS (
    SELECT FROM archived_rows f
     WHERE f.month = a.month AND f.order_id = a.order_id AND (
           f.packed #>> '{orders,0,lock_location}' = ANY(:places)
        OR f.packed #>> '{orders,0,pickup_location}' = ANY(:places)
        OR EXISTS (SELECT FROM json_array_elements(f.packed -> 'order_line') l
                    WHERE l ->> 'source_location' = ANY(:places))
        OR EXISTS (SELECT FROM json_array_elements(f.packed -> 'shipment') s
                    WHERE s ->> 'location' = ANY(:places) AND s ->> 'status' <> 'reassigned')))
"""
"""As `places.ORDER_IS_AT` has it. Rows that were taken away are nowhere."""

ARCHIVED = Listing(
    LIST,
    LAST_FINISHED_FIRST,
    rows_as(ArchivedOrderView),
    {"q": FOUND, "month": "a.month = CAST(:month AS date)", "places": IS_AT},
    always=("a.merchant = :merchant",),
)


@dataclass(frozen=True, slots=True)
class ArchivedFilter:
    """Which archived orders; what is None is not asked about.

    `q` is a whole number, customer's reference or tracking number, `month` the first day of one.
    """

    q: str | None = None
    month: date | None = None
    places: Sequence[str] | None = None


def list_archived(tx: Tx, asked: ArchivedFilter, window: Window) -> Page[ArchivedOrderView]:
    """One page of the merchant's archived orders, the one that finished last first."""
    return ARCHIVED.page(tx, window, asdict(asked), tracking=named("tracking", asked.q))


@dataclass(frozen=True, slots=True)
class ArchivedMonth:
    """How many orders were archived in a month, and of how many merchants."""

    month: str
    orders: int
    merchants: int
    taken_away: bool

    @property
    def plain(self) -> dict[str, object]:
        """As plain data."""
        return asdict(self)


MONTHS = """
SELECT to_char(m.month, 'YYYY-MM') AS month, m.orders, m.merchants,
       NOT EXISTS (SELECT FROM archived_rows r WHERE r.month = m.month) AS taken_away
  FROM (SELECT month, count(*) AS orders, count(DISTINCT merchant) AS merchants
          FROM archived_order GROUP BY month) m
 ORDER BY m.month
"""


def archived_months(tx: Tx) -> list[ArchivedMonth]:
    """What is archived, of all merchants, month by month."""
    return [ArchivedMonth(*row) for row in tx.rows(MONTHS)]


def some_archived(tx: Tx, most: int) -> list[int]:
    """Some orders that can be brought back, by id."""
    rows = tx.rows(
        "SELECT order_id FROM archived_rows ORDER BY month, order_id LIMIT :most", most=most
    )
    return [row.order_id for row in rows]
