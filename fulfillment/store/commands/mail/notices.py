"""What a mail of a delay says of silence, kept with the mail that tells it."""

from datetime import date

from fulfillment.domain.insight.customer_knowledge import Telling
from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.domain.planning.delay_rule import Delay, Silence, delay_notice
from fulfillment.domain.planning.expiry import NEVER
from fulfillment.store.reading.mail_facts import OrderKnown
from fulfillment.store.reading.views.mail_facts import MailDelay
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.transactions.session import Tx

PUT_NOTICE = """
INSERT INTO delay_notice (mail, order_id, expected_on, silence, cancel_on)
VALUES (:mail, :order, :expected_on, :silence, :cancel_on)
ON CONFLICT (mail) DO UPDATE
   SET expected_on = excluded.expected_on, silence = excluded.silence,
       cancel_on = excluded.cancel_on
"""
"""A mail that is tried again is made anew, with its notice."""


def delay_told(tx: Tx, found: OrderKnown, telling: Telling) -> MailDelay:
    """The delay as it is told now; what silence means where the merchant has the delay rule."""
    was = found.known.until if found.known.waits else found.now.first_until
    if not found.head.delay_rule or found.order.cancel_on == NEVER:
        return MailDelay(was_on=was, now_on=telling.until)
    notices = [row for row in found.told if row.type == MailType.DELAYED and row.notice]
    before = notices[-1].notice["expected_on"] if notices else None
    first = found.now.first_until or found.order.placed_on
    delay = Delay(
        first, telling.until, len(notices), date.fromisoformat(before) if before else None
    )
    days = found.head.delay_consent_days
    notice = delay_notice(delay, merchant_today(tx), days)
    return MailDelay(
        was_on=was, now_on=telling.until, silence=notice.silence, cancel_on=notice.cancel_on
    )


def put_notice(tx: Tx, mail: int, order: int, delay: MailDelay) -> None:
    """Keep what is told of silence; nothing where nothing is."""
    if delay.silence is None:
        return
    tx.run(
        PUT_NOTICE,
        mail=mail,
        order=order,
        expected_on=delay.now_on,
        silence=Silence(delay.silence),
        cancel_on=delay.cancel_on,
    )
