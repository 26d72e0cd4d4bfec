"""What a customer was told of silence reaches the order; and what the customer answers.

The day on which silence cancels becomes the order's `cancel_on`, by the mechanism that cancels what
has waited too long (`planning/expiry.py`). It is written once the mail has left, and never before:
who was not told has not been silent.
"""

from dataclasses import dataclass, replace
from datetime import date

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict
from fulfillment.domain.planning.expiry import with_cancel_date
from fulfillment.store.planning.change import Change, change_order
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.records.offer_terms import TOLD
from fulfillment.store.transactions.session import Command, Store, Tx

ACTOR = "delay rule"

OPEN = """
SELECT n.mail, m.merchant, o.number AS "order", n.cancel_on
  FROM delay_notice n JOIN mail m ON m.id = n.mail JOIN orders o ON o.id = n.order_id
 WHERE n.silence = 'cancels' AND n.applied_at IS NULL AND n.consented_at IS NULL
   AND m.status = 'sent'
 ORDER BY n.mail LIMIT :most
"""

APPLY = """
UPDATE delay_notice SET applied_at = :now
 WHERE mail = :mail AND applied_at IS NULL AND consented_at IS NULL
"""

OURS = """
SELECT 1 FROM delay_notice WHERE order_id = :order AND cancel_on = :day AND applied_at IS NOT NULL
 LIMIT 1
"""

CONSENT = """
UPDATE delay_notice SET consented_at = :now WHERE order_id = :order AND consented_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """A notice that has left and names a day that its order does not know yet."""

    mail: int
    merchant: str
    order: str
    cancel_on: date


def open_notices(store: Store, most: int = 100) -> list[OpenNotice]:
    """Those that are to be applied, the oldest first."""
    return store.read("*", lambda tx: [OpenNotice(*row) for row in tx.rows(OPEN, most=most)])


def apply_notice(store: Store, notice: OpenNotice) -> None:
    """Have what is unshipped cancelled on the day that was told; once, however often it is asked.

    A day that a person set stands, and so does the customer's consent.
    """

    def make(tx: Tx, order: Order) -> Order:
        if not tx.count(APPLY, mail=notice.mail, now=tx.now):
            return order
        if not order.live or not _is_free(tx, order):
            return order
        today = merchant_today(tx)
        return with_cancel_date(order, max(notice.cancel_on, today), today)

    command = Command(notice.merchant, "apply_notice", f"apply_notice:{notice.mail}", ACTOR)
    change_order(store, command, Change(notice.order, make, of_finished=True))


def consent_to_delay(number: str) -> Change:
    """The customer agrees to wait: silence cancels nothing any more of what was told so far.

    Refused where the customer was told of no delay that asks for an answer; again, it changes
    nothing.
    """

    def make(tx: Tx, order: Order) -> Order:
        told = tx.rows(TOLD, order=order.id)
        if not told:
            message = f"the customer of {number} was told of no delay that asks for an answer"
            raise conflict("no_delay_told", message)
        return order if told[0].consented_at is not None else _agreed(tx, order)

    return Change(number, make)


def agree_to_wait(number: str) -> Change:
    """The same, said on the customer's page, which may be asked where no mail was."""

    def make(tx: Tx, order: Order) -> Order:
        told = tx.rows(TOLD, order=order.id)
        return _agreed(tx, order) if told and told[0].consented_at is None else order

    return Change(number, make, at_once=True)


def _agreed(tx: Tx, order: Order) -> Order:
    free = _is_free(tx, order)
    if not tx.is_simulated:
        tx.run(CONSENT, order=order.id, now=tx.now)
    agreed = order.noted("delay_accepted")
    return replace(agreed, cancel_on=None) if free else agreed


def _is_free(tx: Tx, order: Order) -> bool:
    """Whether no person's day stands: the policy's counts, or one that a notice told."""
    if order.cancel_on is None:
        return True
    return bool(tx.rows(OURS, order=order.id, day=order.cancel_on))
