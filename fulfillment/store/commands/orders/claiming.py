"""The first claim of an order for which somebody waits."""

import structlog

from fulfillment.store.planning.first_claims import claim_next
from fulfillment.store.transactions.session import Store, Tx

log = structlog.get_logger(__name__)

OTHERS = """
SELECT 1 FROM order_line mine
  JOIN open_demand d ON d.merchant = :merchant AND d.sku = mine.sku AND d.gate = 'first'
   AND d.order_id <> mine.order_id
 WHERE mine.order_id = :order LIMIT 1
"""


def claim_at_once(store: Store, merchant: str, order: int | None) -> None:
    """Make the first claim of an order, unless other newcomers stand in its queues.

    Its workflow asks for the claim as well; it is made once, whoever comes first. Where many come
    together their claims are better made together, which workers do (docs/adr/0030). What fails
    here is tried again there.
    """
    if order is None:
        return
    try:
        if store.read(merchant, lambda tx: _is_alone(tx, order)):
            claim_next(store, merchant, [order])
    except Exception as error:  # the order is taken, and is claimed for all the same
        log.warning("claim_left_to_worker", merchant=merchant, error=type(error).__name__)


def _is_alone(tx: Tx, order: int) -> bool:
    return not tx.rows(OTHERS, merchant=tx.merchant, order=order)
