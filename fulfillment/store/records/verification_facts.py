"""What the verification checks ask of the database: yes and no, never the data itself."""

from collections.abc import Collection

from fulfillment.domain.model.verification import VerificationFacts
from fulfillment.store.transactions.session import Tx

FACTS = """
SELECT o.id, coalesce(c.address, '{}'::jsonb) <> '{}'::jsonb AS has_address,
       o.pickup_location IS NOT NULL AS is_picked_up,
       (SELECT twin.number FROM order_customer other JOIN orders twin ON twin.id = other.order_id
         WHERE c.reference IS NOT NULL AND other.reference = c.reference
           AND twin.merchant = o.merchant AND twin.intake_seq < o.intake_seq
           AND twin.placed_on = o.placed_on
           AND twin.status NOT IN ('cancelled', 'rejected')
           AND (SELECT array_agg((l.sku, l.ordered) ORDER BY l.sku, l.ordered)
                  FROM order_line l WHERE l.order_id = twin.id)
             = (SELECT array_agg((l.sku, l.ordered) ORDER BY l.sku, l.ordered)
                  FROM order_line l WHERE l.order_id = o.id)
         ORDER BY twin.id LIMIT 1) AS looks_like
  FROM orders o LEFT JOIN order_customer c ON c.order_id = o.id
 WHERE o.merchant = :merchant AND o.id = ANY(:orders)
"""


def verification_facts(tx: Tx, orders: Collection[int]) -> dict[int, VerificationFacts]:
    """What is known of each order's address, and of orders like it."""
    rows = tx.rows(FACTS, merchant=tx.merchant, orders=list(orders))
    return {
        row.id: VerificationFacts(row.has_address, row.is_picked_up, row.looks_like) for row in rows
    }
