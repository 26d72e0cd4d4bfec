"""The payments of orders as values, a fixed number of queries for any number of them."""

from collections.abc import Collection
from dataclasses import dataclass

from fulfillment.domain.model.payments import (
    Amounts,
    EntryStatus,
    PaymentEntry,
    PaymentKind,
    amounts_of,
)
from fulfillment.store.transactions.session import Tx

SUMS = """
SELECT o.id, o.status, o.currency, o.finished_at IS NOT NULL AS finished,
       coalesce(v.value, 0)::bigint AS value, v.priced, e.entries
  FROM orders o
  LEFT JOIN LATERAL (
       SELECT sum((l.ordered - l.cancelled) * l.unit_price_minor) AS value,
              count(l.unit_price_minor) > 0 AS priced
         FROM order_line l WHERE l.order_id = o.id) v ON true
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_array(p.kind, p.status, p.amount_minor) ORDER BY p.id)
                  AS entries
         FROM payment_entry p WHERE p.order_id = o.id) e ON true
 WHERE o.merchant = :merchant AND o.id = ANY(:orders)
"""


@dataclass(frozen=True, slots=True)
class OrderPayment:
    """The sums of an order's entries, and what its units that are not cancelled cost."""

    amounts: Amounts
    value_minor: int | None
    currency: str
    is_shipped: bool
    is_finished: bool


def load_payments(tx: Tx, orders: Collection[int]) -> dict[int, OrderPayment]:
    """The payments of these orders, by id."""
    found = {}
    for row in tx.rows(SUMS, merchant=tx.merchant, orders=list(orders)):
        entries = (
            PaymentEntry(PaymentKind(kind), EntryStatus(status), amount)
            for kind, status, amount in row.entries or ()
        )
        value = int(row.value) if row.priced else None
        found[row.id] = OrderPayment(
            amounts_of(entries), value, row.currency, row.status == "shipped", row.finished
        )
    return found
