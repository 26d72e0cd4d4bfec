"""The ledger of payments: what a person or the shop did, and how what is due was settled."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.model.orders import OrderEvent
from fulfillment.domain.model.payments import EntryStatus, PaymentEntry, PaymentKind, check_recorded
from fulfillment.domain.model.refusals import RefusedError, conflict, missing
from fulfillment.store.planning.opening import open_queues, order_id, skus_of_order
from fulfillment.store.reading.payments import read_payments
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.payments import PaymentsView
from fulfillment.store.records.payment_ledgers import load_payments
from fulfillment.store.records.saving import record
from fulfillment.store.records.saving.payments import write_due
from fulfillment.store.transactions.locks import lock_orders
from fulfillment.store.transactions.session import Command, Store, Tx, part_of_key


@dataclass(frozen=True, slots=True)
class NewPayment:
    """What happened with an order's payment; `reference` is the provider's own, never a card."""

    kind: PaymentKind
    amount_minor: int
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an entry that was due ended."""

    status: EntryStatus
    reference: str | None = None


def record_payment(store: Store, command: Command, number: str, new: NewPayment) -> PaymentsView:
    """Write down what was done. The same reference of the provider counts once for its kind.

    Whatever the key it comes with, and whether it was recorded before or settled: with the same
    amount it is the same payment, with another one a conflict.
    """

    def body(tx: Tx) -> PaymentsView:
        order = order_id(tx, number)
        _in_order(tx, order, lambda: _recorded(tx, order, new, command.key))
        return read_payments(tx, number)

    try:
        return execute_as(PaymentsView, store, command, body)
    except RefusedError as refusal:
        if refusal.code != "key_reused" or command.key != reference_key(number, new):
            raise
        raise _in_use(new.kind, str(new.reference)) from refusal


def reference_key(number: str, new: NewPayment) -> str:
    """The identity of what the provider has a name for."""
    return f"payment:{part_of_key(number)}:{new.kind}:{new.reference}"


def settle_payment(store: Store, command: Command, entry: int, settled: Settlement) -> PaymentsView:
    """Say how an entry that was due ended, once; a second time is refused.

    What the shop recorded under the same reference meanwhile is the same payment: then nothing is
    due any more, and what was recorded stands.
    """

    def body(tx: Tx) -> PaymentsView:
        rows = tx.rows(
            "SELECT p.order_id, o.number FROM payment_entry p JOIN orders o ON o.id = p.order_id"
            " WHERE p.id = :id AND p.merchant = :merchant",
            id=entry,
            merchant=tx.merchant,
        )
        if not rows:
            raise missing("payment", entry)
        order = int(rows[0].order_id)
        _in_order(tx, order, lambda: _settled(tx, order, entry, settled))
        return read_payments(tx, rows[0].number)

    return execute_as(PaymentsView, store, command, body)


def _in_order(tx: Tx, order: int, write: Callable[[], OrderEvent | None]) -> None:
    """Write an entry under the order's lock; where payments gate releases, plan it again.

    What it makes possible is released in the same transaction, and its workflow is told. Nothing
    is to be told of what was known before.
    """
    if not _gates_release(tx):
        lock_orders(tx, [order])
        _told(tx, order, write())
        return
    space = open_queues(tx, skus_of_order(tx, order), orders=[order])
    told = write()
    mine = space.after[order]
    if told is None or not mine.live:
        _told(tx, order, told)
        return
    record(tx, write_due(tx, [order]))
    terms = replace(mine.terms, secured_minor=load_payments(tx, [order])[order].amounts.secured)
    space.put(replace(mine, terms=terms).noted(told.kind, **told.facts))
    space.plan()
    space.save()


def _told(tx: Tx, order: int, told: OrderEvent | None) -> None:
    """Tell of the entry, and of what is due or is not due any more because of it."""
    if told:
        record(tx, [told, *write_due(tx, [order])])


