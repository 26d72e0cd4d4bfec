"""Payments: what was done, what is due at the provider, and how that ended."""

from typing import Annotated

from fastapi import APIRouter, Query

from fulfillment.domain.model.payments import EntryStatus
from fulfillment.store.commands.payments import record as commands
from fulfillment.store.reading import payments
from fulfillment.store.reading.views.payments import PaymentsView
from fulfillment.store.transactions.session import Command
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.fields import PathNumber, Rowid
from starter.models.payments import PaymentIn, PaymentPage, SettleIn
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1", tags=["payments"], route_class=GuardedRoute)


@router.post(
    "/orders/{number}/payments",
    status_code=201,
    summary="Record a payment",
    responses=problems(404, 409),
)
def record_payment(
    number: PathNumber, sent: PaymentIn, session: ForMerchant, key: IdempotencyKey = None
) -> PaymentsView:
    """An invoice, authorisation, capture, void or refund that happened.

    What waits only for the authorisation is released at once.
    """
    new = sent.to_domain()
    command = _command(session, number, sent, key)
    return commands.record_payment(session.store, command, number, new)


def _command(session: Session, number: str, sent: PaymentIn, key: str | None) -> Command:
    """Known by the client's key, or else by the provider's reference."""
    content = sent.model_dump(mode="json", exclude={"note"})
    if key is None and sent.reference is not None:
        name = commands.reference_key(number, sent.to_domain())
        return Command(session.merchant, "payment", name, session.actor, content, sent.note)
    return session.command("payment", number, key, content, sent.note)


@router.get("/orders/{number}/payments", summary="Read payments", responses=problems(404))
def get_payments(number: PathNumber, session: ForMerchant) -> PaymentsView:
    """The entries of an order, and where its payment stands by them."""
    return session.read(lambda tx: payments.read_payments(tx, number))


@router.get("/payments", summary="List payments")
def list_payments(
    session: ForMerchant,
    status: Annotated[
        EntryStatus | None, Query(description="`due`: what has to be done at the provider.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PaymentPage:
    """A page of the ledger, what has waited longest first."""
    page = window(limit, cursor, payments.OLDEST_FIRST)
    found = session.read(lambda tx: payments.list_payments(tx, page, status))
    return paged(PaymentPage, found, payments.OLDEST_FIRST)


@router.post("/payments/{payment}/settle", summary="Settle", responses=problems(404, 409))
def settle_payment(
    payment: Rowid, sent: SettleIn, session: ForMerchant, key: IdempotencyKey = None
) -> PaymentsView:
    """Say how what was due ended, once."""
    content = sent.model_dump(mode="json", exclude={"note"})
    command = session.command("settle", payment, key, content, sent.note)
    return commands.settle_payment(session.store, command, payment, sent.to_domain())
