"""A merchant's own words for mails, in place of those that come with Pegboard."""

from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.views.mail_facts import MailWords
from fulfillment.store.transactions.session import Command, Store, Tx

PUT = """
INSERT INTO mail_template (merchant, type, language, subject, text, html, changed_by, changed_at)
VALUES (:merchant, :type, :language, :subject, :text, :html, :actor, :now)
ON CONFLICT (merchant, type, language) DO UPDATE
   SET subject = excluded.subject, text = excluded.text, html = excluded.html,
       changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""

DELETE = """
DELETE FROM mail_template WHERE merchant = :merchant AND type = :type AND language = :language
"""


def put_mail_template(store: Store, command: Command, type_: MailType, words: MailWords) -> None:
    """Have mails of this type in this language say so from now on; who asks has tried the words."""

    def body(tx: Tx) -> dict[str, object]:
        tx.run(
            PUT,
            merchant=tx.merchant,
            type=type_,
            language=words.language,
            subject=words.subject,
            text=words.text,
            html=words.html,
            actor=tx.actor,
            now=tx.now,
        )
        return {}

    store.execute(command, body)


def delete_mail_template(store: Store, command: Command, type_: MailType, language: str) -> None:
    """Have those that come with Pegboard again; a refusal where the merchant has none."""

    def body(tx: Tx) -> dict[str, object]:
        if not tx.count(DELETE, merchant=tx.merchant, type=type_, language=language):
            raise missing("mail template", f"{type_} in {language} of the merchant's own")
        return {}

    store.execute(command, body)
