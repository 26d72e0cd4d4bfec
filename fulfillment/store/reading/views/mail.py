"""Mail to customers as it is told to those who run it; nothing here is a customer's."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from fulfillment.domain.insight.customer_mail import MailReason, MailStatus, MailType
from fulfillment.domain.planning.delay_rule import Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettingsView:
    """What a merchant wants of mail to its customers."""

    enabled: bool
    """Whether any mail is sent; off until somebody switches it on."""
    types: tuple[MailType, ...]
    """Which mails are sent."""
    sender_name: str | None
    """Who the mail is from, as customers see it; null: the merchant's name."""
    sender_address: str | None
    """The address that it is from; mail can not be switched on without one."""
    reply_to: str | None
    """Where answers go; null: to the sender's address."""
    locale: str
    """The language and country of customers of whom none is known, as `de-AT`."""
    settle_minutes: int
    """So long a promise may move about before its customer is told of it."""
    per_hour: int
    """So many mails leave in an hour at most; the others leave later."""
    delay_rule: bool
    """Whether silence to a delay can cancel what has not left; see docs/mail.md."""
    delay_consent_days: int
    """So many days after the first promise a first delay may end, and silence consents to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTemplateView:
    """The words of one type of mail in one language."""

    type: MailType
    """What it tells."""
    language: str
    """A language, as `de`, or one in a country, as `de-AT`."""
    own: bool
    """Whether they are the merchant's own; else they come with Pegboard."""
    subject: str
    """The template of its subject."""
    text: str
    """The template of its plain text."""
    html: str
    """The template of what stands in the body of its HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """One mail, without its text and without its recipient."""

    id: int
    order: str
    type: MailType
    """What it tells."""
    status: MailStatus
    """`due` waits for its time; `refused`, `unknown` and `bounced` wait for a person."""
    event: UUID
    """The event that called for it."""
    again: int
    """How often a person had it sent again before; 0 for one that was called for by an event."""
    batch: int | None
    """The batch that it is of, where one supply moved many promises."""
    happened_at: datetime
    """When it happened what it tells."""
    due_at: datetime
    """Before this moment it is not sent."""
    attempts: int
    """How often it was tried to send it."""
    ended_at: datetime | None
    """When it was sent, or it was known that it is not."""
    message_id: str | None
    """Its name in the world of mail; null until it is sent for the first time."""
    reason: MailReason | None
    """Why it was not sent, or is not there; null where all went well."""
    reply: int | None
    """What the mail server answered, as a code of SMTP."""
    actor: str
    needs_person: bool
    """Whether somebody has to look at it: nobody sends it again by itself."""
    settled_at: datetime | None
    """When a person had seen to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBatchView:
    """All mails of delays that one supply made, as one line."""

    id: int
    cause: str
    """The number of the document of supply whose date moved."""
    began_at: datetime
    """When the first of them was called for."""
    mails: int
    """How many there are."""
    due: int
    """How many of them are still to be sent."""
    sent: int
    """How many were sent."""
    stopped: int
    """How many were stopped before they were sent."""
    stopped_at: datetime | None
    """When somebody stopped it; null: nobody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayNoticeView:
    """What a mail of a delay said, and what became of it."""

    mail: int
    """The id of the mail."""
    order: str
    expected_on: date | None
    """The day that it named; null: that none is known."""
    silence: Silence
    """What it means that the customer says nothing."""
    cancel_on: date | None
    """When silence cancels what has not left."""
    consented_at: datetime | None
    """When the customer agreed to wait."""
