"""Mails as they are listed, batches, settings and a merchant's own templates."""

from collections.abc import Mapping

from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.mail import (
    DelayNoticeView,
    MailBatchView,
    MailSettingsView,
    MailTemplateView,
    MailView,
)
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("m.id",), ("bigint",), descending=True)
BATCHES_NEWEST_FIRST = Sort(("b.id",), ("bigint",), descending=True)

NEEDS_PERSON = "m.status IN ('refused', 'unknown', 'bounced') AND m.settled_at IS NULL"

LIST = """
SELECT m.id, o.number AS "order", m.type, m.status, m.event, m.again, m.batch, m.happened_at,
       m.due_at, m.attempts, m.ended_at, m.message_id, m.reason, m.reply, m.actor,
       m.status IN ('refused', 'unknown', 'bounced') AND m.settled_at IS NULL AS needs_person,
       m.settled_at, {keys}
  FROM mail m JOIN orders o ON o.id = m.order_id
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

MAILS = Listing(
    LIST,
    NEWEST_FIRST,
    rows_as(MailView),
    {
        "id": "m.id = :id",
        "order": "o.number = :order",
        "status": "m.status = :status",
        "batch": "m.batch = :batch",
        "needs_person": f"({NEEDS_PERSON}) = :needs_person",
    },
    always=("m.merchant = :merchant",),
)

LIST_BATCHES = """
SELECT b.id, b.cause, b.began_at, b.stopped_at, n.mails, n.due, n.sent, n.stopped, {keys}
  FROM mail_batch b CROSS JOIN LATERAL (
       SELECT count(*) AS mails, count(*) FILTER (WHERE m.status = 'due') AS due,
              count(*) FILTER (WHERE m.status = 'sent') AS sent,
              count(*) FILTER (WHERE m.status = 'stopped') AS stopped
         FROM mail m WHERE m.batch = b.id) n
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

BATCHES = Listing(
    LIST_BATCHES,
    BATCHES_NEWEST_FIRST,
    rows_as(MailBatchView),
    {"id": "b.id = :id"},
    always=("b.merchant = :merchant",),
)

SETTINGS = """
SELECT enabled, types, sender_name, sender_address, reply_to, locale, settle_minutes, per_hour,
       delay_rule, delay_consent_days
  FROM mail_setting WHERE merchant = :merchant
"""

OWN_TEMPLATES = """
SELECT type, language, true AS own, subject, text, html FROM mail_template
 WHERE merchant = :merchant ORDER BY type, language
"""

NOTICE = """
SELECT n.mail, o.number AS "order", n.expected_on, n.silence, n.cancel_on, n.consented_at
  FROM delay_notice n JOIN mail m ON m.id = n.mail JOIN orders o ON o.id = n.order_id
 WHERE o.merchant = :merchant AND o.number = :number AND m.status = 'sent'
 ORDER BY m.claimed_at DESC, m.id DESC LIMIT 1
"""

DEFAULTS = MailSettingsView(
    enabled=False,
    types=tuple(MailType),
    sender_name=None,
    sender_address=None,
    reply_to=None,
    locale="en",
    settle_minutes=120,
    per_hour=1000,
    delay_rule=False,
    delay_consent_days=30,
)
"""What a merchant has that never said anything: no mail."""


def read_mail(tx: Tx, mail: int) -> MailView:
    """One mail; a refusal where this merchant has none of that id."""
    if found := MAILS.one(tx, id=mail):
        return found
    raise missing("mail", mail)


def merchant_of_mail(tx: Tx, mail: int) -> str | None:
    """Whose mail it is; None where there is none."""
    rows = tx.rows("SELECT merchant FROM mail WHERE id = :id", id=mail)
    return str(rows[0].merchant) if rows else None


def list_mails(tx: Tx, window: Window, asked: Mapping[str, object]) -> Page[MailView]:
    """One page of mails, the newest first; `asked` names filters of `MAILS`."""
    return MAILS.page(tx, window, asked)


def read_batch(tx: Tx, batch: int) -> MailBatchView:
    """One batch; a refusal where this merchant has none of that id."""
    if found := BATCHES.one(tx, id=batch):
        return found
    raise missing("mail batch", batch)


def list_batches(tx: Tx, window: Window) -> Page[MailBatchView]:
    """One page of batches, the newest first: each supply that moved promises is one line."""
    return BATCHES.page(tx, window)


def read_mail_settings(tx: Tx) -> MailSettingsView:
    """What the merchant wants; what nobody said is as it comes."""
    rows = tx.rows(SETTINGS, merchant=tx.merchant)
    return view(MailSettingsView, rows[0]) if rows else DEFAULTS


def own_templates(tx: Tx) -> list[MailTemplateView]:
    """The merchant's own templates, by type and language."""
    return [view(MailTemplateView, row) for row in tx.rows(OWN_TEMPLATES, merchant=tx.merchant)]


def last_notice(tx: Tx, number: str) -> DelayNoticeView | None:
    """What the customer of an order was told last of a delay and of silence; None: nothing."""
    rows = tx.rows(NOTICE, merchant=tx.merchant, number=number)
    return view(DelayNoticeView, rows[0]) if rows else None
