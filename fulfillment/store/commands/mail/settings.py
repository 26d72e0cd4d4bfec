"""What a merchant wants of mail to its customers, changed field by field."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from fulfillment.domain.insight.customer_mail import MailReason
from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.reading.mail import read_mail_settings
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.mail import MailSettingsView
from fulfillment.store.transactions.session import Command, Store, Tx

PUT = """
INSERT INTO mail_setting (merchant, enabled, types, sender_name, sender_address, reply_to, locale,
                          settle_minutes, per_hour, delay_rule, delay_consent_days, changed_by,
                          changed_at)
VALUES (:merchant, :enabled, :types, :sender_name, :sender_address, :reply_to, :locale,
        :settle_minutes, :per_hour, :delay_rule, :delay_consent_days, :actor, :now)
ON CONFLICT (merchant) DO UPDATE
   SET enabled = excluded.enabled, types = excluded.types, sender_name = excluded.sender_name,
       sender_address = excluded.sender_address, reply_to = excluded.reply_to,
       locale = excluded.locale, settle_minutes = excluded.settle_minutes,
       per_hour = excluded.per_hour, delay_rule = excluded.delay_rule,
       delay_consent_days = excluded.delay_consent_days, changed_by = excluded.changed_by,
       changed_at = excluded.changed_at
"""

DROP_ALL = """
UPDATE mail SET status = 'dropped', reason = :reason, ended_at = :now
 WHERE merchant = :merchant AND status = 'due'
"""


def change_mail_settings(
    store: Store, command: Command, changes: Mapping[str, object]
) -> MailSettingsView:
    """Change those that are named; the others stay.

    What is due when mail is switched off is not sent when it is switched on again.
    """

    def body(tx: Tx) -> MailSettingsView:
        if not tx.rows("SELECT 1 FROM merchant WHERE id = :id FOR NO KEY UPDATE", id=tx.merchant):
            raise missing("merchant", tx.merchant)
        before = read_mail_settings(tx)
        after = replace(before, **changes)  # type: ignore[arg-type]
        if after.enabled and not after.sender_address:
            message = "mail needs a sender: name its address with it, or before"
            raise invalid("sender_needed", message, "sender_address")
        fields = asdict(after) | {"types": [str(type_) for type_ in after.types]}
        tx.run(PUT, merchant=tx.merchant, actor=tx.actor, now=tx.now, **fields)
        if before.enabled and not after.enabled:
            tx.run(DROP_ALL, merchant=tx.merchant, reason=MailReason.SWITCHED_OFF, now=tx.now)
        return after

    return execute_as(MailSettingsView, store, command, body)