def _gates_release(tx: Tx) -> bool:
    sql = "SELECT authorise_before_release AS first FROM merchant WHERE id = :merchant"
    return any(row.first for row in tx.rows(sql, merchant=tx.merchant))


def _known(tx: Tx, order: int, kind: PaymentKind, reference: str | None) -> Any | None:
    """The entry that counts under a reference of the provider; the order is locked."""
    rows = tx.rows(
        "SELECT id, amount_minor, recorded FROM payment_entry WHERE order_id = :order"
        " AND kind = :kind AND reference = :reference AND status = 'done'",
        order=order,
        kind=kind,
        reference=reference,
    )
    return rows[0] if rows else None


def _in_use(kind: PaymentKind, reference: str) -> RefusedError:
    message = f"{reference} is known as {kind} of this order already, and counts once"
    return conflict("reference_in_use", message, reference=reference)


def _recorded(tx: Tx, order: int, new: NewPayment, cause: str) -> OrderEvent | None:
    if known := _known(tx, order, new.kind, new.reference):
        if known.amount_minor != new.amount_minor:
            raise _in_use(new.kind, str(new.reference))
        return None
    done = PaymentEntry(new.kind, EntryStatus.DONE, new.amount_minor)
    check_recorded(load_payments(tx, [order])[order].amounts, done)
    tx.run(
        "INSERT INTO payment_entry (merchant, order_id, kind, status, amount_minor, currency,"
        " reference, cause, recorded, reason, actor, settled_at, at)"
        " SELECT :merchant, o.id, :kind, 'done', :amount, o.currency, :reference, :cause, true,"
        " :reason, :actor, :now, :now FROM orders o WHERE o.id = :order",
        merchant=tx.merchant,
        order=order,
        kind=new.kind,
        amount=new.amount_minor,
        reference=new.reference,
        cause=cause,
        reason=tx.reason,
        actor=tx.actor,
        now=tx.now,
    )
    facts: dict[str, object] = {"payment": new.kind, "amount_minor": new.amount_minor}
    return OrderEvent(order, "payment_recorded", facts)


def _settled(tx: Tx, order: int, entry: int, settled: Settlement) -> OrderEvent:
    rows = tx.rows(
        "SELECT kind, status, withdrawn, amount_minor FROM payment_entry WHERE id = :id"
        " FOR NO KEY UPDATE",
        id=entry,
    )
    if not rows:
        raise missing("payment", entry)
    (found,) = rows
    if found.status != EntryStatus.DUE and not found.withdrawn:
        message = f"payment {entry} was settled before: it is {found.status}"
        raise conflict("already_settled", message, status=found.status)
    counted = entry
    if settled.status is EntryStatus.DONE:
        counted = _counted_before(tx, order, found, settled.reference) or entry
    if found.withdrawn and counted == entry:
        message = f"payment {entry} is not due any more; record what was done, if it was"
        raise conflict("not_due", message)
    if counted == entry:
        _settle(tx, entry, settled)
    else:
        tx.run("DELETE FROM payment_entry WHERE id = :id", id=entry)
    facts = {"payment": found.kind, "amount_minor": found.amount_minor, "entry": counted}
    return OrderEvent(order, f"payment_{settled.status}", facts)


def _counted_before(tx: Tx, order: int, due: Any, reference: str | None) -> int | None:
    """The entry that the shop recorded of what was due; none where its reference is new.

    What was due itself is never taken for another that is due: each was asked of the provider.
    """
    kind = PaymentKind(due.kind)
    known = _known(tx, order, kind, reference)
    if known is None:
        return None
    if not known.recorded or known.amount_minor != due.amount_minor:
        raise _in_use(kind, str(reference))
    return int(known.id)


def _settle(tx: Tx, entry: int, settled: Settlement) -> None:
    tx.run(
        "UPDATE payment_entry SET status = :status, settled_at = :now,"
        " reference = coalesce(:reference, reference) WHERE id = :id",
        id=entry,
        status=settled.status,
        reference=settled.reference,
        now=tx.now,
    )
