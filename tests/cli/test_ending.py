import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

CLIENT = """
import asyncio, sys
from temporalio.client import Client
from cli.exit_status import run_and_end

async def ask():
    client = await Client.connect(sys.argv[1])
    await client.count_workflows()
    print("counted")

run_and_end(lambda: asyncio.run(ask()))
"""
FAILING = """
from cli.exit_status import run_and_end

def command():
    {body}

run_and_end(command)
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_ends_cleanly_each_time_when_the_temporal_client_was_used(temporal_server):
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: run(CLIENT, temporal_server.address), range(25)))

    assert [(done.returncode, done.stdout) for done in runs] == [(0, "counted\n")] * 25


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ("print('done')", 0, ""),
        ("import sys; sys.exit(2)", 2, ""),
        ("import sys; sys.exit('no')", 1, "pegboard: no\n"),
        ("from cli.errors import CommandError; raise CommandError('no')", 1, "pegboard: no\n"),
        ("from cli.errors import ServiceAwayError; raise ServiceAwayError('no')", 3, "no\n"),
        ("import psycopg; psycopg.connect('host=127.0.0.1 port=1')", 3, "a service is away"),
        ("import httpx; httpx.get('http://127.0.0.1:1', trust_env=False)", 3, "away"),
        ("import asyncio; from fulfillment import engine; asyncio.run(engine.connect())", 3, ""),
        ("from fulfillment.settings import load; load().require_database_url()", 1, "is not set"),
        ("raise KeyError('fault')", 1, "Traceback"),
    ],
)
def test_exit_code_tells_what_happened_when_a_command_ends(monkeypatch, body, code, words):
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.delenv("PEGBOARD_DATABASE_URL", raising=False)

    done = run(FAILING.format(body=body))

    assert done.returncode == code, done.stderr
    assert words in done.stderr


def test_is_quiet_when_the_reader_has_gone():
    command = f"{sys.executable} -m cli --help | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)

    assert done.stderr == ""


def test_wrong_usage_is_code_two():
    done = subprocess.run(
        [sys.executable, "-m", "cli", "nonsense"], check=False, capture_output=True
    )

    assert done.returncode == 2
