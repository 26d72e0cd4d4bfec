"""Facts and words become a message: headers that nothing can be put into, plain text, HTML."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

from babel import Locale
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from deliveries.mail.printing import locale_of, zone_or
from deliveries.mail.shipped_words import chosen_words
from deliveries.mail.words import fill
from fulfillment.domain.insight.customer_mail import MailReason
from fulfillment.domain.model.mail_addresses import mail_address
from fulfillment.store.reading.views.mail_facts import MailFacts, MailWords

FRAME = Environment(
    loader=PackageLoader("deliveries.mail"), autoescape=True, undefined=StrictUndefined
)

LinkOf = Callable[[str, str], str | None]
"""The customer's page of an order, by merchant and order number; None where there is none."""


def no_link(_merchant: str, _order: str) -> str | None:
    """No page is there."""
    return None


class ComposingError(Exception):
    """A mail that can not be made: nothing was sent. Its reason is a code."""

    def __init__(self, reason: MailReason) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a customer reads."""

    language: str
    subject: str
    text: str
    html: str


def render(facts: MailFacts, words: MailWords | None = None, link: str | None = None) -> Rendered:
    """The mail in the customer's language; in these words, where they are to be tried.

    Raises WordsError where the words can not be filled in.
    """
    locales = _locales(facts, words)
    chosen = words or chosen_words(facts.type, facts.own, locales)
    locale = next((one for one in locales if one.language == chosen.language[:2]), locales[0])
    filled = fill(chosen, _values(facts, locale, link))
    frame = FRAME.get_template("frame.html")
    # The body was escaped where its values were filled in.
    body = Markup(filled.html)  # noqa: S704 -- as the line above says
    html = frame.render(language=locale.language, subject=filled.subject, body=body)
    return Rendered(chosen.language, filled.subject, filled.text, html)


def _locales(facts: MailFacts, words: MailWords | None) -> list[Locale]:
    """What is spoken, the best first."""
    recipient, sender = facts.recipient, facts.sender
    wanted = [recipient.locale, sender.locale]
    if words is not None:
        wanted.insert(0, words.language)
    return [locale_of(one, country=recipient.country) for one in wanted if one]


def _values(facts: MailFacts, locale: Locale, link: str | None) -> dict[str, Any]:
    """What templates see, and nothing else."""
    return {
        "order": facts.order,
        "customer": SimpleNamespace(name=_one_line(facts.recipient.name or "")),
        "merchant": SimpleNamespace(name=facts.sender.name),
        "delay": facts.delay,
        "link": link,
        "locale": locale,
        "zone": zone_or(facts.recipient.time_zone, facts.sender.time_zone),
    }


def recipient_of(facts: MailFacts) -> str:
    """The customer's address; ComposingError where it is none."""
    address = mail_address(facts.recipient.address or "")
    if address is None:
        raise ComposingError(MailReason.BAD_ADDRESS)
    return address


def message(facts: MailFacts, rendered: Rendered, message_id: str, now: datetime) -> EmailMessage:
    """The message. A name or a subject that would be two lines is one."""
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(_one_line(facts.sender.name), addr_spec=facts.sender.address)
    made["To"] = Address(_one_line(facts.recipient.name or ""), addr_spec=recipient_of(facts))
    made["Subject"] = _one_line(rendered.subject)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"
    if facts.sender.reply_to:
        made["Reply-To"] = Address(addr_spec=facts.sender.reply_to)
    made.set_content(rendered.text, cte="quoted-printable")
    made.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return made


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
