"""A mail is claimed before it is sent, and what became of it is told afterwards.

Between the two nobody knows: who dies there leaves a mail of which it is unknown whether it left.
It is shown to a person, and sent again by nobody else.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fulfillment.domain.insight.customer_knowledge import Telling, to_tell
from fulfillment.domain.insight.customer_mail import (
    DELAYS_APART,
    MailReason,
    MailStatus,
    MailType,
)
from fulfillment.store.commands.mail.notices import delay_told, put_notice
from fulfillment.store.reading.mail_facts import (
    OrderKnown,
    as_stored,
    asking_words,
    facts_of,
    read_order_known,
    words_of,
)
from fulfillment.store.reading.views.mail_facts import ClaimedMail
from fulfillment.store.transactions.session import Store, Tx

PER = timedelta(hours=1)
"""The time of which a merchant's rate is told."""

DEAD_AFTER = timedelta(minutes=15)
"""A conversation with a mail server is over long before: who is silent so long has died."""

DUE_MERCHANTS = """
SELECT s.merchant FROM mail_setting s
 WHERE s.enabled AND EXISTS (
       SELECT 1 FROM mail d
        WHERE d.merchant = s.merchant AND d.status = 'due' AND d.due_at <= :now)
 ORDER BY (SELECT max(c.claimed_at) FROM mail c WHERE c.merchant = s.merchant) NULLS FIRST,
          s.merchant
"""

LOCK = """
SELECT types, sender_address, per_hour FROM mail_setting
 WHERE merchant = :merchant AND enabled FOR NO KEY UPDATE
"""
"""One mail of a merchant is claimed at a time."""

CLAIMED = "SELECT count(*) AS mails FROM mail WHERE merchant = :merchant AND claimed_at > :since"
"""A statement of its own: one that waited for the lock would count what was there before."""

NEXT = """
SELECT id, order_id, type, event, again FROM mail
 WHERE merchant = :merchant AND status = 'due' AND due_at <= :now
   AND epoch = (SELECT max(number) FROM epoch)
 ORDER BY due_at, id LIMIT 1 FOR NO KEY UPDATE
"""

PUT_OFF = "UPDATE mail SET due_at = :later WHERE id = :id"

DROP = "UPDATE mail SET status = 'dropped', reason = :reason, ended_at = :now WHERE id = :id"

CLAIM = """
UPDATE mail SET status = 'claimed', claimed_at = :now, attempts = attempts + 1, reason = NULL,
       reply = NULL, message_id = :message_id, telling = CAST(:telling AS jsonb)
 WHERE id = :id RETURNING attempts, deferrals
"""

NOTE = """
UPDATE mail SET status = :status, reason = :reason, reply = CAST(:reply AS smallint),
       due_at = coalesce(:later, due_at),
       deferrals = deferrals + (:status = 'due' AND CAST(:reply AS smallint) IS NOT NULL)::int,
       ended_at = CASE WHEN :status = 'due' THEN NULL ELSE CAST(:now AS timestamptz) END
 WHERE id = :id AND attempts = :attempts AND settled_at IS NULL
   AND (status = 'claimed' OR status = 'unknown' AND reason = 'sender_died')
"""
"""Only who claimed it last knows; one who was slow is heard until a person has seen to it."""

DIED = """
UPDATE mail SET status = 'unknown', reason = 'sender_died', ended_at = :now
 WHERE status = 'claimed' AND claimed_at < :before
RETURNING id, merchant
"""


