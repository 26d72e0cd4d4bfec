"""Deliveries of webhooks: made of the feed once, claimed by one, noted, replayed, forgotten."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.domain.model.webhooks import PAUSES, Attempt
from fulfillment.store.commands.webhooks import endpoints, replaying
from fulfillment.store.commands.webhooks.claiming import (
    MOST_AT_ONCE,
    Claimed,
    claim_deliveries,
)
from fulfillment.store.commands.webhooks.endpoints import (
    EndpointChange,
    change_endpoint,
    remove_endpoint,
    renew_secret,
    switch_endpoint,
)
from fulfillment.store.commands.webhooks.fan_out import fan_out_next
from fulfillment.store.commands.webhooks.forgetting import forget_deliveries
from fulfillment.store.commands.webhooks.noting import Outcome, SwitchedOff, note_outcomes
from fulfillment.store.commands.webhooks.replaying import (
    Period,
    replay_delivery,
    replay_period,
    send_test,
)
from fulfillment.store.reading.views.webhooks import WebhookView
from fulfillment.store.transactions.session import Command
from starter.feed.following import AS_JSON
from tests.builders.feed import everything, tell
from tests.builders.warehouse import NOON, Warehouse, command
from tests.builders.webhooks import SEALER, count, deliveries, endpoint, fan_out, later

LEASE = timedelta(seconds=60)
DAYS = timedelta(days=5)
HOUR = timedelta(hours=1)


def claim(warehouse: Warehouse, most: int = 200) -> Sequence[Claimed]:
    return claim_deliveries(warehouse.store, LEASE, most)


def outcome(warehouse: Warehouse, claimed: Claimed, status: int = 200, **attempt: Any) -> Outcome:
    return Outcome(
        claimed.id, claimed.endpoint, claimed.event, claimed.attempts,
        Attempt(status, **attempt), warehouse.clock(), 7, "thanks",
    )  # fmt: skip


def note(
    warehouse: Warehouse, claimed: Sequence[Claimed], status: int = 200, **attempt: Any
) -> Sequence[SwitchedOff]:
    outcomes = [outcome(warehouse, each, status, **attempt) for each in claimed]
    return note_outcomes(warehouse.store, outcomes, DAYS)


def take(warehouse: Warehouse, orders: int = 1) -> None:
    for _ in range(orders):
        warehouse.take()


# --- made of the feed ----------------------------------------------------------------------------


def test_an_event_is_owed_to_each_endpoint_that_wants_it(warehouse):
    every, _ = endpoint(warehouse)
    family, _ = endpoint(warehouse, "https://a.example/", "order.*")
    other, _ = endpoint(warehouse, "https://b.example/", "supply.*")
    warehouse.stock(1)
    warehouse.order()
    fan_out(warehouse.store)

    owed = {(each.endpoint, each.type) for each in deliveries(warehouse)}
    assert {name for at, name in owed if at == every} == {
        "order.received", "order.changed", "promise.given", "shipment.released", "order.ready",
    }  # fmt: skip
    assert {name for at, name in owed if at == family} == {
        "order.received", "order.changed", "order.ready",
    }  # fmt: skip
    assert not {name for at, name in owed if at == other}


def test_who_is_bound_to_locations_is_told_of_what_concerns_one_of_them(warehouse):
    here, _ = endpoint(warehouse, locations=["B"])
    endpoint(warehouse, locations=["A"])
    warehouse.stock(1, at="B")
    warehouse.order()
    fan_out(warehouse.store)

    assert {each.endpoint for each in deliveries(warehouse)} == {here}


def test_another_merchants_endpoint_is_told_nothing(warehouse):
    endpoint(warehouse)
    with warehouse.engine.begin() as connection:
        connection.execute(text("INSERT INTO merchant (id, name) VALUES ('bolt', 'Bolt')"))
        connection.execute(text("UPDATE webhook_endpoint SET merchant = 'bolt'"))
    take(warehouse)
    assert fan_out(warehouse.store) == 0


def test_an_endpoint_is_told_of_what_comes_after_it(warehouse):
    take(warehouse)
    tell(warehouse.store)
    endpoint(warehouse)
    take(warehouse)

    assert fan_out(warehouse.store) == 1


def test_each_event_is_owed_once_also_when_several_look_at_once(warehouse):
    for _ in range(3):
        endpoint(warehouse)
    take(warehouse, 40)
    tell(warehouse.store)
    barrier = threading.Barrier(6)

    def look(_: int) -> int:
        barrier.wait()
        made = 0
        for _ in range(20):
            done = fan_out_next(warehouse.store, 5)
            made += done.deliveries if done else 0
        return made

    with ThreadPoolExecutor(6) as pool:
        made = sum(pool.map(look, range(6)))
    while (done := fan_out_next(warehouse.store)) and done.places:
        made += done.deliveries

    assert made == len(deliveries(warehouse)) == 120
    assert len({(each.endpoint, each.event) for each in deliveries(warehouse)}) == 120


def test_without_endpoints_the_feed_is_passed_over(warehouse):
    take(warehouse)
    assert fan_out(warehouse.store) == 0
    assert warehouse.one("SELECT place = (SELECT last FROM feed_mark) FROM feed_reader")


def test_the_body_is_the_event_as_the_feed_tells_it(warehouse):
    endpoint(warehouse)
    warehouse.stock(1)
    warehouse.order()
    fan_out(warehouse.store)

    told = {
        str(each.id): json.loads(AS_JSON.dump_json(each)) for each in everything(warehouse.store)
    }
    for each in deliveries(warehouse):
        body = json.loads(each.body)
        assert body["data"] == told[str(each.event)]
        assert (body["type"], body["timestamp"]) == (each.type, body["data"]["at"])


# --- claimed -------------------------------------------------------------------------------------


def test_four_are_under_way_for_an_endpoint_however_many_claim(warehouse):
    endpoint(warehouse)
    take(warehouse, 30)
    fan_out(warehouse.store)
    barrier = threading.Barrier(8)

    def some(_: int) -> int:
        barrier.wait()
        return sum(len(claim(warehouse)) for _ in range(5))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(some, range(8))) == MOST_AT_ONCE
    assert warehouse.one("SELECT count(*) FROM webhook_delivery WHERE attempts > 0") == 4


def test_endpoints_have_their_turns(warehouse):
    first, _ = endpoint(warehouse)
    take(warehouse, 20)
    fan_out(warehouse.store)
    second, _ = endpoint(warehouse)
    take(warehouse, 20)
    fan_out(warehouse.store)

    turns = []
    for _ in range(4):
        claimed = claim(warehouse, 4)
        turns.append({each.endpoint for each in claimed})
        later(warehouse, seconds=1)
        note(warehouse, claimed)
    assert turns == [{first}, {second}, {first}, {second}]


def test_an_endpoint_that_fails_is_asked_one_at_a_time(warehouse):
    endpoint(warehouse)
    take(warehouse, 20)
    fan_out(warehouse.store)

    note(warehouse, claim(warehouse), 500)
    probe = claim(warehouse)
    assert len(probe) == 1
    assert claim(warehouse) == ()
    note(warehouse, probe, 200)
    assert len(claim(warehouse)) == MOST_AT_ONCE


def test_what_was_claimed_by_who_died_is_sent_again_with_the_same_id(warehouse):
    endpoint(warehouse)
    take(warehouse)
    fan_out(warehouse.store)
    (dead,) = claim(warehouse)

    assert claim(warehouse) == ()
    later(warehouse, seconds=61)
    (again,) = claim(warehouse)
    assert (again.event, again.attempts) == (dead.event, 2)
    # Who was taken for dead tells after all: what the other one is at stays his.
    note(warehouse, [dead], 500)
    assert count(warehouse, "due") == 1
    assert warehouse.one("SELECT leased_until IS NOT NULL FROM webhook_delivery")
    note(warehouse, [again], 200)
    assert count(warehouse, "delivered") == 1


def test_within_a_history_the_next_is_sent_when_the_one_before_was_tried(warehouse):
    endpoint(warehouse)
    warehouse.stock(1)
    warehouse.order()
    fan_out(warehouse.store)
    sent = []
    for _ in range(len(deliveries(warehouse))):
        (one,) = claim(warehouse)
        sent.append(one.id)
        note(warehouse, [one])
    assert sent == sorted(sent)


def test_what_failed_is_overtaken(warehouse):
    endpoint(warehouse)
    warehouse.stock(1)
    warehouse.order()
    fan_out(warehouse.store)
    (first,) = claim(warehouse)
    note(warehouse, [first], 500)

    (second,) = claim(warehouse)
    assert second.id > first.id


# --- noted ---------------------------------------------------------------------------------------


def test_pauses_grow_until_it_is_given_up_and_each_attempt_is_in_the_log(warehouse):
    endpoint(warehouse)
    take(warehouse)
    fan_out(warehouse.store)
    for attempt, pause in enumerate(PAUSES, start=1):
        (one,) = claim(warehouse)
        assert one.attempts == attempt
        note(warehouse, [one], 500)
        warehouse.clock.now += pause - timedelta(seconds=1)
        assert claim(warehouse) == ()
        warehouse.clock.now += pause * 0.2 + timedelta(seconds=2)
    note(warehouse, claim(warehouse), 500)

    assert count(warehouse, "failed") == 1
    sql = "SELECT attempt, answered, milliseconds, answer FROM webhook_attempt ORDER BY id"
    assert [tuple(row) for row in warehouse.rows(sql)] == [
        (attempt, 500, 7, "thanks") for attempt in range(1, 11)
    ]


def test_410_switches_it_off_and_what_it_was_owed_is_given_up(warehouse):
    one, _ = endpoint(warehouse)
    take(warehouse, 9)
    fan_out(warehouse.store)

    (off,) = note(warehouse, claim(warehouse), 410)
    assert (off.endpoint, off.reason) == (one, "gone")
    assert count(warehouse, "failed") == 9
    take(warehouse)
    assert fan_out(warehouse.store) == 0
    assert claim(warehouse) == ()


def test_days_of_failure_switch_it_off_and_one_success_begins_anew(warehouse):
    endpoint(warehouse)
    take(warehouse, 3)
    fan_out(warehouse.store)
    assert note(warehouse, claim(warehouse)[:1], 500) == ()
    later(warehouse, days=4)
    note(warehouse, claim(warehouse), 200)
    note(warehouse, claim(warehouse)[:1], 500)
    later(warehouse, days=4)
    assert note(warehouse, claim(warehouse), 500) == ()
    later(warehouse, days=2)
    (off,) = note(warehouse, claim(warehouse), 500)
    assert off.reason == "failing"
    row = warehouse.rows("SELECT status, off_reason, off_at FROM webhook_endpoint")[0]
    assert tuple(row) == ("off", "failing", warehouse.clock())


def test_who_asks_for_fewer_calls_gets_none_for_as_long(warehouse):
    endpoint(warehouse)
    take(warehouse, 9)
    fan_out(warehouse.store)
    note(warehouse, claim(warehouse)[:1], 429, retry_after=timedelta(minutes=10))
    later(warehouse, minutes=9)
    assert claim(warehouse) == ()
    later(warehouse, minutes=2)
    assert len(claim(warehouse)) == 1


def test_a_slow_endpoint_holds_up_nobody(warehouse):
    slow, _ = endpoint(warehouse)
    quick, _ = endpoint(warehouse)
    take(warehouse, 12)
    fan_out(warehouse.store)
    first = claim(warehouse)
    assert [each.endpoint for each in first].count(slow) == MOST_AT_ONCE

    sent = 0
    found: Sequence[Claimed] = [each for each in first if each.endpoint == quick]
    while found:
        assert {each.endpoint for each in found} == {quick}
        sent += len(found)
        note(warehouse, found)
        found = claim(warehouse)
    assert sent == 12


# --- endpoints -----------------------------------------------------------------------------------


def test_a_secret_is_shown_once_however_often_it_is_asked_for(warehouse):
    asked = command("make_webhook", "the same")
    new = endpoints.NewEndpoint("https://hooks.example/", ("*",))

    def make(_: int):
        return endpoints.make_endpoint(
            warehouse.store, asked, new, lambda name: SEALER.seal(name, "whsec_1")
        )

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(4)))
    assert [each.is_new for each in made].count(True) == 1
    assert len({each.view.id for each in made}) == 1
    assert warehouse.one("SELECT count(*) FROM secret") == 1


def test_a_renewed_secret_signs_with_the_one_before_for_a_day(warehouse):
    one, first = endpoint(warehouse)
    take(warehouse, 3)
    fan_out(warehouse.store)

    def keys() -> list[str]:
        (claimed,) = claim(warehouse, 1)[:1]
        return [SEALER.open(name, sealed) for name, sealed in claimed.secrets]

    assert keys() == [first]
    renewed = renew_secret(
        warehouse.store, command("renew"), one, lambda name: SEALER.seal(name, "whsec_2")
    )
    assert renewed.is_new
    assert renewed.view.previous_secret_until == NOON + timedelta(hours=24)
    later(warehouse, minutes=2)
    assert keys() == ["whsec_2", first]
    later(warehouse, hours=24)
    assert keys() == ["whsec_2"]
    forget_deliveries(warehouse.store, timedelta(days=30))
    assert warehouse.one("SELECT count(*) FROM secret") == 1


def test_two_renewals_leave_two_secrets(warehouse):
    one, _ = endpoint(warehouse)
    for version in ("whsec_2", "whsec_3"):

        def seal(name: SecretName, text: str = version) -> Sealed:
            return SEALER.seal(name, text)

        renew_secret(warehouse.store, command("renew"), one, seal)
    assert [row.name for row in warehouse.rows("SELECT name FROM secret ORDER BY id")] == [
        f"{one}/2", f"{one}/3",
    ]  # fmt: skip


def switch(warehouse: Warehouse, one: int, *, on: bool) -> WebhookView:
    return switch_endpoint(warehouse.store, command("switch"), one, on=on)


def test_what_happens_while_it_is_off_is_not_owed_and_can_be_replayed(warehouse):
    one, _ = endpoint(warehouse)
    switch(warehouse, one, on=False)
    take(warehouse, 3)
    fan_out(warehouse.store)
    view = switch(warehouse, one, on=True)
    assert (view.status, view.off_reason, view.waiting) == ("on", None, 0)

    period = Period(NOON - HOUR, NOON + HOUR)
    done = replay_period(warehouse.store, command("replay"), one, period)
    assert done.deliveries == count(warehouse, "due") == 3
    assert replay_period(warehouse.store, command("replay"), one, period).deliveries == 0


def test_a_period_is_replayed_failed_ones_first_and_all_if_asked(warehouse):
    one, _ = endpoint(warehouse)
    take(warehouse, 4)
    fan_out(warehouse.store)
    claimed = claim(warehouse)
    note(warehouse, claimed[:2])
    switch(warehouse, one, on=False)
    switch(warehouse, one, on=True)

    def replay(**more: Any) -> int:
        period = Period(NOON - HOUR, NOON + HOUR, **more)
        return replay_period(warehouse.store, command("replay"), one, period).deliveries

    assert replay() == 2
    assert count(warehouse, "delivered") == 2
    assert replay(all=True) == 2
    assert count(warehouse, "due") == 4
    assert replay_period(
        warehouse.store, command("replay"), one, Period(NOON - HOUR, NOON)
    ).deliveries == 0  # fmt: skip


def test_a_period_with_too_much_in_it_is_refused_and_says_what_to_do(warehouse, monkeypatch):
    monkeypatch.setattr(replaying, "MOST_REPLAYED", 2)
    one, _ = endpoint(warehouse)
    switch(warehouse, one, on=False)
    take(warehouse, 3)
    fan_out(warehouse.store)
    switch(warehouse, one, on=True)

    with pytest.raises(RefusedError, match="name a shorter one") as refused:
        replay_period(warehouse.store, command("r"), one, Period(NOON - HOUR, NOON + HOUR))
    assert refused.value.fields[0]["field"] == "until"
    assert deliveries(warehouse) == []


def test_one_is_replayed_with_its_id_and_one_under_way_is_left_alone(warehouse):
    one, _ = endpoint(warehouse)
    take(warehouse)
    fan_out(warehouse.store)
    (first,) = claim(warehouse)
    view = replay_delivery(warehouse.store, command("replay"), one, first.id)
    assert view.attempts == 1
    note(warehouse, [first])
    view = replay_delivery(warehouse.store, command("replay"), one, first.id)
    assert (view.status, view.attempts, len(view.tries)) == ("due", 0, 1)
    (again,) = claim(warehouse)
    assert again.event == first.event


def test_nothing_is_sent_to_one_that_is_off(warehouse):
    one, _ = endpoint(warehouse)
    switch(warehouse, one, on=False)
    for ask in (
        lambda: send_test(warehouse.store, command("test"), one),
        lambda: replay_period(warehouse.store, command("r"), one, Period(NOON, NOON + HOUR)),
    ):
        with pytest.raises(RefusedError, match="switch it on first"):
            ask()


def test_a_test_is_a_delivery_of_its_own(warehouse):
    one, _ = endpoint(warehouse, "https://hooks.example/", "supply.*")
    view = send_test(warehouse.store, command("test", "same"), one)
    assert view == send_test(warehouse.store, command("test", "same"), one)
    assert (view.type, view.status) == ("webhook.test", "due")


def test_a_change_counts_for_what_is_due(warehouse):
    one, _ = endpoint(warehouse)
    take(warehouse)
    fan_out(warehouse.store)
    change = EndpointChange(url="https://new.example/", topics=("supply.*",))
    change_endpoint(warehouse.store, command("change"), one, change)

    (claimed,) = claim(warehouse)
    assert claimed.url == "https://new.example/"
    take(warehouse)
    assert fan_out(warehouse.store) == 0


def test_one_that_is_removed_is_not_there_and_leaves_nothing(warehouse):
    one, _ = endpoint(warehouse)
    take(warehouse, 3)
    fan_out(warehouse.store)
    remove_endpoint(warehouse.store, command("remove"), one)

    assert warehouse.one("SELECT count(*) FROM secret") == 0
    assert claim(warehouse) == ()
    with pytest.raises(RefusedError, match="no webhook"):
        switch(warehouse, one, on=True)
    forget_deliveries(warehouse.store, timedelta(days=30))
    for table in ("webhook_endpoint", "webhook_delivery"):
        assert warehouse.one(f"SELECT count(*) FROM {table}") == 0


def test_no_merchant_has_more_than_a_hundred(warehouse, monkeypatch):
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 1)
    endpoint(warehouse)
    with pytest.raises(RefusedError, match="remove one"):
        endpoint(warehouse)


def test_another_merchant_has_no_such_webhook(warehouse):
    one, _ = endpoint(warehouse)
    with pytest.raises(RefusedError, match="no webhook"):
        switch_endpoint(warehouse.store, Command("bolt", "s", "s:1", "x"), one, on=False)


def test_what_was_done_long_ago_is_forgotten_and_what_is_due_is_not(warehouse):
    endpoint(warehouse)
    take(warehouse, 6)
    fan_out(warehouse.store)
    note(warehouse, claim(warehouse))
    later(warehouse, days=31)

    assert forget_deliveries(warehouse.store, timedelta(days=30)) == 4
    assert count(warehouse, "due") == len(deliveries(warehouse)) == 2
    assert warehouse.one("SELECT count(*) FROM webhook_attempt") == 0


# --- a database that was put back ----------------------------------------------------------------


@pytest.mark.new_database  # It is copied, which wants that nobody else is connected.
def test_after_a_restore_nothing_is_lost_and_what_was_sent_is_sent_again(warehouse, postgres):
    endpoint(warehouse)
    take(warehouse, 2)
    fan_out(warehouse.store)
    warehouse.engine.dispose()
    name = warehouse.engine.url.database
    postgres.execute("CREATE DATABASE {copy} TEMPLATE {name}", copy=f"{name}_copy", name=name)
    claimed = claim(warehouse)
    note(warehouse, claimed)
    take(warehouse)
    assert fan_out(warehouse.store) == 1
    (lost,) = claim(warehouse)

    warehouse.engine.dispose()
    postgres.execute("DROP DATABASE {name} WITH (FORCE)", name=name)
    postgres.execute("CREATE DATABASE {name} TEMPLATE {copy}", copy=f"{name}_copy", name=name)
    postgres.execute("DROP DATABASE {copy} WITH (FORCE)", copy=f"{name}_copy")
    # What the old life's deliverer notes is of events that this one has not, by the same numbers.
    later(warehouse, seconds=1)
    take(warehouse)
    assert fan_out(warehouse.store) == 1
    again = {each.id: each for each in claim(warehouse)}
    assert {each.event for each in again.values()} >= {each.event for each in claimed}
    assert again[lost.id].event != lost.event
    assert again[lost.id].attempts == lost.attempts
    note(warehouse, [lost])
    assert count(warehouse, "due") == 3
    assert warehouse.one("SELECT count(*) FROM webhook_attempt") == 0


def test_who_holds_one_merchants_endpoint_holds_up_no_other(warehouse):
    endpoint(warehouse)
    take(warehouse)
    fan_out(warehouse.store)
    with warehouse.engine.begin() as connection:
        connection.execute(text("INSERT INTO merchant (id, name) VALUES ('bolt', 'Bolt')"))
        connection.execute(text(
            "INSERT INTO webhook_endpoint (merchant, url, topics, after_place, made_by)"
            " VALUES ('bolt', 'https://b.example/', '{*}', 0, 'x')"))  # fmt: skip
    with warehouse.engine.begin() as held:
        held.execute(text("SELECT 1 FROM webhook_endpoint WHERE merchant = 'bolt' FOR UPDATE"))
        assert len(claim(warehouse)) == 1
