"""One mail, once: real servers, senders that die, and two that send at the same moment."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from deliveries.mail.port import OutgoingMail
from deliveries.mail.process import Mailing
from deliveries.mail.return_address import ReturnAddress
from deliveries.mail.sending import Sender
from deliveries.mail.smtp import MailServer, SmtpTransport, Tls
from fulfillment.domain.insight.customer_mail import MailStatus
from fulfillment.store.commands.mail import messages
from fulfillment.store.commands.mail.sending import DEAD_AFTER, give_up_dead_claims
from fulfillment.store.transactions.session import Store
from tests.builders.calling import at_once
from tests.builders.feed import tell
from tests.builders.mail import ADDRESS, Post, customer, person, read, wants_mail
from tests.deliveries.mail.servers import Inbox, serving

DIES = """
import os, sys
from datetime import datetime
from deliveries.mail.sending import Sender
from deliveries.mail.smtp import MailServer, SmtpTransport, Tls
from fulfillment.store.transactions.session import Store, connect

url, now, port, where = sys.argv[1:]

class Dies(SmtpTransport):
    def send(self, mail):
        if where == "before it sends":
            os._exit(9)
        super().send(mail)
        os._exit(9)

store = Store(connect(url), lambda: datetime.fromisoformat(now))
Sender(store, Dies(MailServer("127.0.0.1", int(port), Tls.NONE))).round()
"""


@pytest.fixture
def due(post: Post) -> Post:
    """One mail that is due."""
    post.warehouse.stock(1)
    post.warehouse.order([("K1", 1)], "SO-1", **customer())
    post.note()
    post.warehouse.clock.now += timedelta(minutes=5)
    return post


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with serving(inbox) as port:
        yield port


def sender_to(store: Store, port: int, **more: Any) -> Sender:
    server = MailServer("127.0.0.1", port, Tls.NONE, seconds=10)
    return Sender(store, SmtpTransport(server), **more)


def statuses(post: Post) -> list[str]:
    return [status for _, status in post.mails()]


@pytest.mark.parametrize(("where", "arrived"), [("before it sends", 0), ("before it tells", 1)])
def test_a_sender_that_is_killed_leaves_a_task_and_never_a_second_mail(  # noqa: PLR0917
    due, database_url, inbox, port, where, arrived
):
    now = due.warehouse.clock.now.isoformat()
    command = [sys.executable, "-c", DIES, database_url, now, str(port), where]
    assert subprocess.run(command, check=False, timeout=120).returncode == 9
    assert statuses(due) == ["claimed"]

    # Another one comes by, before and after it is clear that the first one died.
    sender_to(due.store, port).round()
    due.warehouse.clock.now += DEAD_AFTER + timedelta(minutes=1)
    assert [lost.merchant for lost in give_up_dead_claims(due.store)] == ["acme"]
    sender_to(due.store, port).round()

    assert statuses(due) == ["unknown"]
    assert due.reasons() == {"taken": "sender_died"}
    assert len(inbox.mails) == arrived


def test_a_person_has_it_sent_again_under_another_name(due, inbox, port):
    sender = sender_to(due.store, port)
    sender.round()
    mail = int(due.warehouse.one("SELECT id FROM mail"))
    again = messages.send_again(due.store, person("again"), mail)
    sender.round()

    assert (again.again, again.status) == (1, MailStatus.DUE)
    first, second = (read(mail.content)["Message-ID"] for mail in inbox.mails)
    assert first.split(".taken")[0] == second.split(".taken")[0]
    assert first != second


def test_two_senders_at_the_same_moment_send_each_mail_once(post, inbox, port):
    wants_mail(post.warehouse, types=("taken",))
    for _ in range(12):
        post.warehouse.take([("K1", 1)], **customer())
    post.note()
    post.warehouse.clock.now += timedelta(minutes=5)
    at_once(*[sender_to(post.store, port).round for _ in range(3)])

    named = Counter(read(mail.content)["Message-ID"] for mail in inbox.mails)
    assert len(named) == 12
    assert set(named.values()) == {1}
    assert set(statuses(post)) == {"sent"}


def test_a_rate_is_kept_by_senders_at_the_same_moment(post, inbox, port):
    wants_mail(post.warehouse, types=("taken",), per_hour=5)
    for _ in range(9):
        post.warehouse.take([("K1", 1)], **customer())
    post.note()
    post.warehouse.clock.now += timedelta(minutes=5)
    at_once(*[sender_to(post.store, port).round for _ in range(3)])

    assert len(inbox.mails) == 5


@pytest.mark.parametrize(
    ("inbox", "status", "reason", "reply"),
    [
        (Inbox(rcpt="550 nobody here"), "refused", "refused_by_server", 550),
        (Inbox(data="554 no"), "refused", "refused_by_server", 554),
        (Inbox(dies_after_data=True), "unknown", "connection_lost", None),
        (Inbox(rcpt="450 later"), "due", None, 450),
    ],
    ids=["5xx at RCPT", "5xx at DATA", "dies after DATA", "4xx"],
)
def test_what_the_server_did_is_seen_at_once(  # noqa: PLR0917
    due, inbox, port, status, reason, reply
):
    with capture_logs() as logged:
        sender_to(due.store, port).round()
    (row,) = due.warehouse.rows("SELECT status, reason, reply FROM mail")
    assert (row.status, row.reason, row.reply) == (status, reason, reply)
    for_a_person = [line for line in logged if line["event"] == "mail_needs_person"]
    assert bool(for_a_person) == (status != "due")
    assert ADDRESS not in str(logged)
    assert "Zoe" not in str(logged)

    inbox.rcpt = inbox.data = None
    inbox.dies_after_data = False
    seen = len(inbox.mails)
    due.warehouse.clock.now += timedelta(hours=1)
    sender_to(due.store, port).round()
    assert len(inbox.mails) - seen == (status == "due")


def test_a_server_that_is_away_loses_nothing(due, inbox):
    with serving(inbox) as port:
        pass
    assert not sender_to(due.store, port).round()
    assert statuses(due) == ["due"]
    due.warehouse.clock.now += timedelta(minutes=2)
    with serving(inbox) as port:
        assert sender_to(due.store, port).round()
    assert statuses(due) == ["sent"]
    assert len(inbox.mails) == 1


def test_a_sender_that_was_only_slow_is_believed_until_a_person_has_seen_to_it(due):
    class Slow:
        def send(self, mail: OutgoingMail):
            due.warehouse.clock.now += DEAD_AFTER * 2
            give_up_dead_claims(due.store)
            assert statuses(due) == ["unknown"]
            return due.kept.send(mail)

        def close(self) -> None:
            pass

    Sender(due.store, Slow()).round()
    assert statuses(due) == ["sent"]


def test_a_mail_comes_back_to_an_address_of_its_own(due, inbox, port):
    returns = ReturnAddress("bounces@mail.example", "a-secret-of-sixteen")
    sender_to(due.store, port, returns=returns).round()
    mail = int(due.warehouse.one("SELECT id FROM mail"))
    (arrived,) = inbox.mails

    assert arrived.mail_from == returns.of(mail)
    assert returns.mail_of(arrived.mail_from) == mail
    assert returns.mail_of(arrived.mail_from.replace(f"+{mail}-", f"+{mail + 1}-")) is None
    assert (
        ReturnAddress("bounces@mail.example", "another-secret-of-it").mail_of(arrived.mail_from)
        is None
    )


def test_a_database_that_was_put_back_sends_nothing_that_may_have_left(due, inbox, port):
    with due.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO epoch (number, actor) SELECT max(number) + 1, 'test' FROM epoch"
        )
    sender_to(due.store, port).round()
    due.note()
    sender_to(due.store, port).round()

    assert inbox.mails == []
    assert due.reasons() == {"taken": "restored"}
    assert statuses(due) == ["unknown"]


# --- as it runs ----------------------------------------------------------------------------------


def worker_of(database_url: str, **variables: str) -> subprocess.Popen[str]:
    """`pegboard worker`, as an operator starts it."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("TEMPORAL_", "PEGBOARD_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "worker"],
        env={**ours, "PEGBOARD_DATABASE_URL": database_url, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )


def eventually(is_true, seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.2)
    return False


def test_a_worker_sends_what_is_due(due, database_url, temporal_server, inbox, port):
    worker = worker_of(
        database_url,
        TEMPORAL_ADDRESS=temporal_server.address,
        PEGBOARD_MAIL_TRANSPORT="smtp",
        PEGBOARD_MAIL_SMTP_HOST="127.0.0.1",
        PEGBOARD_MAIL_SMTP_PORT=str(port),
        PEGBOARD_MAIL_SMTP_TLS="none",
    )
    try:
        assert eventually(lambda: inbox.mails)
        assert eventually(lambda: statuses(due) == ["sent"])
    finally:
        worker.terminate()
        _, said = worker.communicate(timeout=60)

    assert ADDRESS not in said
    assert "Zoe" not in said


def test_a_worker_writes_files_where_it_is_told_to(due, database_url, temporal_server, tmp_path):
    worker = worker_of(
        database_url,
        TEMPORAL_ADDRESS=temporal_server.address,
        PEGBOARD_MAIL_TRANSPORT="files",
        PEGBOARD_MAIL_FOLDER=str(tmp_path / "mail"),
    )
    try:
        assert eventually(lambda: list((tmp_path / "mail").glob("*.eml")))
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
    (file,) = (tmp_path / "mail").glob("*.eml")
    assert read(file.read_bytes())["Subject"] == "Your order SO-1"
    assert file.name.startswith("SO-1-taken-")


def test_a_worker_does_not_start_when_its_transport_lacks_a_setting(database_url):
    worker = worker_of(database_url, PEGBOARD_MAIL_TRANSPORT="smtp")
    _, said = worker.communicate(timeout=60)
    assert worker.returncode == 1
    assert "PEGBOARD_MAIL_SMTP_HOST is not set" in said


def test_what_happens_while_no_mail_leaves_is_told_nobody_later(post):
    post.warehouse.take([("K1", 1)], **customer())
    tell(post.store)
    Mailing(post.store, None)._round()
    assert post.go() == []
    assert post.mails() == []