@dataclass(frozen=True, slots=True)
class DroppedMail:
    """A mail that tells nothing any more, and is not sent."""

    id: int
    reason: MailReason


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What became of a mail: sent, refused or unknown, or due again at a `later` moment."""

    status: MailStatus
    reason: MailReason | None = None
    reply: int | None = None
    later: timedelta | None = None


@dataclass(frozen=True, slots=True)
class LostMail:
    """A mail whose sender died."""

    id: int
    merchant: str


def merchants_with_mail(store: Store) -> list[str]:
    """Whose mails are due, those first of whom nothing was sent for longest."""
    return store.read("*", lambda tx: [row.merchant for row in tx.rows(DUE_MERCHANTS, now=tx.now)])


def claim_mail(store: Store, merchant: str) -> ClaimedMail | DroppedMail | None:
    """Take the merchant's next mail, to send it now; None where none is due, or the rate is spent.

    It is made of what is true now. What is not true any more, or was told, is dropped instead.
    """

    def body(tx: Tx) -> ClaimedMail | DroppedMail | None:
        settings = tx.rows(LOCK, merchant=tx.merchant)
        if not settings:
            return None
        (claimed,) = tx.rows(CLAIMED, merchant=tx.merchant, since=tx.now - PER)
        if claimed.mails >= settings[0].per_hour:
            return None
        while due := tx.rows(NEXT, merchant=tx.merchant, now=tx.now):
            if found := _claimed(tx, settings[0], due[0]):
                return found
        return None

    return store.transact(merchant, body)


def _claimed(tx: Tx, setting: Any, row: Any) -> ClaimedMail | DroppedMail | None:
    """The mail, claimed or dropped; None where it was put off."""
    type_ = MailType(row.type)
    asked = asking_words(tx, type_)
    found = read_order_known(tx, row.order_id)
    if (later := _too_soon(row, found)) and later > tx.now:
        tx.run(PUT_OFF, id=row.id, later=later)
        return None
    telling = _telling(setting, row, found)
    if isinstance(telling, MailReason):
        tx.run(DROP, id=row.id, reason=telling, now=tx.now)
        return DroppedMail(row.id, telling)
    delay = delay_told(tx, found, telling) if type_ is MailType.DELAYED else None
    if delay is not None:
        put_notice(tx, row.id, row.order_id, delay)
    message_id = _message_id(row, setting.sender_address)
    (claim,) = tx.rows(
        CLAIM,
        id=row.id,
        now=tx.now,
        message_id=message_id,
        telling=json.dumps(as_stored(telling)),
    )
    facts = facts_of(type_, found, telling, words_of(asked), delay)
    return ClaimedMail(
        id=row.id,
        merchant=tx.merchant,
        attempts=claim.attempts,
        deferrals=claim.deferrals,
        message_id=message_id,
        facts=facts,
    )


def _too_soon(row: Any, found: OrderKnown) -> datetime | None:
    """When a delay may be told, a day after the one that was told last, whoever asked for that."""
    if row.again or row.type != MailType.DELAYED:
        return None
    told = [one.claimed_at for one in found.told if one.type == MailType.DELAYED]
    return max(told) + DELAYS_APART if told else None


def _telling(setting: Any, row: Any, found: OrderKnown) -> Telling | MailReason:
    """What it tells, or why it is not sent. What a person asks for is sent whatever was told."""
    asked_for = row.again > 0
    if not asked_for and row.type not in setting.types:
        return MailReason.SWITCHED_OFF
    telling = to_tell(MailType(row.type), found.now, found.known, asked_for=asked_for)
    if isinstance(telling, MailReason):
        return telling
    return telling if found.recipient.address else MailReason.NO_ADDRESS


def _message_id(row: Any, sender: str) -> str:
    """Made of the event that it tells: the same mail has the same name, whoever sends it."""
    again = f".{row.again}" if row.again else ""
    return f"<{row.event}.{row.type}{again}@{sender.rpartition('@')[2]}>"


def note_outcome(store: Store, claimed: ClaimedMail, outcome: MailOutcome) -> bool:
    """Tell what became of a claimed mail; whether anybody still wanted to know."""

    def body(tx: Tx) -> bool:
        noted = tx.count(
            NOTE,
            id=claimed.id,
            attempts=claimed.attempts,
            status=outcome.status,
            reason=outcome.reason,
            reply=outcome.reply,
            later=tx.now + outcome.later if outcome.later is not None else None,
            now=tx.now,
        )
        return bool(noted)

    return store.transact(claimed.merchant, body)


def give_up_dead_claims(store: Store, after: timedelta = DEAD_AFTER) -> list[LostMail]:
    """Have a person look at what somebody claimed and never told of; which mails those are."""

    def body(tx: Tx) -> list[LostMail]:
        rows = tx.rows(DIED, before=tx.now - after, now=tx.now)
        return [LostMail(row.id, row.merchant) for row in rows]

    return store.transact("*", body)
