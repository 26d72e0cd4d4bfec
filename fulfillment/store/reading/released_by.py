"""Which orders a purchase order will release: those that wait for it, in rank order."""

from collections.abc import Sequence

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.purchasing import ReleasedOrder
from fulfillment.store.transactions.session import Tx

BY_RANK = Sort(("o.priority", "o.placed_at", "o.intake_seq"), ("int", "timestamptz", "bigint"))

LIST = """
WITH tied AS MATERIALIZED (
    SELECT g.order_id, sum(g.units)::bigint AS units,
           coalesce(sum(g.units) FILTER (WHERE g.pinned), 0)::bigint AS pinned,
           max(u.expected_on) AS expected_on
      FROM purchase_order_line l JOIN supply u ON u.id = l.supply
      JOIN peg g ON g.supply = u.id
     WHERE l.purchase_order = :purchase_order GROUP BY g.order_id
), page AS MATERIALIZED (
    SELECT o.id, o.number, o.status, o.priority, o.placed_at, o.intake_seq, tied.units,
           tied.pinned, tied.expected_on, {keys}
      FROM tied JOIN orders o ON o.id = tied.order_id
     WHERE {conditions} ORDER BY {order_by} LIMIT :most
)
SELECT o.*, o.number AS "order", missing.units AS waiting, o.units >= missing.units AS completes
  FROM page o
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(sl.units - coalesce(a.units, 0)), 0)::bigint AS units
         FROM shipment s JOIN shipment_line sl ON sl.shipment = s.id
         LEFT JOIN LATERAL (SELECT sum(units) AS units FROM allocation
                             WHERE shipment_line = sl.id) a ON true
        WHERE s.order_id = o.id AND s.status IN ('backorder', 'future', 'ready')) missing
 ORDER BY {order_by}
"""
"""What else an order waits for is only asked of those on the page."""


def list_orders_of(
    tx: Tx, number: str, window: Window, places: Sequence[str] | None = None
) -> Page[ReleasedOrder]:
    """A page of the orders with pegs on a purchase order, of those that touch some locations.

    `completes` says that nothing of the order waits beyond what this purchase order brings it.
    """
    found = tx.rows(
        "SELECT id FROM purchase_order WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not found:
        raise missing("purchase order", number)
    return ORDERS.page(tx, window, {"places": places}, purchase_order=found[0].id)


ORDERS = Listing(LIST, BY_RANK, rows_as(ReleasedOrder), {"places": ORDER_IS_AT})
