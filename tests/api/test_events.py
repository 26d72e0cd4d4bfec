"""The feed over HTTP: pages, long poll, server-sent events, and what each key may see of it."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.model.webhooks import TEST_EVENT
from fulfillment.relay.sequencer import Sequencer
from fulfillment.settings import Settings
from fulfillment.store.commands import intake
from fulfillment.store.commands.administration.keys import Role, create_key, revoke_key
from fulfillment.store.commands.administration.restoring import begin_epoch
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from starter.models.events import example_of
from tests.api.events_page import listed, written
from tests.api.world import ACME, ADDRESS, BOLT, World, order, serving, settle
from tests.builders.feed import tell

EVENTS = "/v1/events"


def page(client: httpx.Client, **asked: Any) -> dict[str, Any]:
    answer = client.get(EVENTS, params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def types(found: dict[str, Any]) -> list[str]:
    return [each["type"] for each in found["items"]]


def take(client: httpx.Client, number: str, **more: Any) -> None:
    assert client.post("/v1/orders", json=order(number, **more)).status_code == 202


def test_what_happened_is_read_after_a_cursor(world, admin):
    take(admin, "SO-1")
    tell(world.store)
    first = page(admin)
    take(admin, "SO-2")
    tell(world.store)

    assert [each["number"] for each in first["items"]] == ["SO-1"]
    assert [each["number"] for each in page(admin, after=first["next"])["items"]] == ["SO-2"]
    assert page(admin, after="now")["items"] == []


def test_each_reason_to_hold_an_order_is_told(world, admin):
    take(admin, "SO-1")
    for reason in ("fraud", "credit"):
        assert admin.post("/v1/orders/SO-1/hold", json={"reason": reason}).status_code == 200
    assert admin.post("/v1/orders/SO-1/unhold", json={"reason": "fraud"}).status_code == 200
    tell(world.store)

    held = [each for each in page(admin)["items"] if each["type"] == "order.held"]
    assert [each["facts"]["holds"] for each in held] == [
        ["fraud"], ["credit", "fraud"], ["credit"],
    ]  # fmt: skip


def test_a_long_poll_is_answered_when_something_is_told(world, admin):
    after = page(admin, after="now")["next"]

    def later() -> None:
        time.sleep(0.3)
        take(world.client(), "SO-1")
        tell(world.store)

    begun = threading.Thread(target=later)
    begun.start()
    found = page(admin, after=after, wait=20)
    begun.join()

    assert types(found) == ["order.received"]


def test_a_long_poll_is_answered_with_its_cursor_when_nothing_comes(world, admin):
    take(admin, "SO-1")
    tell(world.store)
    found = page(admin, types="supply.closed", wait=1)

    assert found["items"] == []
    assert page(admin, after=found["next"]) == found | {"more": False}


def test_a_cursor_that_can_not_be_honoured_is_refused_with_the_oldest_that_can(world, admin):
    take(admin, "SO-1")
    tell(world.store)
    after = page(admin)["next"]
    begin_epoch(world.store, 0, 0, world.store.clock(), "test")
    answer = admin.get(EVENTS, params={"after": after})

    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_gone")
    oldest = answer.json()["errors"][0]["oldest"]
    assert types(page(admin, after=oldest)) == ["order.received"]


@pytest.mark.parametrize(
    "asked", [{"after": "x"}, {"types": "order.eaten"}, {"wait": 31}, {"a": 1}]
)
def test_what_is_asked_wrongly_is_refused(admin, asked):
    assert admin.get(EVENTS, params=asked).status_code == 422


def test_a_key_sees_the_events_of_its_merchant_alone(world, admin):
    take(admin, "SO-1")
    bolts = world.client(Role.ADMIN, BOLT)
    assert bolts.post("/v1/orders", json=order("SO-9", ("NUT", 1))).status_code == 202
    tell(world.store)
    every = world.client(Role.ADMIN, None)

    assert {each["merchant"] for each in page(admin)["items"]} == {ACME}
    assert {each["merchant"] for each in page(bolts)["items"]} == {BOLT}
    assert {each["merchant"] for each in page(every)["items"]} == {ACME, BOLT}
    named = every.get(EVENTS, headers={"Pegboard-Merchant": BOLT}).json()
    assert {each["merchant"] for each in named["items"]} == {BOLT}


def test_a_key_that_is_bound_to_locations_sees_what_is_there_alone(world, admin):
    world.stock("TEA", 2, "graz")
    take(admin, "SO-1")
    world.prepare("SO-1")
    tell(world.store)
    found = {}
    for place in ("graz", "vienna"):
        key = create_key(world.store, place, Role.WAREHOUSE, ACME, [place])
        headers = {"Authorization": f"Bearer {key}"}
        found[place] = httpx.get(f"{world.url}{EVENTS}", headers=headers).json()["items"]

    assert "shipment.released" in {each["type"] for each in found["graz"]}
    assert found["vienna"] == []


def test_a_role_is_told_what_it_may_read(world, admin):
    take(admin, "SO-1")
    tell(world.store)
    buyer = world.client(Role.PURCHASING)

    assert page(buyer)["items"] == []
    assert buyer.get(EVENTS, params={"types": "order.received"}).status_code == 403


# --- server-sent events --------------------------------------------------------------------------


class Stream:
    """The events of a stream, one by one, each with its cursor."""

    def __init__(self, answer: httpx.Response) -> None:
        self.lines = answer.iter_lines()
        self.cursor = ""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self.lines:
            name, _, value = line.partition(": ")
            if name == "id":
                self.cursor = value
            if name == "data":
                yield json.loads(value)


def streaming(client: httpx.Client, **headers: str) -> Any:
    accept = {"Accept": "text/event-stream", **headers}
    return client.stream("GET", EVENTS, headers=accept)


def test_a_stream_tells_what_was_and_what_comes_and_is_taken_up_where_it_broke_off(world, admin):
    take(admin, "SO-1")
    tell(world.store)
    with streaming(admin) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        stream = Stream(answer)
        events = iter(stream)
        assert next(events)["number"] == "SO-1"
        take(world.client(), "SO-2")
        tell(world.store)
        assert next(events)["number"] == "SO-2"
    take(admin, "SO-3")
    tell(world.store)

    with streaming(admin, **{"Last-Event-ID": stream.cursor}) as answer:
        assert next(iter(Stream(answer)))["number"] == "SO-3"


def test_a_stream_is_refused_as_a_page_is_when_its_cursor_is_gone(world, admin):
    after = page(admin)["next"]
    begin_epoch(world.store, 0, 0, world.store.clock(), "test")
    with streaming(admin, **{"Last-Event-ID": after}) as answer:
        assert answer.status_code == 410


def test_a_stream_ends_when_its_key_is_revoked(world):
    key = create_key(world.store, "stream", Role.ADMIN, ACME)
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    with httpx.stream("GET", f"{world.url}{EVENTS}", headers=headers, timeout=20) as answer:
        lines = answer.iter_lines()
        next(lines)
        revoke_key(world.store, key)
        assert [line for line in lines if line.startswith("data")] == []


def test_a_stream_ends_when_the_server_does(database_url):
    from tests.api.world import made  # noqa: PLC0415 -- this test ends a world of its own

    with httpx.Client(timeout=20) as client:
        with made(database_url) as world:
            key = {"Authorization": f"Bearer {world.key(Role.ADMIN)}"}
            client.headers = {**key, "Accept": "text/event-stream"}
            answer = client.send(client.build_request("GET", world.url + EVENTS), stream=True)
            lines = answer.iter_lines()
            next(lines)
        assert [line for line in lines if line.startswith("data")] == []


# --- what the document says ----------------------------------------------------------------------


def test_the_page_lists_every_type() -> None:
    assert written() == listed(), "run: python -m tests.api.events_page"


def test_the_document_lists_every_type_with_an_example(world: World):
    document = httpx.get(f"{world.url}/openapi.json", timeout=30).json()

    assert set(document["webhooks"]) == {*EventType, TEST_EVENT}
    for type_ in EventType:
        content = document["webhooks"][type_]["post"]["requestBody"]["content"]
        event = json.loads(json.dumps(example_of(type_)))
        assert content["application/json"]["example"] == {
            "type": type_, "timestamp": event["at"], "data": event,
        }  # fmt: skip


# --- as processes run it -------------------------------------------------------------------------


def test_what_is_committed_is_told_by_the_process_itself(database_url):
    store = Store(connect(database_url))
    settle(store)
    with serving(build_app(store, None, Settings(), Sequencer(store))) as url:
        world = World(store, url)
        client = world.client()
        after = page(client, after="now")["next"]
        take(client, "SO-1")
        found = page(client, after=after, wait=20)
        client.close()
    store.engine.dispose()

    assert types(found) == ["order.received"]


def test_what_another_process_committed_is_told_by_a_look_now_and_then(database_url):
    store = Store(connect(database_url))
    settle(store)
    with serving(build_app(store, None, Settings(), Sequencer(store))) as url:
        world = World(store, url)
        client = world.client()
        after = page(client, after="now")["next"]
        world.stock("TEA", 1)
        elsewhere = intake.NewOrder("SO-1", (intake.NewLine(1, "TEA", 1),), address=ADDRESS)
        intake.create_order(store, ACME, elsewhere, "another process")
        found = page(client, after=after, wait=20)
        client.close()
    store.engine.dispose()

    assert types(found) == ["order.received"]
