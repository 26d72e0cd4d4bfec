import os
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from embedded import ports
from embedded import temporal as module
from embedded.errors import ServerInUseError
from embedded.pidfile import PidFile
from embedded.ports import LOOPBACK
from embedded.search_attributes import register_search_attributes
from embedded.temporal import EmbeddedTemporal, TemporalOptions

TYPES = {"Merchant": "Keyword", "AwaitedSkus": "KeywordList", "NextDate": "Datetime"}
SCRIPT = """
import dataclasses, time
from pathlib import Path
import embedded.temporal as module
if {untethered}:
    program = module.Program
    module.Program = lambda *a, **k: dataclasses.replace(program(*a, **k), follows_parent=False)
server = module.EmbeddedTemporal(module.TemporalOptions(Path({folder!r}) / "t.db", ui=False))
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(server_folder: Path) -> Iterator[EmbeddedTemporal]:
    options = TemporalOptions(server_folder / "t.db", ui=False, search_attributes=TYPES)
    server = EmbeddedTemporal(options)
    yield server
    server.kill()


async def start_workflow(server: EmbeddedTemporal) -> None:
    client = await Client.connect(server.address)
    await client.start_workflow("Waits", id="kept", task_queue="nobody")


async def workflow_type(server: EmbeddedTemporal) -> str:
    client = await Client.connect(server.address)
    return (await client.get_workflow_handle("kept").describe()).workflow_type


async def test_knows_its_search_attributes_when_started(server):
    server.start()

    client = await Client.connect(server.address)
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="default")
    )
    assert set(TYPES) <= set(answer.custom_attributes)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_keeps_workflows_and_address_when_started_again(server, end):
    server.start()
    before = server.address
    await start_workflow(server)

    getattr(server, end)()
    assert not server.running
    server.start()

    assert server.address == before
    assert await workflow_type(server) == "Waits"


async def test_writes_ahead_so_that_a_commit_costs_one_flush_also_in_a_file_of_before(
    server, monkeypatch
):
    def mode() -> str:
        with closing(sqlite3.connect(server.options.db_file)) as database:
            return str(database.execute("PRAGMA journal_mode").fetchone()[0])

    with monkeypatch.context() as before:
        before.setattr(module, "WRITE_AHEAD", ())
        server.start()
        await start_workflow(server)
        server.stop()
        assert mode() == "delete"
    server.start()
    assert mode() == "wal"
    server.kill()
    server.start()

    assert await workflow_type(server) == "Waits"


async def test_forgets_workflows_when_it_has_no_file():
    with EmbeddedTemporal(TemporalOptions(ui=False)) as server:
        await start_workflow(server)
        server.kill()
        server.start()
        with pytest.raises(RPCError, match="not found"):
            await workflow_type(server)


def test_takes_other_ports_when_the_wished_ones_are_taken(server_folder):
    with (
        closing(socket.create_server((LOOPBACK, 0))) as one,
        closing(socket.create_server((LOOPBACK, 0))) as two,
    ):
        ports = [one.getsockname()[1], two.getsockname()[1]]
        options = TemporalOptions(server_folder / "t.db", port=ports[0], ui_port=ports[1])
        with EmbeddedTemporal(options) as server:
            assert not server.address.endswith(str(ports[0]))
            assert server.ui_url is not None
            assert not server.ui_url.endswith(str(ports[1]))


async def test_takes_another_port_when_its_own_is_taken_before_it_listens(
    server_folder, temporal_server, monkeypatch
):
    """Another Temporal answers there, and is not ours."""
    chosen = iter([temporal_server.port])
    choose = ports.preferred_or_free
    monkeypatch.setattr(
        module, "preferred_or_free", lambda *of, **more: next(chosen, 0) or choose(*of, **more)
    )
    with EmbeddedTemporal(TemporalOptions(server_folder / "t.db", ui=False)) as server:
        assert server.port != temporal_server.port
        await start_workflow(server)


async def test_search_attributes_are_left_alone_when_registered_again(server):
    server.start()
    client = await Client.connect(server.address)

    await register_search_attributes(client, {**TYPES, "Later": "Int"})
    await register_search_attributes(client, {**TYPES, "Later": "Int"})

    assert (await client.count_workflows("Later = 1 AND Merchant = 'm'")).count == 0


async def test_search_attributes_are_refused_when_they_exist_with_another_type(server):
    server.start()
    client = await Client.connect(server.address)

    with pytest.raises(ValueError, match="another type: Merchant"):
        await register_search_attributes(client, {"Merchant": "Int"})


def test_is_refused_when_a_living_process_runs_it_already(server):
    server.start()

    with pytest.raises(ServerInUseError, match="already runs temporal"):
        EmbeddedTemporal(server.options).start()

    assert server.running


def test_leaves_a_stranger_alone_when_the_pid_file_is_stale(server, server_folder):
    PidFile(server_folder / "t.db.pid", "temporal").write(os.getpid())

    server.start()

    assert server.running


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has the signal")
def test_ends_by_itself_when_its_parent_is_killed(server_folder, abandon, ends_soon):
    pid = abandon(SCRIPT.format(folder=str(server_folder), untethered=False))

    assert ends_soon(pid)


@pytest.mark.parametrize("untethered", [False, True])
def test_starts_again_when_its_parent_was_killed(server, server_folder, abandon, untethered):
    abandon(SCRIPT.format(folder=str(server_folder), untethered=untethered))

    server.start()

    assert server.running
