"""A conversation with a real mail server, and what is known after it."""

import socket

import pytest

from deliveries.mail.port import Carried, OutgoingMail, Result, TransportAwayError
from deliveries.mail.smtp import MailServer, SmtpTransport, Tls
from tests.deliveries.mail.servers import (
    PASSWORD,
    USER,
    Certificate,
    Inbox,
    authenticator,
    make_certificate,
    serving,
)

CONTENT = b"Subject: Hello\r\n\r\nOne.\r\n.\r\n..Two\r\n"
MAIL = OutgoingMail("SO-1-taken-1", "shop@acme.example", "zoe@customer.example", CONTENT)


def plain(port: int) -> SmtpTransport:
    return SmtpTransport(MailServer("127.0.0.1", port, Tls.NONE, seconds=5))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def test_what_is_sent_arrives_as_it_is_lines_of_dots_too():
    with serving(inbox := Inbox()) as port:
        transport = plain(port)
        assert transport.send(MAIL) == Carried(Result.SENT, 250)
        assert transport.send(MAIL) == Carried(Result.SENT, 250)
        transport.close()

    assert [mail.content for mail in inbox.mails] == [CONTENT, CONTENT]
    assert inbox.mails[0].mail_from == "shop@acme.example"
    assert inbox.mails[0].rcpt_tos == ["zoe@customer.example"]


@pytest.mark.parametrize(
    ("inbox", "expected"),
    [
        (Inbox(rcpt="550 nobody here"), Carried(Result.REFUSED, 550)),
        (Inbox(rcpt="451 greylisted"), Carried(Result.LATER, 451)),
        (Inbox(data="554 spam"), Carried(Result.REFUSED, 554)),
        (Inbox(data="452 full"), Carried(Result.LATER, 452)),
    ],
)
def test_an_answer_says_what_became_of_it_and_the_next_mail_has_a_clean_slate(inbox, expected):
    with serving(inbox) as port:
        transport = plain(port)
        assert transport.send(MAIL) == expected
        inbox.rcpt = inbox.data = None
        assert transport.send(MAIL) == Carried(Result.SENT, 250)
        transport.close()

    assert len(inbox.mails) == 1


def test_a_server_that_dies_after_the_content_leaves_it_unknown():
    with serving(inbox := Inbox(dies_after_data=True)) as port:
        transport = plain(port)
        assert transport.send(MAIL) == Carried(Result.UNKNOWN)
        inbox.dies_after_data = False
        assert transport.send(MAIL).result is Result.SENT
        transport.close()

    assert len(inbox.mails) == 2


def test_a_server_that_is_not_there_has_nothing():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(TransportAwayError):
            plain(taken.getsockname()[1]).send(MAIL)


def test_a_server_that_says_nothing_is_away_after_some_time():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server = MailServer("127.0.0.1", silent.getsockname()[1], Tls.NONE, seconds=0.3)
        with pytest.raises(TransportAwayError):
            SmtpTransport(server).send(MAIL)


def test_a_connection_that_was_closed_meanwhile_is_opened_again():
    with serving(inbox := Inbox()) as port:
        transport = plain(port)
        transport.send(MAIL)
        assert transport._open is not None
        assert transport._open.sock is not None
        transport._open.sock.shutdown(socket.SHUT_RDWR)
        assert transport.send(MAIL).result is Result.SENT
        transport.close()

    assert len(inbox.mails) == 2


def test_the_connection_is_encrypted_and_signed_in(certificate):
    inbox, client = Inbox(), certificate.of_client()
    more = {"authenticator": authenticator, "auth_required": True, "require_starttls": True}
    with serving(inbox, tls_context=certificate.of_server(), **more) as port:
        server = MailServer("127.0.0.1", port, Tls.STARTTLS, USER, PASSWORD, 5, client)
        transport = SmtpTransport(server)
        assert transport.send(MAIL).result is Result.SENT
        transport.close()
        wrong = MailServer("127.0.0.1", port, Tls.STARTTLS, USER, "wrong", 5, client)
        with pytest.raises(TransportAwayError):
            SmtpTransport(wrong).send(MAIL)

    assert inbox.tls == [True]


def test_the_connection_may_be_encrypted_from_the_beginning(certificate):
    with serving(inbox := Inbox(), ssl_context=certificate.of_server()) as port:
        server = MailServer("127.0.0.1", port, Tls.TLS, seconds=5, context=certificate.of_client())
        transport = SmtpTransport(server)
        assert transport.send(MAIL).result is Result.SENT
        transport.close()

    assert len(inbox.mails) == 1


def test_a_server_whose_certificate_nobody_signed_gets_nothing(certificate):
    with serving(inbox := Inbox(), tls_context=certificate.of_server()) as port:
        server = MailServer("127.0.0.1", port, Tls.STARTTLS, seconds=5)
        with pytest.raises(TransportAwayError):
            SmtpTransport(server).send(MAIL)

    assert inbox.mails == []


def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for():
    with serving(inbox := Inbox()) as port:
        server = MailServer("127.0.0.1", port, Tls.STARTTLS, seconds=5)
        with pytest.raises(TransportAwayError):
            SmtpTransport(server).send(MAIL)

    assert inbox.mails == []
