"""The webhook against a real HTTP server on this machine."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError
from structlog.testing import capture_logs

from fulfillment.domain.model.payments import EntryStatus, PaymentKind
from fulfillment.settings import MissingSettingError, SettingError, Settings
from payments.asking import LEASE, Outcome, ask_next
from payments.port import Answered, Asked, ProviderAwayError
from payments.process import asking
from payments.webhook import WebhookProvider
from payments.wiring import provider_of
from tests.builders.warehouse import Warehouse
from tests.store.commands.payments.test_payments import axis, due, pay, priced

SECRET = "whsec_bm90LWEtc2VjcmV0LWJ1dC1sb25nLWVub3VnaC0hIQ=="
ENTRY = Asked("pegboard-7", "acme", "SO-1", PaymentKind.REFUND, 500, "EUR")


@dataclass
class Gateway:
    """Answers each request as it is told to, and remembers what it was sent."""

    url: str = ""
    status: int = 200
    body: bytes = b'{"status": "settled", "reference": "re_1"}'
    headers: dict[str, str] = field(default_factory=dict)
    hang: threading.Event = field(default_factory=threading.Event)
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.hang.set()


@contextmanager
def serving(gateway: Gateway) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.received.append((self.path, dict(self.headers), sent))
            gateway.came.set()
            gateway.hang.wait(30)
            self.send_response(gateway.status)
            for name, value in gateway.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(gateway.body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/payments"
    try:
        yield
    finally:
        gateway.hang.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gateway(monkeypatch) -> Iterator[Gateway]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = Gateway()
    with serving(made):
        yield made


def webhook(gateway: Gateway, seconds: float = 20.0) -> WebhookProvider:
    return WebhookProvider(gateway.url, SECRET, seconds)


def configured(gateway: Gateway, **more: Any) -> Settings:
    told = {"payment_webhook_url": gateway.url, "payment_webhook_secret": SECRET}
    return Settings.model_validate({"payment_provider": "webhook"} | told | more)


def test_an_entry_is_posted_signed_and_under_its_reference(gateway):
    answer = webhook(gateway).ask(ENTRY)

    assert answer == Answered(EntryStatus.DONE, "re_1")
    ((path, headers, body),) = gateway.received
    assert path == "/payments"
    assert headers["Idempotency-Key"] == "pegboard-7"
    assert headers["webhook-id"] == "pegboard-7"
    assert Webhook(SECRET).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "reference": "pegboard-7",
        "merchant": "acme",
        "order": "SO-1",
        "kind": "refund",
        "amount_minor": 500,
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, {"status": "failed"}, Answered(EntryStatus.FAILED)),
        (200, {"status": "settled", "reference": None}, Answered(EntryStatus.DONE)),
        (202, {}, None),
    ],
)
def test_what_is_answered_is_told(gateway, status, body, answer):
    gateway.status, gateway.body = status, json.dumps(body).encode()

    assert webhook(gateway).ask(ENTRY) == answer


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b"", "it answered 500"),
        (302, b"", "it answered 302"),
        (404, b'{"status": "settled"}', "it answered 404"),
        (200, b"", "its answer was not understood"),
        (200, b"\xff", "its answer was not understood"),
        (200, b"[]", "its answer was not understood"),
        (200, b'{"status": "due"}', "its answer was not understood"),
        (200, b'{"status": ["settled"]}', "its answer was not understood"),
        (200, b'{"status": "settled", "reference": 7}', "its answer was not understood"),
        (200, b'{"status": "settled", "reference": "a b"}', "its answer was not understood"),
        (
            200,
            b'{"status": "settled", "reference": "4111111111111111"}',
            "its answer was not understood",
        ),
        (200, b'{"status": "settled", "x": "' + b"x" * 70_000 + b'"}', "its answer is too long"),
    ],
)
def test_any_other_answer_is_nobodys(gateway, status, body, words):
    gateway.status, gateway.body = status, body
    gateway.headers = {"Location": gateway.url} if status == 302 else {}

    with pytest.raises(ProviderAwayError, match=words):
        webhook(gateway).ask(ENTRY)
    assert len(gateway.received) == 1


def test_it_is_away_when_it_answers_too_late_or_nobody_listens(gateway):
    gateway.hang.clear()
    with pytest.raises(ProviderAwayError, match="Timeout"):
        webhook(gateway, seconds=0.2).ask(ENTRY)

    gone = WebhookProvider("http://127.0.0.1:1/", SECRET, 20.0)
    with pytest.raises(ProviderAwayError, match="ConnectError"):
        gone.ask(ENTRY)


# --- as a process runs it ------------------------------------------------------------------------


@pytest.fixture
def refundable(database_url) -> Iterator[tuple[Warehouse, int]]:
    """An order with a refund that is due."""
    warehouse = Warehouse.on(database_url).furnish()
    mine = priced(warehouse, ("K1", 2, 500))
    pay(warehouse, mine, "capture", 1000)
    warehouse.edit(mine, {1: ("K1", 1)}, revision=1)
    assert due(warehouse, mine) == [("refund", 500)]
    yield warehouse, mine
    assert warehouse.findings() == []
    warehouse.engine.dispose()


async def test_a_refund_is_settled_by_a_process_that_has_a_provider(
    gateway, refundable, database_url
):
    warehouse, mine = refundable
    with capture_logs() as logs:
        async with asking(configured(gateway, database_url=database_url)):
            # The block ends while the answer is under way: it is still settled.
            assert await asyncio.to_thread(gateway.came.wait, 30)

    assert due(warehouse, mine) == []
    assert axis(warehouse, mine)["refunded_minor"] == 500
    assert [told["event"] for told in logs] == ["payments_are_asked"]


async def test_nobody_is_asked_when_the_provider_is_manual(gateway, refundable, database_url):
    warehouse, mine = refundable
    manual = configured(gateway, database_url=database_url, payment_provider="manual")
    assert provider_of(manual) is None
    async with asking(manual):
        pass

    assert gateway.received == []
    assert due(warehouse, mine) == [("refund", 500)]


def test_an_answer_that_comes_later_settles_it_and_an_away_one_tells_no_customer(
    gateway, refundable
):
    warehouse, mine = refundable
    provider = webhook(gateway)
    gateway.status, gateway.body = 202, b""
    assert ask_next(warehouse.store, provider) is Outcome.LEFT
    warehouse.clock.now += LEASE
    gateway.status = 503
    with capture_logs() as logs:
        assert ask_next(warehouse.store, provider) is Outcome.AWAY
    assert logs == [
        {
            "event": "payment_stays_due",
            "log_level": "warning",
            "merchant": "acme",
            "payment": int(json.loads(gateway.received[0][2])["reference"].rpartition("-")[2]),
            "asks": 2,
            "reason": "it answered 503",
        }
    ]
    warehouse.clock.now += LEASE
    gateway.status, gateway.body = 200, b'{"status": "settled", "reference": "re_9"}'
    assert ask_next(warehouse.store, provider) is Outcome.SETTLED

    assert due(warehouse, mine) == []
    assert len({headers["Idempotency-Key"] for _, headers, _ in gateway.received}) == 1
    assert warehouse.one("SELECT reference FROM payment_entry WHERE kind = 'refund'") == "re_9"


def worker_of(gateway: Gateway, database_url: str, **variables: str) -> subprocess.Popen[str]:
    """`pegboard worker` with the webhook's settings, as an operator starts it."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("TEMPORAL_", "PEGBOARD_"))}
    told = {"PROVIDER": "webhook", "WEBHOOK_URL": gateway.url, "WEBHOOK_SECRET": SECRET}
    named = {f"PEGBOARD_PAYMENT_{name}": value for name, value in told.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "worker"],
        env={**ours, "PEGBOARD_DATABASE_URL": database_url, **named, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_worker_asks_for_what_is_due(gateway, refundable, database_url, temporal_server):
    warehouse, mine = refundable
    worker = worker_of(gateway, database_url, TEMPORAL_ADDRESS=temporal_server.address)
    try:
        assert gateway.came.wait(60)
    finally:
        worker.terminate()
        _, said = worker.communicate(timeout=60)

    assert due(warehouse, mine) == []
    assert SECRET not in said


def test_a_worker_does_not_start_when_its_provider_lacks_a_setting(gateway, database_url):
    worker = worker_of(gateway, database_url, PEGBOARD_PAYMENT_WEBHOOK_URL="")
    _, said = worker.communicate(timeout=60)
    assert worker.returncode == 1
    assert "PEGBOARD_PAYMENT_WEBHOOK_URL is not set" in said


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["url", "secret"])
def test_a_process_does_not_start_when_the_webhook_lacks_a_setting(gateway, name):
    with pytest.raises(MissingSettingError, match=f"PAYMENT_WEBHOOK_{name.upper()} is not set"):
        provider_of(configured(gateway, **{f"payment_webhook_{name}": None}))


@pytest.mark.parametrize("secret", ["not base64, but longer than it is", "whsec_" + "c2hvcnQ=" * 4])
def test_a_secret_that_can_not_sign_is_refused_without_being_told(gateway, secret):
    with pytest.raises(SettingError, match="whsec_ and 24 bytes") as refused:
        provider_of(configured(gateway, payment_webhook_secret=secret))

    assert secret not in str(refused.value)


@pytest.mark.parametrize(
    "odd",
    [
        {"payment_provider": "other"},
        {"payment_webhook_url": "ftp://127.0.0.1/"},
        {"payment_webhook_secret": "short"},
        {"payment_webhook_seconds": 26},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_without_being_told(gateway, odd):
    with pytest.raises(ValidationError) as refused:
        configured(gateway, **odd)

    assert "short" not in str(refused.value).replace("too_short", "")
