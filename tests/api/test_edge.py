"""Bodies, methods, paths, outages: what the edge answers."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import structlog
from sqlalchemy.exc import OperationalError

from fulfillment.keeping import Pulse
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role, create_key
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from starter.routers import orders as orders_router
from tests.api.world import assert_holds_no_customer_data, made, order, serving, settle

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "path",
    ["/health/live", "/openapi.json", "/docs", "/docs/assets/swagger-ui.css", "/v1/orders",
     "/v1/orders?limit=0", "/v1/orders/NONE", "/v1/nothing", "/v1/orders/batch"],
)  # fmt: skip
def test_head_is_answered_as_get_without_a_body(shared_admin, path):
    whole, head = shared_admin.get(path), shared_admin.head(path)
    kept = {"content-type", "content-length", "allow", "etag", "location"}
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert {n: v for n, v in head.headers.items() if n in kept} == {
        n: v for n, v in whole.headers.items() if n in kept
    }


def test_head_tells_nothing_to_who_has_no_key(shared):
    assert httpx.head(f"{shared.url}/v1/orders").status_code == 401


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"a": }', b"[" * 100_000])
def test_answer_is_400_or_422_when_the_body_is_not_json(shared_admin, body):
    answer = shared_admin.post("/v1/orders", content=body, headers=JSON)
    assert answer.status_code == (400 if body else 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


TWICE = {
    '{"number": "A", "lines": [], "number": "B"}': "number",
    '{"number": "A", "lines": [{"line": 1, "sku": "TEA", "quantity": 1, "quantity": 9}]}': (
        "lines[0].quantity"
    ),
    '{"number": {"a": 1, "a": 2}, "number": "B", "lines": []}': "number",
    '{"number": "A", "lines": [], "Zebedee Quux": 1, "Zebedee Quux": 2}': "?",
}


@pytest.mark.parametrize("body", TWICE)
def test_answer_names_the_key_when_an_object_holds_it_twice(shared_admin, body):
    answer = shared_admin.post("/v1/orders", content=body, headers=JSON)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "key_twice")
    assert [error["field"] for error in told["errors"]] == [TWICE[body]]
    assert TWICE[body] in told["detail"]
    assert_holds_no_customer_data(answer.text)


def test_every_body_is_read_strictly_when_the_route_is_another(shared_admin):
    twice = '{"name": "A", "name": "B"}'
    answer = shared_admin.put("/v1/products/A", content=twice, headers=JSON)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")


def test_key_is_asked_for_first_when_the_body_is_ambiguous(shared):
    answer = httpx.post(f"{shared.url}/v1/orders", content='{"a": 1, "a": 2}', headers=JSON)
    assert answer.status_code == 401


def test_answer_is_415_when_the_body_is_not_declared_as_json(shared_admin):
    answer = shared_admin.post("/v1/orders", content=b"a=1", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


def test_answer_is_405_when_the_method_is_not_allowed(shared_admin):
    answer = shared_admin.delete("/v1/orders/X")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/orders/X", "GET, HEAD, PUT"),
        ("/v1/orders", "GET, HEAD, POST"),
        ("/v1/products/batch", "GET, HEAD, POST, PUT"),
    ],
)
def test_allow_names_every_method_of_the_path_when_the_method_is_not_allowed(
    shared_admin, path, methods
):
    assert shared_admin.delete(path).headers["Allow"] == methods


def test_answer_is_404_when_the_path_is_unknown(shared_admin):
    answer = shared_admin.get("/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")


@pytest.fixture
def small(database_url: str) -> Iterator[httpx.Client]:
    with made(database_url, max_body_bytes=2048) as world:
        yield world.client()


def test_answer_is_413_when_the_declared_body_is_too_large(small):
    answer = small.post("/v1/orders", content=b" " * 2049, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_answer_is_413_when_the_streamed_body_grows_too_large(small):
    answer = small.post("/v1/orders", content=iter([b" " * 500] * 10), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_body_is_read_when_it_is_just_within_the_limit(small):
    assert small.post("/v1/orders", content=b" " * 2048, headers=JSON).status_code == 400


def test_answer_is_503_when_the_database_is_away():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        store = Store(connect(f"postgresql+psycopg://u:p@127.0.0.1:{port}/x"))
        with serving(build_app(store, None, Settings())) as url:
            headers = {"Authorization": f"Bearer pb_{'0' * 16}_{'x' * 43}"}
            answer = httpx.get(f"{url}/v1/orders", headers=headers)
            ready = httpx.get(f"{url}/health/ready")
            live = httpx.get(f"{url}/health/live")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert (ready.status_code, ready.json()["database"]) == (503, "unreachable")
    assert live.status_code == 200


def test_answer_is_503_when_the_database_goes_away_meanwhile(world, admin, monkeypatch):
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(orders_router, "read_order", fail)
    assert admin.get("/v1/orders/X").status_code == 503


def test_nothing_internal_is_told_when_something_breaks(world, admin, monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError("Zebedee Quux lives at 7 Secret Lane")

    monkeypatch.setattr(orders_router, "read_order", fail)
    with structlog.testing.capture_logs() as lines:
        answer = admin.get("/v1/orders/X")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert_holds_no_customer_data(answer.text)
    (line,) = lines
    assert (line["error"], line["log_level"]) == ("ValueError", "error")
    assert_holds_no_customer_data(str(lines))
    assert admin.get("/v1/orders").status_code == 200


def test_api_is_ready_when_the_engine_is_away(shared, monkeypatch):
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    answer = httpx.get(f"{shared.url}/health/ready")
    told = {"status": "ready", "database": "migrated", "engine": "unreachable", "relay": "running"}
    assert (answer.status_code, answer.json()) == (200, told)


def test_engine_is_not_reachable_when_something_only_listens_there(shared, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{listening.getsockname()[1]}")
        assert httpx.get(f"{shared.url}/health/ready").json()["engine"] == "unreachable"


class FakeRelay:
    """Counts nudges; fails once, to see that it is started again."""

    def __init__(self) -> None:
        self.runs = 0
        self.pulse = Pulse("relay")
        self.nudged = threading.Event()
        self.cancelled = threading.Event()

    def nudge(self) -> None:
        self.nudged.set()

    async def run(self) -> None:
        self.runs += 1
        if self.runs == 1:
            raise ConnectionError("the engine is away")
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()


def test_relay_is_nudged_when_an_order_is_committed(database_url, monkeypatch):
    monkeypatch.setattr("fulfillment.keeping.FIRST_PAUSE", 0.01)
    store = Store(connect(database_url))
    settle(store)
    relay = FakeRelay()
    with serving(build_app(store, relay, Settings())) as url:
        key = create_key(store, "shop", Role.INTAKE, "acme")
        assert not relay.nudged.is_set()
        headers = {"Authorization": f"Bearer {key}"}
        assert httpx.post(f"{url}/v1/orders", json=order(), headers=headers).status_code == 202
        assert relay.nudged.is_set()
    assert relay.cancelled.is_set()
    assert relay.runs == 2
