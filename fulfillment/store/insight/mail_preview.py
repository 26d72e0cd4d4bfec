"""What a mail about a real order would be made of now; nothing is claimed or kept."""

from fulfillment.domain.insight.customer_knowledge import OrderNow, Telling, to_tell
from fulfillment.domain.insight.customer_mail import MailReason, MailType
from fulfillment.store.commands.mail.notices import delay_told
from fulfillment.store.planning.opening import order_id
from fulfillment.store.reading.mail_facts import facts_of, read_order_known
from fulfillment.store.reading.views.mail_facts import MailFacts
from fulfillment.store.transactions.session import Tx


def preview_facts(tx: Tx, type_: MailType, number: str) -> MailFacts:
    """The facts of a mail of this type about an order, also where there is nothing to tell.

    A refusal where this merchant has no such order.
    """
    found = read_order_known(tx, order_id(tx, number))
    telling = to_tell(type_, found.now, found.known, asked_for=True)
    if isinstance(telling, MailReason):
        telling = _all_there_is(type_, found.now)
    delay = delay_told(tx, found, telling) if type_ is MailType.DELAYED else None
    return facts_of(type_, found, telling, (), delay)


def _all_there_is(type_: MailType, now: OrderNow) -> Telling:
    return Telling(frozenset({type_}), bool(now.waits), now.until, now.shipped, dict(now.cancelled))
