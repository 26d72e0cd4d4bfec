"""Dispatches that were taken back: what had not left after all, and when that was said."""

from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.shipments import VoidedDispatch
from fulfillment.store.transactions.session import Tx

MOST = 100
"""Of one order; a dispatch that is voided again and again is a fault of whoever does it."""

VOIDED = """
SELECT CAST(h.facts ->> 'shipment' AS integer) AS shipment,
       CAST(h.facts ->> 'units' AS integer) AS units, h.at
  FROM happening h JOIN orders o ON o.id = h.order_id
 WHERE o.merchant = :merchant AND o.number = :number AND h.kind = 'dispatch_voided'
 ORDER BY h.sequence LIMIT :most
"""


def read_voided_dispatches(tx: Tx, number: str) -> list[VoidedDispatch]:
    """Those of one order, the first one first; none where there is no such order."""
    rows = tx.rows(VOIDED, merchant=tx.merchant, number=number, most=MOST)
    return list(map(rows_as(VoidedDispatch), rows))
