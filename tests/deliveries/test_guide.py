"""The receiver of docs/webhooks.md, as it stands there, takes real deliveries and nothing else."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from deliveries.webhooks.signing import headers_for, new_secret
from fulfillment.store.transactions.session import Store, connect
from tests.builders.warehouse import Warehouse
from tests.builders.webhooks import RealTime, count, delivering, endpoint, fan_out, until
from tests.deliveries.receivers import unused_port

GUIDE = Path(__file__).parents[2] / "docs" / "webhooks.md"
BLOCK = re.compile(r"<!-- receiver -->\n```python\n(.*?)```\n<!-- end of receiver -->", re.DOTALL)


def receiver() -> str:
    found = BLOCK.search(GUIDE.read_text(encoding="utf-8"))
    assert found
    return found[1]


def test_it_has_twenty_lines() -> None:
    assert len([line for line in receiver().splitlines() if line.strip()]) <= 20


@contextmanager
def running(secret: str, folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    file, port = folder / "receiver.py", unused_port()
    file.write_text(receiver())
    process = subprocess.Popen(
        [sys.executable, str(file)],
        env=os.environ | {"WEBHOOK_SECRET": secret, "PORT": str(port)},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}/", process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def listens(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(url, trust_env=False)
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


async def test_it_takes_what_we_deliver_each_once(database_url, tmp_path):
    clock = RealTime()
    warehouse = Warehouse(Store(connect(database_url), clock), clock).furnish()
    one, secret = endpoint(warehouse)
    with running(secret, tmp_path) as (url, process):
        await asyncio.to_thread(listens, url)
        warehouse.store.transact(
            "acme", lambda tx: tx.run("UPDATE webhook_endpoint SET url = :url", url=url)
        )
        for _ in range(3):
            warehouse.take()
        assert fan_out(warehouse.store) == 3
        async with delivering(warehouse.store):
            await until(lambda: count(warehouse, "delivered") == 3)
            warehouse.store.transact("acme", again)
            await until(lambda: count(warehouse, "delivered") == 3)
        process.terminate()
        printed, _ = process.communicate(timeout=30)
    warehouse.engine.dispose()

    bodies = [json.loads(line) for line in printed.splitlines()]
    assert [each["type"] for each in bodies] == ["order.received"] * 3
    assert len({each["data"]["id"] for each in bodies}) == 3
    assert one


def again(tx):
    tx.run("UPDATE webhook_delivery SET status = 'due', attempts = 0, done_at = NULL,"
           " next_at = :now", now=tx.now)  # fmt: skip


async def test_it_takes_nothing_that_is_not_ours(tmp_path):
    secret, body = new_secret(), '{"type":"order.ready"}'
    with running(secret, tmp_path) as (url, _):
        await asyncio.to_thread(listens, url)

        def post(headers: Mapping[str, str]) -> int:
            return httpx.post(url, content=body, headers=headers, trust_env=False).status_code

        assert post({}) == 401
        assert post(headers_for("1", body, [new_secret()], datetime.now(UTC))) == 401
        assert post(headers_for("1", body + " ", [secret], datetime.now(UTC))) == 401
        assert post(headers_for("1", body, [secret], datetime(2026, 3, 1, tzinfo=UTC))) == 401
        assert post(headers_for("1", body, [secret], datetime.now(UTC))) == 204
