"""Requests that trickle in: each has its end, and an answer where one can be given."""

import contextlib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from starter.head import HeadLimit
from tests.api.world import World, made, order

LIMITS = {"body_seconds": 1.0, "body_pause_seconds": 0.4}
WAIT_SECONDS = 10.0


@pytest.fixture(scope="module")
def hurried(new_database) -> Iterator[World]:
    """An API whose bodies may take a second, and pause for less than half of one."""
    with made(new_database(), **LIMITS) as world:
        yield world


@contextmanager
def connected(world: World) -> Iterator[socket.socket]:
    host, _, port = world.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=WAIT_SECONDS) as one:
        yield one


def head(key: str, *, chunked: bool = False, length: int = 500) -> bytes:
    how = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {length}"
    lines = ("POST /v1/orders HTTP/1.1", "Host: x", f"Authorization: Bearer {key}",
             "Content-Type: application/json", how, "", "")  # fmt: skip
    return "\r\n".join(lines).encode()


def until_closed(one: socket.socket) -> str:
    """All that is answered before the other side ends the connection, however it does."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := one.recv(65536):
            found += piece
    return found.decode()


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("pause", [0.1, WAIT_SECONDS])
def test_body_is_given_up_when_it_trickles_or_pauses(hurried, chunked, pause):
    key = hurried.key("intake")
    began = time.monotonic()
    with connected(hurried) as one:
        one.sendall(head(key, chunked=chunked))
        one.settimeout(pause)
        answer = b""
        while time.monotonic() - began < WAIT_SECONDS and not answer:
            try:
                one.sendall(b"1\r\n \r\n" if chunked else b" ")
                answer = one.recv(65536)
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
        one.settimeout(WAIT_SECONDS)
        text = answer.decode() + until_closed(one)
    assert text.startswith("HTTP/1.1 408 ")
    assert "body_too_slow" in text
    assert "connection: close" in text
    assert time.monotonic() - began < LIMITS["body_seconds"] + 2


def test_connection_ends_with_the_refusal_when_the_body_of_a_wrong_key_goes_on(hurried):
    with connected(hurried) as one:
        one.sendall(head(f"pb_{'0' * 16}_{'x' * 43}") + b"{")
        text = until_closed(one)
    assert text.startswith("HTTP/1.1 401 ")
    assert "connection: close" in text


def test_connection_goes_on_when_the_whole_body_was_sent(hurried):
    with connected(hurried) as one:
        for _ in range(2):
            one.sendall(head("wrong", length=2) + b"{")
            time.sleep(0.1)
            one.sendall(b"}")
            assert one.recv(65536).startswith(b"HTTP/1.1 401 ")


def test_order_is_taken_when_its_body_comes_slowly_but_in_time(hurried):
    answer = hurried.client("intake").post("/v1/orders", json=order("SLOW-1"))
    assert answer.status_code == 202


@pytest.mark.parametrize("sent", [b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Y: "])
@pytest.mark.parametrize("before", [b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_connection_is_closed_when_its_head_does_not_come(hurried, monkeypatch, before, sent):
    monkeypatch.setattr(HeadLimit, "head_seconds", 0.5)
    with connected(hurried) as one:
        if before:
            one.sendall(before)
            assert one.recv(65536).startswith(b"HTTP/1.1 200 ")
        began = time.monotonic()
        if sent:
            one.sendall(sent)
        assert until_closed(one) == ""
        assert time.monotonic() - began < WAIT_SECONDS - 1


def test_no_connection_is_left_when_hundreds_never_send_a_whole_head(hurried, monkeypatch):
    monkeypatch.setattr(HeadLimit, "head_seconds", 0.5)
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(connected(hurried)) for _ in range(200)]
        for one in opened[::2]:
            one.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
        assert [until_closed(one) for one in opened] == [""] * len(opened)
    assert time.monotonic() - began < WAIT_SECONDS


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"])
def test_head_that_is_too_large_is_refused(hurried, end):
    with connected(hurried) as one:
        one.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Y: " + b"y" * 70_000)
        assert one.recv(65536).startswith(b"HTTP/1.1 400 ")
        with contextlib.suppress(OSError):
            one.sendall(end)
            assert until_closed(one) == ""


def test_requests_that_follow_each_other_have_heads_of_their_own(hurried):
    request = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Y: " + b"y" * 40_000 + b"\r\n\r\n"
    with connected(hurried) as one:
        for _ in range(3):
            one.sendall(request)
            assert one.recv(65536).startswith(b"HTTP/1.1 200 ")
