"""The payment axis of an order, and what has to be done at the provider."""

from fulfillment.domain.model.payments import is_settled, payment_status
from fulfillment.store.planning.opening import order_id
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.payments import PaymentAxis, PaymentEntryView, PaymentsView
from fulfillment.store.records.payment_ledgers import load_payments
from fulfillment.store.transactions.session import Tx

OLDEST_FIRST = Sort(("p.id",), ("bigint",))

LIST = """
SELECT p.id, o.number AS order, s.number AS shipment, p.kind,
       CASE WHEN p.withdrawn THEN 'withdrawn' ELSE p.status END AS status, p.amount_minor,
       p.currency, p.reference, p.reason, p.actor, p.at, p.settled_at, {keys}
  FROM payment_entry p JOIN orders o ON o.id = p.order_id LEFT JOIN shipment s ON s.id = p.shipment
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

MOST_OF_ORDER = 1_000


def read_payments(tx: Tx, number: str) -> PaymentsView:
    """The entries of an order, the first one first, and where its payment stands by them."""
    order = order_id(tx, number)
    entries = ENTRIES.page(tx, Window(MOST_OF_ORDER), {"order": order})
    return PaymentsView(order=number, payment=read_axis(tx, order), items=tuple(entries.items))


def read_axis(tx: Tx, order: int) -> PaymentAxis:
    """Where an order's payment stands, and whether the order is complete: shipped and paid.

    What was invoiced and still waits for stock is not complete (behaviour.md §1).
    """
    payment = load_payments(tx, [order])[order]
    amounts = payment.amounts
    is_paid = is_settled(amounts, payment.value_minor if payment.is_shipped else 0)
    return PaymentAxis(
        status=payment_status(amounts, payment.value_minor),
        invoiced=amounts.invoiced > 0,
        is_complete=payment.is_finished and is_paid,
        currency=payment.currency,
        value_minor=payment.value_minor,
        invoiced_minor=amounts.invoiced,
        authorised_minor=max(amounts.authorised - amounts.voided, 0),
        captured_minor=amounts.captured,
        refunded_minor=amounts.refunded,
        refund_due_minor=amounts.refund_due,
        void_due_minor=amounts.void_due,
    )


def list_payments(tx: Tx, window: Window, status: str | None = None) -> Page[PaymentEntryView]:
    """The merchant's entries, those first that have waited longest."""
    return ENTRIES.page(tx, window, {"status": status})


STATUS = (
    "CASE WHEN p.withdrawn THEN 'withdrawn' ELSE p.status END = CAST(:status AS text)"
    " AND (p.status = 'due' OR CAST(:status AS text) <> 'due')"
    " AND (p.status = 'failed' OR CAST(:status AS text) NOT IN ('failed', 'withdrawn'))"
)

ENTRIES = Listing(
    LIST,
    OLDEST_FIRST,
    rows_as(PaymentEntryView),
    {"order": "p.order_id = :order", "status": STATUS},
    always=("p.merchant = :merchant",),
)
