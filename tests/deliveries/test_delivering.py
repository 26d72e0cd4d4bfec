"""Events delivered to real servers on this machine, whatever these do, and whoever dies."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from structlog.testing import capture_logs

from deliveries.webhooks import delivering as delivering_module
from deliveries.webhooks.addresses import Allowed
from embedded.temporal import EmbeddedTemporal
from fulfillment.sealing import Sealer, new_key
from fulfillment.store.commands.webhooks.endpoints import renew_secret, switch_endpoint
from fulfillment.store.commands.webhooks.replaying import send_test
from fulfillment.store.transactions.session import Store, connect
from tests.builders.warehouse import Warehouse, command
from tests.builders.webhooks import (
    KEY,
    SEALER,
    RealTime,
    count,
    deliverer,
    delivering,
    endpoint,
    fan_out,
    settled,
    until,
)
from tests.deliveries.receivers import Authority, Received, Receiver, receiving


@pytest.fixture
def warehouse(database_url):
    clock = RealTime()
    made = Warehouse(Store(connect(database_url, pool_size=12), clock), clock).furnish()
    yield made
    findings = made.findings()
    made.engine.dispose()
    assert findings == []


@pytest.fixture
def receiver():
    with receiving(Receiver()) as made:
        yield made


def happens(warehouse: Warehouse, orders: int = 1) -> int:
    for _ in range(orders):
        warehouse.take()
    return fan_out(warehouse.store)


def verified(secret: str, received: Received) -> dict[str, Any]:
    Webhook(secret).verify(received.body, received.headers)
    return dict(json.loads(received.body))


async def test_an_event_is_posted_signed_under_its_id(warehouse, receiver):
    _, secret = endpoint(warehouse, receiver.url)
    happens(warehouse)
    async with delivering(warehouse.store):
        await asyncio.to_thread(receiver.wait)
        await settled(warehouse)

    (one,) = receiver.received
    body = verified(secret, one)
    assert body["type"] == "order.received"
    assert body["data"]["id"] == one.id
    assert body["timestamp"] == body["data"]["at"]
    assert one.headers["content-type"] == "application/json"
    assert count(warehouse, "delivered") == 1
    (attempt,) = warehouse.rows("SELECT * FROM webhook_attempt")
    assert (attempt.answered, attempt.answer, attempt.fault) == (200, "thanks", None)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(one.body + b" ", one.headers)


async def test_it_goes_by_https_to_a_name_whose_certificate_is_checked(warehouse, tmp_path):
    authority = Authority(tmp_path)
    authority.make("localhost")
    with receiving(Receiver(), authority.server()) as receiver:
        endpoint(warehouse, receiver.url)
        happens(warehouse, 5)
        async with delivering(warehouse.store, tls=authority.client()):
            await asyncio.to_thread(receiver.wait, 5)
            await settled(warehouse)

    assert set(receiver.names) == {"localhost"}
    assert len(receiver.names) <= 4, "connections are kept for the next message"


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_what_is_refused_is_sent_again_with_the_same_id_and_signed_anew(
    warehouse, receiver, status
):
    receiver.statuses = [status]
    receiver.headers = {"Location": receiver.url}
    _, secret = endpoint(warehouse, receiver.url)
    happens(warehouse)
    async with delivering(warehouse.store):
        await asyncio.to_thread(receiver.wait)
        await until(lambda: warehouse.one("SELECT count(*) FROM webhook_attempt") == 1)
        warehouse.clock.ahead = timedelta(seconds=30)
        await asyncio.to_thread(receiver.wait)
        await until(lambda: count(warehouse, "delivered") == 1)

    first, again = receiver.received
    assert first.id == again.id
    assert first.headers["webhook-timestamp"] != again.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != again.headers["webhook-signature"]
    assert verified(secret, again) == verified(secret, first)


async def test_a_skewed_receiver_refuses_and_takes_it_when_its_clock_is_right(
    warehouse, receiver, monkeypatch
):
    _, secret = endpoint(warehouse, receiver.url)
    skew = {"is": timedelta(minutes=10)}

    class Skewed(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + skew["is"]

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Skewed)

    def check(this, handler):
        try:
            verified(secret, this.received[-1])
            status = 204
        except WebhookVerificationError:
            status = 400
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.respond = check
    happens(warehouse)
    async with delivering(warehouse.store):
        await until(lambda: warehouse.one("SELECT count(*) FROM webhook_attempt") == 1)
        skew["is"] = timedelta()
        warehouse.clock.ahead = timedelta(seconds=30)
        await until(lambda: count(warehouse, "delivered") == 1)

    answers = warehouse.rows("SELECT answered FROM webhook_attempt ORDER BY id")
    assert [row.answered for row in answers] == [400, 204]


async def test_a_renewed_secret_signs_beside_the_one_before(warehouse, receiver):
    one, first = endpoint(warehouse, receiver.url)
    second = "whsec_" + "c2Vjb25kLXNlY29uZC1zZWNvbmQtc2Vjb25kLXNlY28="
    renew_secret(warehouse.store, command("renew"), one, lambda name: SEALER.seal(name, second))
    happens(warehouse)
    async with delivering(warehouse.store):
        await asyncio.to_thread(receiver.wait)
        assert verified(first, receiver.received[0]) == verified(second, receiver.received[0])
        warehouse.clock.ahead = timedelta(hours=25)
        happens(warehouse)
        await asyncio.to_thread(receiver.wait)

    late = receiver.received[1]
    assert len(late.headers["webhook-signature"].split()) == 1


async def test_410_switches_it_off_and_that_is_said(warehouse, receiver):
    one, _ = endpoint(warehouse, receiver.url)
    receiver.status = 410
    happens(warehouse)
    with capture_logs() as logs:
        async with delivering(warehouse.store):
            await until(lambda: count(warehouse, "failed") == 1)
            await until(lambda: [each for each in logs if each["event"] == "webhook_switched_off"])

    (told,) = [each for each in logs if each["event"] == "webhook_switched_off"]
    assert (told["webhook"], told["merchant"], told["reason"]) == (one, "acme", "gone")
    assert receiver.url not in str(logs)


async def test_who_asks_for_fewer_calls_gets_none_before_the_time_that_he_says(warehouse, receiver):
    receiver.statuses, receiver.headers = [503], {"Retry-After": "3600"}
    endpoint(warehouse, receiver.url)
    happens(warehouse, 9)
    async with delivering(warehouse.store):
        await asyncio.to_thread(receiver.wait)
        await until(lambda: warehouse.one("SELECT max(slow_until) FROM webhook_endpoint"))
        came = len(receiver.received)
        await asyncio.sleep(1)
        assert len(receiver.received) <= max(came, 4)
        warehouse.clock.ahead = timedelta(seconds=3700)
        await until(lambda: count(warehouse, "delivered") == 9)


async def test_a_slow_one_holds_up_nobody_and_gets_four_calls_at_once(warehouse, receiver):
    with receiving(Receiver()) as slow:
        slow.gate.clear()
        endpoint(warehouse, slow.url)
        endpoint(warehouse, receiver.url)
        happens(warehouse, 40)
        async with delivering(warehouse.store):
            await asyncio.to_thread(receiver.wait, 40)
            assert slow.most_at_once == len(slow.received) == 4
            slow.gate.set()
            await settled(warehouse)

    assert slow.most_at_once == 4
    assert receiver.most_at_once <= 4
    assert len(set(slow.ids())) == len(set(receiver.ids())) == 40


async def test_one_that_never_answers_is_given_up_in_time(warehouse, receiver):
    receiver.gate.clear()
    endpoint(warehouse, receiver.url)
    happens(warehouse)
    async with delivering(warehouse.store, seconds=0.5):
        await until(lambda: warehouse.one("SELECT count(*) FROM webhook_attempt") == 1)
        receiver.gate.set()
        warehouse.clock.ahead = timedelta(seconds=30)
        await until(lambda: count(warehouse, "delivered") == 1)

    faults = warehouse.rows("SELECT fault FROM webhook_attempt ORDER BY id")
    assert [row.fault for row in faults] == ["timed_out", None]


async def test_ten_megabytes_of_answer_do_not_matter(warehouse, receiver):
    receiver.answer = b"x" * 10_000_000
    endpoint(warehouse, receiver.url)
    happens(warehouse, 12)
    async with delivering(warehouse.store):
        await until(lambda: count(warehouse, "delivered") == 12)
    assert warehouse.one("SELECT max(length(answer)) FROM webhook_attempt") == 500


async def test_what_comes_back_is_kept_as_it_begins_whatever_it_is(warehouse, receiver):
    receiver.answer = b"\x00\xff\xfe <script>" + "ä".encode() * 900
    endpoint(warehouse, receiver.url)
    happens(warehouse)
    async with delivering(warehouse.store):
        await until(lambda: count(warehouse, "delivered") == 1)
    assert "<script>" in warehouse.one("SELECT answer FROM webhook_attempt")


async def test_a_private_address_is_refused_and_told_in_the_log_of_deliveries(warehouse, receiver):
    endpoint(warehouse, receiver.url)
    happens(warehouse)
    async with delivering(warehouse.store, allowed=Allowed()):
        await until(lambda: warehouse.one("SELECT count(*) FROM webhook_attempt") == 1)
    assert receiver.received == []
    assert warehouse.one("SELECT fault FROM webhook_attempt") == "address_refused"


async def test_without_the_key_nothing_is_sent_nothing_is_lost_and_it_is_said(warehouse, receiver):
    one, secret = endpoint(warehouse, receiver.url)
    happens(warehouse)
    for sealer in (Sealer(), Sealer([new_key()])):
        with capture_logs() as logs:
            async with delivering(warehouse.store, sealer=sealer):
                await until(lambda: [e for e in logs if e["event"] == "webhook_secret_not_opened"])
                await settled(warehouse)
        assert secret not in str(logs)
        assert KEY not in str(logs)
        warehouse.clock.ahead += timedelta(minutes=20)
    assert receiver.received == []
    assert count(warehouse, "due") == 1
    assert warehouse.one("SELECT count(*) FROM secret") == 1
    async with delivering(warehouse.store):
        await until(lambda: count(warehouse, "delivered") == 1)
    assert one


async def test_several_processes_send_each_once(warehouse, receiver):
    for _ in range(3):
        endpoint(warehouse, receiver.url)
    happens(warehouse, 60)
    async with (
        delivering(warehouse.store),
        delivering(warehouse.store),
        delivering(warehouse.store),
    ):
        await until(lambda: count(warehouse, "delivered") == 180, 60)

    assert len(receiver.received) == 180
    assert receiver.most_at_once <= 12


async def test_while_calls_succeed_each_history_comes_in_its_order(warehouse, receiver):
    endpoint(warehouse, receiver.url)
    warehouse.stock(30)
    for _ in range(10):
        warehouse.order()
    owed = fan_out(warehouse.store)
    async with delivering(warehouse.store), delivering(warehouse.store):
        await until(lambda: count(warehouse, "delivered") == owed)

    histories: dict[str, list[int]] = {}
    for each in receiver.received:
        data = json.loads(each.body)["data"]
        histories.setdefault(data["number"], []).append(data["sequence"])
    assert len(histories) == 10
    assert all(sequences == sorted(sequences) for sequences in histories.values())


async def test_what_is_under_way_at_the_end_is_waited_for_and_noted(warehouse, receiver):
    receiver.gate.clear()
    endpoint(warehouse, receiver.url)
    happens(warehouse)
    async with delivering(warehouse.store):
        await asyncio.to_thread(receiver.wait)
        receiver.gate.set()
    assert count(warehouse, "delivered") == 1


async def test_what_takes_longer_than_the_end_may_is_sent_again(warehouse, receiver, monkeypatch):
    monkeypatch.setattr(delivering_module, "ENDS_WITHIN", 0.1)
    receiver.gate.clear()
    endpoint(warehouse, receiver.url)
    happens(warehouse)
    async with delivering(warehouse.store):
        await asyncio.to_thread(receiver.wait)
    assert count(warehouse, "due") == 1
    receiver.gate.set()
    warehouse.clock.ahead = timedelta(seconds=70)
    async with delivering(warehouse.store):
        await until(lambda: count(warehouse, "delivered") == 1)
    assert len(set(receiver.ids())) == 1


async def test_the_database_goes_and_comes_back(warehouse, receiver, monkeypatch):
    """What was sent and could not be noted is noted when the database is back: not sent twice."""
    monkeypatch.setattr(delivering_module, "AWAY_SECONDS", 0.1)
    endpoint(warehouse, receiver.url)
    receiver.gate.clear()
    happens(warehouse)
    made = deliverer(warehouse.store)
    task = asyncio.create_task(made.run())
    await asyncio.to_thread(receiver.wait)
    url = warehouse.engine.url
    warehouse.engine.dispose()
    admin = connect(url.set(database="postgres"), pool_size=1)
    with admin.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.autocommit = True
        name = url.database
        raw.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        receiver.gate.set()
        await asyncio.sleep(1.5)
        raw.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    admin.dispose()
    try:
        await until(lambda: count(warehouse, "delivered") == 1)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert len(receiver.received) == 1


async def test_ten_thousand_events_at_once_are_sent_with_few_of_them_in_memory(warehouse, receiver):
    endpoint(warehouse, receiver.url)
    many(warehouse, 10_000)
    most, seen = 0, deliverer(warehouse.store)
    task = asyncio.create_task(seen.run())
    try:
        async with asyncio.timeout(300):
            while len(receiver.received) < 1_000:
                most = max(most, len(seen._calls) + len(seen._done))
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert most <= 8
    assert len(receiver.received) == len(set(receiver.ids()))


def many(warehouse: Warehouse, events: int) -> None:
    """So many events in the feed, and the deliveries of them."""
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(
            """WITH given AS (UPDATE feed_mark SET last = last + %s RETURNING last - %s AS before)
               INSERT INTO feed_event (place, id, merchant, type, version, subject, number,
                                       sequence, locations, facts, at)
               SELECT g.before + n, gen_random_uuid(), 'acme', 'order.received', 1, 'order',
                      'SO-' || n, 1, '{A}', '{"lines": 1, "units": 24}', now()
                 FROM given g, generate_series(1, %s) AS n""",
            (events, events, events),
        )
    assert fan_out(warehouse.store) == events


# --- processes -----------------------------------------------------------------------------------


def worker(
    database_url: str, temporal_server: EmbeddedTemporal, **variables: str
) -> "subprocess.Popen[str]":
    """`pegboard worker`, as an operator starts it."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("TEMPORAL_", "PEGBOARD_"))}
    told = {
        "PEGBOARD_DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": temporal_server.address,
        "PEGBOARD_SECRET_KEYS": KEY,
        "PEGBOARD_WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "worker"], env={**ours, **told, **variables},
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_worker_tells_what_happens_also_after_it_was_killed_between_send_and_note(
    warehouse, receiver, database_url, temporal_server
):
    one, secret = endpoint(warehouse, receiver.url, "order.received")
    receiver.gate.clear()
    warehouse.take()
    process = worker(database_url, temporal_server)
    try:
        receiver.wait(seconds=100)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        receiver.gate.set()
        assert count(warehouse, "due") == 1
        # Its lease ends: a minute is not waited for here.
        with warehouse.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE webhook_delivery SET leased_until = now(), next_at = now()"
            )
        process = worker(database_url, temporal_server)
        receiver.wait(seconds=100)
        asyncio.run(until(lambda: count(warehouse, "delivered") == 1))
    finally:
        process.terminate()
        said = "".join(process.communicate(timeout=60))

    first, again = receiver.received[:2]
    assert first.id == again.id
    assert verified(secret, again)["type"] == "order.received"
    assert secret not in said
    assert KEY not in said
    assert one


def test_a_worker_does_not_start_with_keys_or_networks_that_are_none(database_url, temporal_server):
    for name, value in (("SECRET_KEYS", "swordfish"), ("WEBHOOK_PRIVATE_NETWORKS", "10.0.0.1/8")):
        process = worker(database_url, temporal_server, **{f"PEGBOARD_{name}": value})
        said = "".join(process.communicate(timeout=60))
        assert process.returncode == 2
        assert f"PEGBOARD_{name}" in said
        assert "swordfish" not in said


async def test_a_test_and_a_replay_go_the_same_way(warehouse, receiver):
    one, secret = endpoint(warehouse, receiver.url, "supply.*")
    send_test(warehouse.store, command("test"), one)
    async with delivering(warehouse.store):
        await asyncio.to_thread(receiver.wait)
        await settled(warehouse)
    assert verified(secret, receiver.received[0])["type"] == "webhook.test"
    switch_endpoint(warehouse.store, command("off"), one, on=False)
