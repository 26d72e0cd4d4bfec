"""Returns, newest first."""

from dataclasses import asdict, dataclass

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.moves import ReturnLineView, ReturnSummary, ReturnView
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("t.id",), ("bigint",), descending=True)

READ = """
SELECT t.number, t.location, o.number AS order, t.status, t.reason, t.expected_on, t.created_at,
       l.line, u.sku, l.order_line, u.ordered AS units, u.received, u.closed,
       u.outstanding,
       u.pegged,
       coalesce((SELECT jsonb_object_agg(c.disposition, c.units) FROM (
           SELECT rl.disposition, sum(rl.units) AS units
             FROM receipt_line rl JOIN receipt r ON r.id = rl.receipt
            WHERE rl.supply = u.id AND r.reversed_at IS NULL
            GROUP BY rl.disposition) c), '{}'::jsonb) AS came
  FROM customer_return t JOIN return_line l ON l.customer_return = t.id
  JOIN supply u ON u.id = l.supply LEFT JOIN orders o ON o.id = t.order_id
 WHERE t.merchant = :merchant AND t.number = :number ORDER BY l.line
"""

LIST = """
SELECT t.number, t.location, o.number AS order, t.status, t.reason, t.expected_on, t.created_at,
       s.line_count, s.units, s.received, s.closed, s.pegged, {keys}
  FROM customer_return t LEFT JOIN orders o ON o.id = t.order_id
 CROSS JOIN LATERAL (
       SELECT count(*) AS line_count, sum(u.ordered)::bigint AS units,
              sum(u.received)::bigint AS received, sum(u.closed)::bigint AS closed,
              sum(u.pegged)::bigint AS pegged
         FROM return_line l JOIN supply u ON u.id = l.supply WHERE l.customer_return = t.id) s
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

FILTERS = {
    "statuses": "t.status = ANY(:statuses)",
    "order": "t.order_id = (SELECT id FROM orders WHERE merchant = :merchant AND number = :order)",
    "places": "t.location = ANY(:places)",
    "sku": "EXISTS (SELECT 1 FROM return_line f JOIN supply fu ON fu.id = f.supply"
    " WHERE f.customer_return = t.id AND fu.sku = :sku)",
}


@dataclass(frozen=True, slots=True)
class ReturnFilter:
    """Which returns are asked for; what is not named is not asked."""

    statuses: list[str] | None = None
    order: str | None = None
    sku: str | None = None
    places: list[str] | None = None


def returned_of(tx: Tx, order: int) -> dict[str, int]:
    """Units by SKU that came back of an order, or are announced to."""
    rows = tx.rows(
        "SELECT u.sku, sum(u.ordered - u.closed)::int AS units FROM customer_return t"
        " JOIN return_line l ON l.customer_return = t.id JOIN supply u ON u.id = l.supply"
        " WHERE t.order_id = :order GROUP BY u.sku",
        order=order,
    )
    return {row.sku: row.units for row in rows}


def read_return(tx: Tx, number: str) -> ReturnView:
    """One return: what comes back, and what came of each line by what was made of it."""
    rows = tx.rows(READ, merchant=tx.merchant, number=number)
    if not rows:
        raise missing("return", number)
    return view(ReturnView, rows[0], lines=tuple(map(rows_as(ReturnLineView), rows)))


def list_returns(tx: Tx, window: Window, which: ReturnFilter) -> Page[ReturnSummary]:
    """One page of the merchant's returns, ended ones too."""
    return RETURNS.page(tx, window, asdict(which))


RETURNS = Listing(
    LIST, NEWEST_FIRST, rows_as(ReturnSummary), FILTERS, always=("t.merchant = :merchant",)
)
