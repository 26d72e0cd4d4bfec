"""Mail as a test has it: a merchant that wants it, a customer with an address, time that goes on.

What is sent is kept in memory where a test is not about the way that it goes.
"""

import email
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

from deliveries.mail.composing import LinkOf, no_link
from deliveries.mail.port import Carried, OutgoingMail, Result
from deliveries.mail.process import Mailing
from deliveries.mail.sending import Sender
from fulfillment.store.commands.mail.noting import note_events
from fulfillment.store.commands.mail.settings import change_mail_settings
from fulfillment.store.transactions.session import Command, Store
from tests.builders.feed import tell
from tests.builders.warehouse import Warehouse, command

ADDRESS = "zoe@customer.example"
CONTACT = {"name": "Zoe Quux", "email": ADDRESS}
SENDER = "shop@acme.example"


def wants_mail(warehouse: Warehouse, **changes: object) -> None:
    """The merchant switches mail on."""
    wanted = {"enabled": True, "sender_address": SENDER} | changes
    change_mail_settings(warehouse.store, command("mail"), wanted)


def customer(**more: object) -> dict[str, Any]:
    """What an order tells of a customer that can be written to."""
    return {"contact": CONTACT | more}


@dataclass
class Kept:
    """A transport that keeps what it is given, and answers what it is told to."""

    mails: list[OutgoingMail] = field(default_factory=list)
    answers: list[Carried] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> Carried:
        self.mails.append(mail)
        return self.answers.pop(0) if self.answers else Carried(Result.SENT, 250)

    def close(self) -> None:
        """Nothing is open."""

    @property
    def messages(self) -> list[EmailMessage]:
        return [read(mail.content) for mail in self.mails]

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.messages]


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=default)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@dataclass
class Post:
    """A warehouse whose mails are made and sent."""

    warehouse: Warehouse
    kept: Kept = field(default_factory=Kept)
    link: LinkOf = no_link

    @property
    def store(self) -> Store:
        return self.warehouse.store

    @property
    def sender(self) -> Sender:
        return Sender(self.store, self.kept, link=self.link)

    def note(self) -> None:
        """All that happened is in the feed, and mails are made of it."""
        tell(self.store)
        while (noted := note_events(self.store)) is not None and noted.more:
            pass

    def go(self, after: timedelta = timedelta(minutes=5)) -> list[str]:
        """Some time passes, and what is due is sent: the subjects of that."""
        self.note()
        self.warehouse.clock.now += after
        seen = len(self.kept.mails)
        Mailing(self.store, self.sender)._round()
        return self.kept.subjects[seen:]

    def mails(self) -> list[tuple[str, str]]:
        """Type and status of every mail, the oldest first."""
        rows = self.warehouse.rows("SELECT type, status FROM mail ORDER BY id")
        return [(row.type, row.status) for row in rows]

    def reasons(self) -> Mapping[str, str]:
        rows = self.warehouse.rows("SELECT type, reason FROM mail ORDER BY id")
        return {row.type: row.reason for row in rows}


def person(verb: str) -> Command:
    return command(verb)
