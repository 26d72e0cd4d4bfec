import os

import pytest
from pydantic import SecretStr

from cli.errors import CommandError
from cli.host.backoff import Backoff
from cli.host.lock import one_run_in
from cli.host.supervisor import System
from fulfillment.settings import Settings

pytestmark = pytest.mark.slow


def test_second_run_is_refused_when_the_lock_is_held(tmp_path):
    with (
        one_run_in(tmp_path),
        pytest.raises(CommandError, match=f"process {os.getpid()}"),
        one_run_in(tmp_path),
    ):
        raise AssertionError("two hold it")


def test_wait_doubles_when_a_part_keeps_ending_and_starts_anew_after_a_healthy_minute():
    backoff = Backoff()
    waits = []
    for now in range(7):
        backoff.started(float(now))
        waits.append(backoff.plan(now + 0.5))
    assert waits == [1, 2, 4, 8, 16, 30, 30]

    backoff.started(100.0)
    assert backoff.plan(161.0) == 1


def test_links_lead_to_the_own_address_unless_another_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("PEGBOARD_PUBLIC_URL", raising=False)
    elsewhere = SecretStr("postgresql+psycopg://nobody@127.0.0.1:1/none")
    settings = Settings(home=tmp_path, api_port=8123, database_url=elsewhere)
    system = System(settings, say=print)
    assert system._environment()["PEGBOARD_PUBLIC_URL"] == "http://127.0.0.1:8123"
    monkeypatch.setenv("PEGBOARD_PUBLIC_URL", "https://orders.example.com")
    assert system._environment()["PEGBOARD_PUBLIC_URL"] == "https://orders.example.com"
