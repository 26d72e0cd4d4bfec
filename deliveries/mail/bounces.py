"""What came back is read from a folder of a mail server, and told once.

A message is marked as seen when it was told, never deleted: it stays for people. What can not be
read, or is of no mail of ours, is seen too, so that it is looked at once.
"""

import email
import imaplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.policy import default

import structlog

from deliveries.mail.return_address import ReturnAddress
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.mail.messages import note_bounce
from fulfillment.store.reading.mail import merchant_of_mail
from fulfillment.store.transactions.session import Command, Store

log = structlog.get_logger(__name__)

ACTOR = "bounces"
MOST_BYTES = 1_000_000
MOST_AT_ONCE = 200
"""Messages that one look reads; the others are read by the next one."""

ARRIVED_AT = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


class BouncesAwayError(Exception):
    """The folder can not be read now. Its words hold nothing of a message."""


@dataclass(frozen=True, slots=True)
class BounceFolder:
    """Where what comes back lies, and how to sign in there."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: bool = True
    seconds: float = 30.0
    context: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class BounceReader:
    """Reads the folder, and tells of each mail of ours that came back."""

    store: Store
    folder: BounceFolder
    returns: ReturnAddress

    def look(self, goes_on: Callable[[], bool] = lambda: True) -> int:
        """Read what nobody has seen; how many mails came back. Raises BouncesAwayError."""
        try:
            connection = _connected(self.folder)
            try:
                return sum(self._tell(connection, uid) for uid in _unseen(connection) if goes_on())
            finally:
                connection.logout()
        except (imaplib.IMAP4.error, OSError) as error:
            raise BouncesAwayError(type(error).__name__) from None

    def _tell(self, connection: imaplib.IMAP4, uid: str) -> bool:
        content = _read(connection, uid)
        mail = bounced_mail(content, self.returns) if content is not None else None
        told = mail is not None and self._note(mail)
        # After the commit: who dies in between tells it again, and it came back once.
        connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        return told

    def _note(self, mail: int) -> bool:
        merchant = self.store.read("*", lambda tx: merchant_of_mail(tx, mail))
        if merchant is None:
            return False
        try:
            note_bounce(self.store, Command(merchant, "bounce", f"bounce:{mail}", ACTOR), mail)
        except RefusedError as refusal:
            log.warning("bounce_not_noted", mail=mail, code=refusal.code)
            return False
        log.warning("mail_needs_person", merchant=merchant, mail=mail, status="bounced")
        return True


def bounced_mail(content: bytes, returns: ReturnAddress) -> int | None:
    """Of which mail a message says that it came back; None where it says no such thing.

    That a mail is late, was delivered, or that its reader is on holiday, is no bounce.
    """
    message = email.message_from_bytes(content, policy=default)
    if not _tells_of_failure(message):
        return None
    for name in ARRIVED_AT:
        for written in message.get_all(name, []):
            if mail := returns.mail_of(str(written)):
                return mail
    return None


def _tells_of_failure(message: Message) -> bool:
    if message.get_content_type() == "multipart/report":
        return "failed" in set(_actions(message))
    if str(message.get("Auto-Submitted", "no")).lower().startswith("auto-replied"):
        return False
    # Older servers write for people; what they write comes from nobody.
    return str(message.get("Return-Path", "")).strip() == "<>"


def _actions(message: Message) -> Iterator[str]:
    """What became of each recipient, as RFC 3464 tells it."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():
                if isinstance(block, Message) and block.get("Action"):
                    yield str(block["Action"]).strip().lower()


def _connected(folder: BounceFolder) -> imaplib.IMAP4:
    connection = (
        imaplib.IMAP4_SSL(
            folder.host,
            folder.port,
            ssl_context=folder.context or ssl.create_default_context(),
            timeout=folder.seconds,
        )
        if folder.tls
        else imaplib.IMAP4(folder.host, folder.port, timeout=folder.seconds)
    )
    try:
        _enter(connection, folder)
    except BaseException:
        connection.shutdown()
        raise
    return connection


def _enter(connection: imaplib.IMAP4, folder: BounceFolder) -> None:
    """Sign in, and open the folder."""
    connection.login(folder.user, folder.password)
    status, _ = connection.select(f'"{folder.folder}"')
    if status != "OK":
        raise imaplib.IMAP4.error("there is no such folder")


def _unseen(connection: imaplib.IMAP4) -> list[str]:
    _, found = connection.uid("SEARCH", "UNSEEN")
    return [uid.decode() for uid in (found[0] or b"").split()][:MOST_AT_ONCE]


def _read(connection: imaplib.IMAP4, uid: str) -> bytes | None:
    """The message, as far as it is read; None where it is gone."""
    _, found = connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    return next((part[1] for part in found if isinstance(part, tuple)), None)
