"""What people do about mails: stop a batch, send one again, say what became of one."""

from typing import Any

from fulfillment.domain.insight.customer_mail import FOR_A_PERSON, MailStatus
from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.store.reading.mail import read_batch, read_mail
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.mail import MailBatchView, MailView
from fulfillment.store.transactions.session import Command, Store, Tx

STOP = """
UPDATE mail_batch SET stopped_at = :now, stopped_by = :actor
 WHERE id = :id AND merchant = :merchant AND stopped_at IS NULL
"""

STOP_MAILS = """
UPDATE mail SET status = 'stopped', ended_at = :now WHERE batch = :id AND status = 'due'
"""

LOCK = """
SELECT id, status FROM mail
 WHERE id = :id AND merchant = :merchant FOR NO KEY UPDATE
"""

SETTLE = """
UPDATE mail SET settled_at = :now, settled_by = :actor WHERE id = :id AND settled_at IS NULL
"""

AGAIN = """
INSERT INTO mail (merchant, order_id, type, event, again, epoch, happened_at, due_at, actor)
SELECT m.merchant, m.order_id, m.type, m.event,
       (SELECT max(o.again) + 1 FROM mail o
         WHERE o.order_id = m.order_id AND o.type = m.type AND o.event = m.event),
       (SELECT max(number) FROM epoch), m.happened_at, :now, :actor
  FROM mail m WHERE m.id = :id RETURNING id
"""

BOUNCE = """
UPDATE mail SET status = 'bounced', ended_at = :now
 WHERE id = :id AND status IN ('sent', 'claimed', 'unknown')
"""


def stop_batch(store: Store, command: Command, batch: int) -> MailBatchView:
    """Send nothing more of it; what has left has left. To stop it twice changes nothing."""

    def body(tx: Tx) -> MailBatchView:
        # The batch's row first: who adds mails to it holds it, and sees that it was stopped.
        tx.run(STOP, id=batch, merchant=tx.merchant, actor=tx.actor, now=tx.now)
        found = read_batch(tx, batch)
        tx.run(STOP_MAILS, id=found.id, now=tx.now)
        return read_batch(tx, batch)

    return execute_as(MailBatchView, store, command, body)


def send_again(store: Store, command: Command, mail: int) -> MailView:
    """Have a mail sent once more, as a new one under a name of its own: a person's explicit act.

    It tells what is true when it is sent. Refused for one that is due or under way: it is sent, or
    its outcome is not known yet.
    """

    def body(tx: Tx) -> MailView:
        row = _locked(tx, mail)
        if row.status in (MailStatus.DUE, MailStatus.CLAIMED):
            message = f"mail {mail} is {row.status}: wait until it is known what becomes of it"
            raise conflict("mail_under_way", message, status=row.status)
        tx.run(SETTLE, id=mail, actor=tx.actor, now=tx.now)
        (new,) = tx.rows(AGAIN, id=mail, actor=tx.actor, now=tx.now)
        return read_mail(tx, new.id)

    return execute_as(MailView, store, command, body)


def settle_mail(store: Store, command: Command, mail: int) -> MailView:
    """Say that a person has seen to a mail that was refused, lost or came back; nothing is sent."""

    def body(tx: Tx) -> MailView:
        row = _locked(tx, mail)
        if MailStatus(row.status) not in FOR_A_PERSON:
            message = f"mail {mail} is {row.status}: nobody has to look at it"
            raise conflict("nothing_to_settle", message, status=row.status)
        tx.run(SETTLE, id=mail, actor=tx.actor, now=tx.now)
        return read_mail(tx, mail)

    return execute_as(MailView, store, command, body)


def note_bounce(store: Store, command: Command, mail: int) -> MailView:
    """A mail that was sent came back; told twice it came back once.

    A bounce proves that an unknown one had left. Refused where it was never sent.
    """

    def body(tx: Tx) -> MailView:
        row = _locked(tx, mail)
        if row.status != MailStatus.BOUNCED and not tx.count(BOUNCE, id=mail, now=tx.now):
            message = f"mail {mail} is {row.status}: what was not sent can not come back"
            raise conflict("mail_not_sent", message, status=row.status)
        return read_mail(tx, mail)

    return execute_as(MailView, store, command, body)


def _locked(tx: Tx, mail: int) -> Any:
    rows = tx.rows(LOCK, id=mail, merchant=tx.merchant)
    if not rows:
        raise missing("mail", mail)
    return rows[0]
