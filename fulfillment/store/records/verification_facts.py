"""What the verification checks ask of the database: yes and no, never the data itself."""

from collections.abc import Collection

from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.verification import VerificationFacts
from fulfillment.store.records.loading import load_settings
from fulfillment.store.transactions.dialogue import Question
from fulfillment.store.transactions.session import Tx

TWIN = """
(SELECT twin.number FROM order_customer other JOIN orders twin ON twin.id = other.order_id
  WHERE {which}
    AND twin.merchant = o.merchant AND twin.intake_seq < o.intake_seq
    AND twin.status NOT IN ('cancelled', 'rejected')
    AND (SELECT array_agg((l.sku, l.ordered) ORDER BY l.sku, l.ordered)
           FROM order_line l WHERE l.order_id = twin.id)
      = (SELECT array_agg((l.sku, l.ordered) ORDER BY l.sku, l.ordered)
           FROM order_line l WHERE l.order_id = o.id)
  ORDER BY twin.id LIMIT 1)
"""

BY_REFERENCE = TWIN.format(
    which="other.reference = c.reference AND twin.placed_on = o.placed_on",
)

BY_ADDRESS = TWIN.format(
    which="md5(lower(other.address::text)) = md5(lower(c.address::text))"
    " AND lower(other.address::text) = lower(c.address::text)"
    " AND other.address <> '{}'::jsonb AND c.address <> '{}'::jsonb"
    " AND twin.placed_at BETWEEN o.placed_at - interval '24 hours'"
    " AND o.placed_at + interval '24 hours'",
)
"""The same name and address, in capitals or not; hours, since a night may lie between the two."""

FACTS = f"""
SELECT o.id, coalesce(c.address, '{{}}'::jsonb) <> '{{}}'::jsonb AS has_address,
       o.pickup_location IS NOT NULL AS is_picked_up,
       {BY_REFERENCE} AS looks_like,
       CASE WHEN coalesce(o.policy ->> 'duplicates', :duplicates) = 'address'
            THEN {BY_ADDRESS} END AS same_address_as
  FROM orders o LEFT JOIN order_customer c ON c.order_id = o.id
 WHERE o.merchant = :merchant AND o.id = ANY(:orders)
"""  # noqa: S608 -- constants


def ask_for_facts(tx: Tx, orders: Collection[int]) -> Question:
    """Ask what is known of each order's address, and of orders like it."""
    duplicates = resolve(*load_settings(tx)).duplicates
    return tx.ask(FACTS, merchant=tx.merchant, orders=list(orders), duplicates=duplicates)


def facts_of(asked: Question) -> dict[int, VerificationFacts]:
    """What was asked, by order."""
    return {
        row.id: VerificationFacts(
            row.has_address, row.is_picked_up, row.looks_like, row.same_address_as
        )
        for row in asked.rows()
    }
