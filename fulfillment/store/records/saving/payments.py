"""What a change of orders makes due at the payment provider: refunds, and authorisations anew.

All ways in which units are cancelled, and in which shipments are released, come together here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fulfillment.domain.model.orders import OrderEvent
from fulfillment.domain.model.payments import PaymentKind, reauthorisation, refund_for
from fulfillment.store.records.payment_ledgers import OrderPayment, load_payments
from fulfillment.store.records.saving.changes import Change
from fulfillment.store.records.saving.releases import ends_a_backorder
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class _Due:
    """An entry that is due; its cause makes it once for an order."""

    order: int
    kind: PaymentKind
    amount_minor: int
    cause: str


def write_payments(tx: Tx, changes: Sequence[Change]) -> list[OrderEvent]:
    """Write what is due because of these changes; what their histories tell of it."""
    concerned = [
        change for change in changes if _cancelled_minor(change) or _is_to_be_reauthorised(change)
    ]
    if not concerned:
        return []
    payments = load_payments(tx, [change.after.id for change in concerned])
    due = [entry for change in concerned for entry in _due(change, payments[change.after.id])]
    if due:
        _insert(tx, due)
    return [
        OrderEvent(entry.order, f"{entry.kind}_due", {"amount_minor": entry.amount_minor})
        for entry in due
    ]


def _due(change: Change, payment: OrderPayment) -> Iterator[_Due]:
    order, seq = change.after.id, change.after.wake_seq
    back = refund_for(payment.amounts, _cancelled_minor(change), payment.value_minor or 0)
    if back:
        yield _Due(order, PaymentKind.REFUND, back, f"cancelled:{seq}")
    if _is_to_be_reauthorised(change):
        void, authorise = reauthorisation(payment.amounts, payment.value_minor)
        if void:
            yield _Due(order, PaymentKind.VOID, void, f"released:{seq}")
        if authorise:
            yield _Due(order, PaymentKind.AUTHORISE, authorise, f"released:{seq}")


def _cancelled_minor(change: Change) -> int:
    """What the units cost that this change cancels."""
    known = {line.number: line.cancelled for line in change.before.lines}
    return sum(
        (line.cancelled - known.get(line.number, 0)) * (line.unit_price_minor or 0)
        for line in change.after.lines
    )


def _is_to_be_reauthorised(change: Change) -> bool:
    return change.after.terms.reauthorise and ends_a_backorder(change)


def _insert(tx: Tx, due: Sequence[_Due]) -> None:
    tx.run(
        INSERT,
        merchant=tx.merchant,
        orders=[entry.order for entry in due],
        kinds=[entry.kind for entry in due],
        amounts=[entry.amount_minor for entry in due],
        causes=[entry.cause for entry in due],
        actor=tx.actor,
        reason=tx.reason,
        now=tx.now,
    )


INSERT = """
INSERT INTO payment_entry (merchant, order_id, kind, status, amount_minor, currency, cause, reason,
                           actor, at)
SELECT :merchant, o.id, d.kind, 'due', d.amount, o.currency, d.cause, :reason, :actor, :now
  FROM unnest(CAST(:orders AS bigint[]), CAST(:kinds AS text[]), CAST(:amounts AS bigint[]),
              CAST(:causes AS text[])) WITH ORDINALITY AS d(order_id, kind, amount, cause, n)
  JOIN orders o ON o.id = d.order_id
 ORDER BY d.n
ON CONFLICT (order_id, kind, cause) DO NOTHING
"""
