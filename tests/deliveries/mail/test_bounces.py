"""What came back is read over IMAP, and told once; what only looks like it is left alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from deliveries.mail.bounces import BounceFolder, BounceReader, BouncesAwayError, bounced_mail
from deliveries.mail.return_address import ReturnAddress
from deliveries.mail.wiring import bounce_folder_of, returns_of
from fulfillment.settings import MissingSettingError, Settings
from tests.builders.mail import ADDRESS, Post, customer
from tests.deliveries.mail.imap import PASSWORD, USER, Folder, serving

RETURNS = ReturnAddress("bounces@mail.example", "a-secret-of-sixteen")


def report(to: str, action: str = "failed") -> bytes:
    """A delivery status notification, as mail servers send it (RFC 3464)."""
    return f"""\
From: MAILER-DAEMON@there.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{ADDRESS} does not live here.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; there.example

Final-Recipient: rfc822; {ADDRESS}
Action: {action}
Status: 5.1.1

--b--
""".replace("\n", "\r\n").encode()


def plain(to: str, *headers: str) -> bytes:
    lines = ["From: somebody@there.example", f"Delivered-To: {to}", *headers, "", "Hello", ""]
    return "\r\n".join(lines).encode()


MINE = RETURNS.of(17)
MESSAGES = {
    "failed": (report(MINE), 17),
    "late": (report(MINE, "delayed"), None),
    "delivered": (report(MINE, "delivered"), None),
    "an older server": (plain(MINE, "Return-Path: <>"), 17),
    "a holiday": (plain(MINE, "Return-Path: <>", "Auto-Submitted: auto-replied"), None),
    "an answer of a person": (plain(MINE, "Return-Path: <zoe@there.example>"), None),
    "not ours": (report("bounces+17-aaaaaaaaaaaaaaaa@mail.example"), None),
    "no address of its own": (report("bounces@mail.example"), None),
    "no message": (b"\x00\xff", None),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_says_that_a_mail_came_back(name):
    content, expected = MESSAGES[name]
    assert bounced_mail(content, RETURNS) == expected


@pytest.fixture
def sent(post: Post) -> int:
    """The id of a mail that was sent."""
    post.warehouse.stock(1)
    post.warehouse.order([("K1", 1)], "SO-1", **customer())
    post.go()
    return int(post.warehouse.one("SELECT id FROM mail"))


@pytest.fixture
def folder() -> Folder:
    return Folder()


@pytest.fixture
def reader(post: Post, folder: Folder) -> Iterator[BounceReader]:
    with serving(folder) as port:
        at = BounceFolder("127.0.0.1", port, USER, PASSWORD, tls=False, seconds=2)
        yield BounceReader(post.store, at, RETURNS)


def test_what_came_back_is_told_once_and_seen(post, sent, folder, reader):
    folder.messages = [plain("x@y.example"), report(RETURNS.of(sent)), report(RETURNS.of(sent))]
    with capture_logs() as logged:
        assert reader.look() == 2
        assert reader.look() == 0
    assert folder.seen == {1, 2, 3}
    assert post.mails() == [("taken", "bounced")]
    assert ADDRESS not in str(logged)


def test_a_bounce_of_what_is_not_there_holds_up_no_other(post, sent, folder, reader):
    folder.messages = [report(RETURNS.of(999_999)), report(RETURNS.of(sent))]
    assert reader.look() == 1
    assert post.mails() == [("taken", "bounced")]


def test_a_reader_that_dies_after_it_told_tells_nothing_twice(post, sent, folder, reader):
    folder.messages = [report(RETURNS.of(sent))]
    reader.look()
    folder.seen.clear()
    reader.look()
    rows = post.warehouse.rows("SELECT count(*) AS n FROM command WHERE verb = 'bounce'")
    assert rows[0].n == 1
    assert post.mails() == [("taken", "bounced")]


@pytest.mark.parametrize(
    "change", [{"password": "wrong"}, {"folder": "Nowhere"}, {"port": 1}], ids=str
)
def test_a_folder_that_can_not_be_read_is_away(reader, change):
    with pytest.raises(BouncesAwayError):
        replace(reader, folder=replace(reader.folder, **change)).look()


def test_a_server_that_says_nothing_is_away(reader, folder):
    folder.says_nothing = True
    with pytest.raises(BouncesAwayError):
        replace(reader, folder=replace(reader.folder, seconds=0.3)).look()


def test_a_folder_is_not_read_without_what_it_needs():
    with pytest.raises(MissingSettingError, match="PEGBOARD_MAIL_BOUNCE_ADDRESS"):
        bounce_folder_of(Settings.model_validate({"mail_imap_host": "imap.example"}))
    with pytest.raises(MissingSettingError, match="PEGBOARD_MAIL_BOUNCE_SECRET"):
        returns_of(Settings.model_validate({"mail_bounce_address": "b@mail.example"}))
    secret = {"mail_bounce_secret": "a-secret-of-sixteen"}
    with pytest.raises(MissingSettingError, match="one address"):
        returns_of(Settings.model_validate({"mail_bounce_address": "nowhere", **secret}))
