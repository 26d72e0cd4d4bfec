"""Wrong keys are braked, by address and by the key that is tried; the right one is let in."""

import secrets
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.brake import MOST, Brake, names_of
from starter.auth.keyring import LOOK_AGAIN_SECONDS, Keyring
from tests.api.world import World, made

A_MINUTE = 5


@pytest.fixture
def braked(database_url: str) -> Iterator[World]:
    with made(database_url, wrong_keys_a_minute=A_MINUTE) as world:
        yield world


def ask(world: World, key: str) -> httpx.Response:
    return httpx.get(f"{world.url}/v1/orders", headers={"Authorization": f"Bearer {key}"})


def unknown() -> str:
    return f"pb_{secrets.token_hex(8)}_{secrets.token_urlsafe(32)}"


@pytest.mark.parametrize("make", [unknown, lambda: "nonsense"])
def test_wrong_keys_are_braked_and_the_right_one_is_let_in(braked, make):
    right = braked.key("intake")
    answers = [ask(braked, make()) for _ in range(A_MINUTE + 5)]
    assert [one.status_code for one in answers] == [401] * A_MINUTE + [429] * 5
    last = answers[-1]
    assert last.json()["code"] == "too_many_wrong_keys"
    assert 1 <= int(last.headers["Retry-After"]) <= 60 // A_MINUTE
    assert ask(braked, right).status_code == 200
    assert ask(braked, make()).status_code == 429


def test_no_key_at_all_is_not_counted(braked):
    for _ in range(A_MINUTE + 2):
        assert httpx.get(f"{braked.url}/v1/orders").status_code == 401


def test_database_is_asked_once_a_second_when_wrong_keys_go_on(world, monkeypatch):
    now = [100.0]
    ring = Keyring(world.store, now=lambda: now[0])
    right = world.key("intake")
    asked = []
    read = type(world.store).read

    def counted(store, *of):
        asked.append(of)
        return read(store, *of)

    monkeypatch.setattr(type(world.store), "read", counted)
    tried = [f"{right[:20]}{secrets.token_urlsafe(32)}" for _ in range(50)] + [unknown()] * 50
    assert not any(ring.is_right(key) for key in tried)
    assert ring.is_right(right)
    assert len(asked) == 1
    now[0] += LOOK_AGAIN_SECONDS
    assert ring.is_right(right)
    assert len(asked) == 2


def test_key_is_braked_from_every_address_when_it_is_guessed():
    brake = Brake(A_MINUTE, lambda: 0.0)
    mine, key = unknown(), f"pb_{'a' * 16}_{'x' * 43}"
    for last in range(A_MINUTE):
        brake.count(names_of(f"192.0.2.{last}", key))
    assert brake.seconds(names_of("198.51.100.1", key)) > 0
    assert brake.seconds(names_of("198.51.100.1", mine)) == 0


def test_network_counts_as_one_address_when_it_is_ipv6():
    assert names_of("2001:db8::1", "") == names_of("2001:db8::ffff:2", "")
    assert names_of("2001:db8:0:1::1", "") != names_of("2001:db8::1", "")
    assert names_of(None, "") == names_of(None, "nonsense")


@given(st.integers(1, 100), st.lists(st.floats(0, 30), max_size=60))
def test_tries_are_never_more_than_the_limit_and_what_time_gives_back(limit, pauses):
    now, let_in = [0.0], 0
    brake = Brake(limit, lambda: now[0])
    for pause in pauses:
        now[0] += pause
        if not brake.seconds(("one",)):
            brake.count(("one",))
            let_in += 1
    assert let_in <= limit + now[0] * limit / 60 + 1e-6


@given(st.integers(1, 100))
def test_one_more_may_be_tried_when_the_time_told_is_over(limit):
    now = [0.0]
    brake = Brake(limit, lambda: now[0])
    for _ in range(limit):
        assert brake.seconds(("one",)) == 0
        brake.count(("one",))
    wait = brake.seconds(("one",))
    assert wait > 0
    now[0] += wait
    assert brake.seconds(("one",)) == 0


def test_memory_is_bounded_when_everybody_is_somebody_else():
    brake = Brake(A_MINUTE, lambda: 0.0)
    for number in range(MOST + 10):
        brake.count((f"from {number}",))
    assert len(brake._spent) <= MOST + 1
