"""Orders that somebody named: as they were seen, and what their customers call them."""

from collections.abc import Sequence

from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.chosen_orders import ChosenOrder
from fulfillment.store.transactions.session import Tx

CHOSEN = f"""
SELECT o.number, o.status, o.holds, o.wake_seq AS version,
       (SELECT count(*) FROM order_line l WHERE l.order_id = o.id) AS lines,
       CAST(:places AS text[]) IS NULL OR coalesce({ORDER_IS_AT}, false) AS is_here
  FROM orders o WHERE o.merchant = :merchant AND o.number = ANY(:numbers)
 ORDER BY o.priority, o.placed_at, o.intake_seq
"""  # noqa: S608 -- ORDER_IS_AT is a constant

REFERENCES = """
SELECT o.number, c.reference FROM orders o JOIN order_customer c ON c.order_id = o.id
 WHERE o.merchant = :merchant AND o.number = ANY(:numbers) AND c.reference IS NOT NULL
"""


def read_chosen(tx: Tx, numbers: Sequence[str], places: Sequence[str] | None) -> list[ChosenOrder]:
    """Those of these orders that somebody who works at these places sees, in rank order."""
    rows = tx.rows(
        CHOSEN,
        merchant=tx.merchant,
        numbers=list(numbers),
        places=None if places is None else list(places),
    )
    return [view(ChosenOrder, row) for row in rows if row.is_here]


def read_references(tx: Tx, numbers: Sequence[str]) -> dict[str, str]:
    """What the customers call these orders, by number, where they call them anything."""
    rows = tx.rows(REFERENCES, merchant=tx.merchant, numbers=list(numbers))
    return {row.number: row.reference for row in rows}
