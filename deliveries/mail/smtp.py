"""Mails by SMTP. What matters is to know afterwards whether the server has the mail."""

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from deliveries.mail.port import Carried, OutgoingMail, Result, TransportAwayError

LINE_OF_A_DOT = re.compile(rb"^\.", re.MULTILINE)

TAKEN = 250
GO_ON = 354
TRY_LATER = 400
NEVER = 500


class Tls(StrEnum):
    """How the connection is kept from others."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where the server is, how to sign in there, and how long one answer may take."""

    host: str
    port: int = 587
    tls: Tls = Tls.STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    seconds: float = 30.0
    context: ssl.SSLContext | None = None
    """For certificates of one's own; else those that the machine trusts."""


class SmtpTransport:
    """Sends over one connection, which it opens when it is needed and keeps until it is closed."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def send(self, mail: OutgoingMail) -> Carried:
        """One transaction of SMTP.

        Up to the server's go-ahead for the content a lost connection means that nothing was sent.
        From then on nobody can know whether the server had all of it.
        """
        connection = self._connection()
        try:
            refused = self._envelope(connection, mail)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise TransportAwayError(type(error).__name__) from None
        if refused is not None:
            self._begin_anew(connection)
            return refused
        return self._content(connection, mail.content)

    def close(self) -> None:
        """Say goodbye, if anybody is there to hear it."""
        connection, self._open = self._open, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            with contextlib.suppress(OSError):
                connection.close()

    def _connection(self) -> smtplib.SMTP:
        if self._open is not None and _lives(self._open):
            return self._open
        self.close()
        try:
            self._open = _connected(self._server)
        except (smtplib.SMTPException, OSError) as error:
            raise TransportAwayError(type(error).__name__) from None
        return self._open

    def _envelope(self, connection: smtplib.SMTP, mail: OutgoingMail) -> Carried | None:
        """From whom, to whom, and whether the content may come; None where it may."""
        for code, _ in (connection.mail(mail.sender), connection.rcpt(mail.recipient)):
            if answered := _refusal(code):
                return answered
        code, _ = connection.docmd("DATA")
        return None if code == GO_ON else _refusal(code) or Carried(Result.REFUSED, code)

    def _content(self, connection: smtplib.SMTP, content: bytes) -> Carried:
        try:
            connection.send(LINE_OF_A_DOT.sub(b"..", content) + b".\r\n")
            code, _ = connection.getreply()
        except (smtplib.SMTPException, OSError):
            self.close()
            return Carried(Result.UNKNOWN)
        return _refusal(code) or Carried(Result.SENT, code)

    def _begin_anew(self, connection: smtplib.SMTP) -> None:
        """Give up what was begun: the next mail begins with a clean slate, or a new connection."""
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


def _refusal(code: int) -> Carried | None:
    """What an answer means that is no yes."""
    if code >= NEVER:
        return Carried(Result.REFUSED, code)
    return Carried(Result.LATER, code) if code >= TRY_LATER else None


def _lives(connection: smtplib.SMTP) -> bool:
    try:
        return connection.noop()[0] == TAKEN
    except (smtplib.SMTPException, OSError):
        return False


def _connected(server: MailServer) -> smtplib.SMTP:
    """A connection that was greeted, is encrypted as asked, and signed in."""
    context = server.context or ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
        if server.tls is Tls.TLS
        else smtplib.SMTP(server.host, server.port, timeout=server.seconds)
    )
    try:
        connection.ehlo_or_helo_if_needed()
        if server.tls is Tls.STARTTLS:
            connection.starttls(context=context)
            connection.ehlo()
        if server.user is not None:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection
