"""What is due at the payment provider, written where an order or its ledger changes.

All ways in which units are cancelled, added and released come together here, and so does what is
recorded and settled: what is due follows from the state, never from what came first.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from fulfillment.domain.model.orders import Order, OrderEvent
from fulfillment.domain.model.payments import (
    PaymentKind,
    corrected,
    reauthorisation,
    what_is_due,
)
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
    renewed = {change.after.id for change in changes if _is_to_be_reauthorised(change)}
    worth = {change.after.id for change in changes if _worth(change.before) != _worth(change.after)}
    return write_due(tx, worth | renewed, renewed)


def write_due(tx: Tx, orders: Collection[int], renewed: Collection[int] = ()) -> list[OrderEvent]:
    """Make the ledgers of these orders say what is due now; what their histories tell of it.

    The orders are locked, and stored as they are now. Of those that are `renewed`, the open
    authorisation is taken to be too old.
    """
    if not orders:
        return []
    # Whoever is about to ask for an entry has it before, or finds it as it is left here.
    if not (paid := {row.order_id for row in tx.rows(LOCK, orders=list(orders))}):
        return []  # Where nothing was authorised or captured, nothing is due.
    payments = load_payments(tx, paid)
    due: list[_Due] = []
    withdrawn: list[int] = []
    told: list[OrderEvent] = []
    for order in sorted(payments):
        added, gone = _correction(order, payments[order], is_renewed=order in renewed)
        due += added
        withdrawn += gone
        told += _told(order, payments[order], added, gone)
    if withdrawn:
        tx.run(WITHDRAW, ids=withdrawn, now=tx.now)
    if due:
        _insert(tx, due)
    return told


def _correction(
    order: int, payment: OrderPayment, *, is_renewed: bool
) -> tuple[list[_Due], tuple[int, ...]]:
    due = what_is_due(payment.amounts, payment.worth)
    if is_renewed and not payment.worth.is_over:
        void, authorise = reauthorisation(payment.amounts, payment.value_minor)
        due[PaymentKind.VOID] += void
        if void:
            before = due[PaymentKind.AUTHORISE] if payment.value_minor is None else 0
            due[PaymentKind.AUTHORISE] = before + authorise
    correction = corrected(payment.entries, due)
    last = max((entry.id for entry in payment.entries), default=0)
    return [
        _Due(order, kind, amount, f"{_cause(kind, payment)}:{last}")
        for kind, amount in correction.added
    ], correction.withdrawn


def _cause(kind: PaymentKind, payment: OrderPayment) -> str:
    """Only a release makes an authorisation due, and a void while something is left to ship."""
    return "due" if kind is PaymentKind.REFUND or payment.worth.is_over else "released"


def _told(
    order: int, payment: OrderPayment, added: Sequence[_Due], gone: Collection[int]
) -> Iterator[OrderEvent]:
    for entry in added:
        yield OrderEvent(order, f"{entry.kind}_due", {"amount_minor": entry.amount_minor})
    replaced = {entry.kind for entry in added}
    for known in payment.entries:
        if known.id in gone and known.kind not in replaced:
            facts: dict[str, object] = {"payment": known.kind, "amount_minor": known.amount_minor}
            yield OrderEvent(order, "payment_withdrawn", facts)


def _worth(order: Order) -> object:
    """What the payment depends on: units and prices, and whether anything is left to ship."""
    lines = [
        (line.number, line.ordered, line.cancelled, line.unit_price_minor) for line in order.lines
    ]
    return lines, all(line.ordered == line.cancelled + line.shipped for line in order.lines)


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

WITHDRAW = """
UPDATE payment_entry SET status = 'failed', withdrawn = true, settled_at = :now
 WHERE id = ANY(:ids) AND status = 'due'
"""

LOCK = """
SELECT order_id FROM payment_entry WHERE order_id = ANY(:orders) ORDER BY id FOR NO KEY UPDATE
"""
