"""The payments of orders as values, a fixed number of queries for any number of them."""

from collections.abc import Collection
from dataclasses import dataclass

from fulfillment.domain.model.payments import (
    Amounts,
    EntryStatus,
    PaymentEntry,
    PaymentKind,
    Worth,
    amounts_of,
)
from fulfillment.store.transactions.session import Tx

SUMS = """
SELECT o.id, o.status, o.currency, o.finished_at IS NOT NULL AS finished,
       coalesce(v.value, 0)::bigint AS value, v.priced,
       coalesce(v.cancelled, 0)::bigint AS cancelled, v.known, v.is_over, e.entries
  FROM orders o
  LEFT JOIN LATERAL (
       SELECT sum((l.ordered - l.cancelled)::numeric * l.unit_price_minor) AS value,
              count(l.unit_price_minor) > 0 AS priced,
              bool_and(l.unit_price_minor IS NOT NULL OR l.ordered = l.cancelled) AS known,
              sum(l.cancelled::numeric * l.unit_price_minor) AS cancelled,
              sum(l.ordered - l.cancelled - l.shipped) = 0 AS is_over
         FROM order_line l WHERE l.order_id = o.id) v ON true
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_array(
                   p.kind, CASE WHEN p.withdrawn THEN 'withdrawn' ELSE p.status END,
                   p.amount_minor, p.id, p.asks > 0, p.cause LIKE 'released:%') ORDER BY p.id)
                  AS entries
         FROM payment_entry p WHERE p.order_id = o.id) e ON true
 WHERE o.merchant = :merchant AND o.id = ANY(:orders)
"""


@dataclass(frozen=True, slots=True)
class OrderPayment:
    """The entries of an order, their sums, and what its units that are not cancelled are worth."""

    entries: tuple[PaymentEntry, ...]
    amounts: Amounts
    worth: Worth
    currency: str
    is_shipped: bool
    is_finished: bool

    @property
    def value_minor(self) -> int | None:
        """What its units that are not cancelled cost; None where no line has a price."""
        return self.worth.value_minor


def load_payments(tx: Tx, orders: Collection[int]) -> dict[int, OrderPayment]:
    """The payments of these orders, by id."""
    found = {}
    for row in tx.rows(SUMS, merchant=tx.merchant, orders=list(orders)):
        entries = tuple(
            PaymentEntry(PaymentKind(kind), EntryStatus(status), amount, id_, asked, renews)
            for kind, status, amount, id_, asked, renews in row.entries or ()
        )
        value = int(row.value) if row.priced else None
        found[row.id] = OrderPayment(
            entries,
            amounts_of(entries),
            Worth(value, bool(row.known), int(row.cancelled), bool(row.is_over)),
            row.currency,
            row.status == "shipped",
            row.finished,
        )
    return found
