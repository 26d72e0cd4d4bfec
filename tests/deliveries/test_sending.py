"""One message posted to real servers on this machine, however they behave."""

import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from deliveries.webhooks.addresses import Allowed, networks
from deliveries.webhooks.sending import MOST_OF_ANSWER, Sender
from fulfillment.domain.model.webhooks import Attempt, Fault
from tests.deliveries.receivers import Authority, Receiver, receiving, unused_port

HERE = Allowed(networks("127.0.0.0/8, ::1/128"))
BODY = '{"type":"order.ready"}'


@pytest.fixture
def receiver():
    with receiving(Receiver()) as made:
        yield made


@pytest.fixture
def authority(tmp_path):
    made = Authority(tmp_path)
    made.make("localhost")
    return made


@pytest.fixture
async def sender():
    made = Sender(HERE, httpx.create_ssl_context(), seconds=5)
    yield made
    await made.close()


async def test_it_is_posted_as_it_is_to_the_host_that_is_named(receiver, sender):
    answer = await sender.post(f"{receiver.url}?a=1", BODY, {"webhook-id": "1"})

    assert answer.attempt == Attempt(200)
    assert answer.text == "thanks"
    (one,) = receiver.received
    assert one.body == BODY.encode()
    assert one.path == "/hooks?a=1"
    assert one.headers["host"] == receiver.url.split("/")[2]
    assert one.headers["accept-encoding"] == "identity"


async def test_https_keeps_the_name_for_the_certificate_and_connects_to_the_address(authority):
    with receiving(Receiver(), authority.server()) as receiver:
        sender = Sender(HERE, authority.client())
        answer = await sender.post(receiver.url, BODY, {})
        await sender.close()

    assert answer.attempt == Attempt(200)
    assert set(receiver.names) == {"localhost"}
    assert receiver.received[0].headers["host"].startswith("localhost:")


async def test_a_certificate_that_proves_nothing_is_told_apart(authority, tmp_path, sender):
    with receiving(Receiver(), authority.server()) as receiver:
        assert (await sender.post(receiver.url, BODY, {})).attempt == Attempt(
            fault=Fault.TLS_FAILED
        )

    authority.make("other.example")
    with receiving(Receiver(), authority.server()) as receiver:
        other = Sender(HERE, authority.client())
        answer = await other.post(receiver.url, BODY, {})
        await other.close()
    assert answer.attempt == Attempt(fault=Fault.TLS_FAILED)
    assert receiver.received == []


async def test_no_private_address_is_called_unless_it_is_allowed(receiver):
    sender = Sender(Allowed(), httpx.create_ssl_context())
    for url in (receiver.url, receiver.url.replace("http:", "https:")):
        assert (await sender.post(url, BODY, {})).attempt == Attempt(fault=Fault.ADDRESS_REFUSED)
    assert receiver.received == []
    await sender.close()


async def test_a_redirection_is_not_followed(receiver, sender):
    with receiving(Receiver()) as inside:
        receiver.status, receiver.headers = 302, {"Location": inside.url}
        answer = await sender.post(receiver.url, BODY, {})

    assert answer.attempt == Attempt(302)
    assert inside.received == []


async def test_no_proxy_of_the_environment_is_used(receiver, monkeypatch, sender):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")

    assert (await sender.post(receiver.url, BODY, {})).attempt == Attempt(200)


async def test_ten_megabytes_are_not_read(receiver, sender):
    receiver.answer = b"x" * 10_000_000
    began = time.monotonic()
    answer = await sender.post(receiver.url, BODY, {})

    assert answer.attempt == Attempt(200)
    assert len(answer.text) == MOST_OF_ANSWER
    assert time.monotonic() - began < 3


async def test_a_slow_drip_is_cut_by_the_time_for_all_of_it(receiver):
    def drip(_, handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            handler.wfile.write(b".")
            time.sleep(0.1)

    receiver.respond = drip
    sender = Sender(HERE, httpx.create_ssl_context(), seconds=0.8)
    began = time.monotonic()
    answer = await sender.post(receiver.url, BODY, {})
    await sender.close()

    assert answer.attempt == Attempt(fault=Fault.TIMED_OUT)
    assert time.monotonic() - began < 3


async def test_who_never_answers_is_given_up(receiver):
    receiver.gate.clear()
    sender = Sender(HERE, httpx.create_ssl_context(), seconds=0.5)
    assert (await sender.post(receiver.url, BODY, {})).attempt == Attempt(fault=Fault.TIMED_OUT)
    await sender.close()


async def test_what_breaks_off_or_does_not_listen_or_is_no_http_is_told(receiver, sender):
    nobody = f"http://127.0.0.1:{unused_port()}/"
    assert (await sender.post(nobody, BODY, {})).attempt == Attempt(fault=Fault.NOT_CONNECTED)

    receiver.respond = lambda _, handler: handler.connection.shutdown(socket.SHUT_RDWR)
    assert (await sender.post(receiver.url, BODY, {})).attempt == Attempt(fault=Fault.BROKEN_OFF)

    receiver.respond = lambda _, handler: handler.wfile.write(b"220 mail.example\r\n\r\n")
    assert (await sender.post(receiver.url, BODY, {})).attempt == Attempt(fault=Fault.BROKEN_OFF)

    unknown = "http://nobody.invalid/"
    told = (await sender.post(unknown, BODY, {})).attempt
    assert told == Attempt(fault=Fault.NAME_NOT_RESOLVED)


async def test_another_address_of_the_host_is_tried_where_one_does_not_listen(receiver):
    async def two(host, port):
        return ["::1", "127.0.0.1"]

    sender = Sender(Allowed(HERE.private, two), httpx.create_ssl_context(), seconds=5)
    url = receiver.url.replace("127.0.0.1", "hooks.example")
    assert (await sender.post(url, BODY, {})).attempt == Attempt(200)
    await sender.close()


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("120", 120), ("0", 0), ("soon", None), ("-5", None), ("9" * 40, 10**9), ("", None)],
)
async def test_how_long_to_wait_is_read(receiver, sender, told, seconds):
    receiver.status, receiver.headers = 503, {"Retry-After": told}
    answer = await sender.post(receiver.url, BODY, {})
    assert answer.attempt.retry_after == (None if seconds is None else timedelta(seconds=seconds))


async def test_how_long_to_wait_is_read_as_a_date(receiver, sender):
    at = datetime.now(UTC) + timedelta(seconds=90)
    receiver.status, receiver.headers = 429, {"Retry-After": format_datetime(at, usegmt=True)}
    answer = await sender.post(receiver.url, BODY, {})
    assert answer.attempt.retry_after is not None
    assert timedelta(seconds=80) < answer.attempt.retry_after <= timedelta(seconds=90)


async def test_names_are_looked_up_beside_each_other(monkeypatch, receiver, sender):
    """A server of names that hangs keeps nobody from the address that is known."""
    hangs, real = threading.Event(), socket.getaddrinfo

    def slowly(host, *rest, **named):
        if host == "slow.example":
            hangs.wait(10)
        return real(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    other = Sender(HERE, httpx.create_ssl_context(), seconds=0.3)
    slow = await other.post("http://slow.example/", BODY, {})
    assert slow.attempt == Attempt(fault=Fault.TIMED_OUT)
    assert (await sender.post(receiver.url, BODY, {})).attempt == Attempt(200)
    hangs.set()
    await other.close()
