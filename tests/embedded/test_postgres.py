import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from embedded.errors import ServerInUseError
from embedded.ports import LOOPBACK, any_free
from embedded.postgres import EmbeddedPostgres

SCRIPT = """
import dataclasses, time
from pathlib import Path
import embedded.postgres as module
if {untethered}:
    program = module.Program
    module.Program = lambda *a, **k: dataclasses.replace(program(*a, **k), follows_parent=False)
server = module.EmbeddedPostgres(Path({folder!r}) / "postgres", durable=False)
server.start()
server.execute("CREATE TABLE IF NOT EXISTS kept ()")
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(server_folder / "postgres", durable=False)
    yield server
    server.stop()


def value(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def write_one(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")


def test_serves_a_utc_database_of_ours_when_started(postgres):
    assert value(postgres, "SELECT current_database()") == "pegboard"
    assert value(postgres, "SHOW timezone") == "UTC"
    assert int(str(value(postgres, "SHOW max_connections"))) == 200


def test_keeps_its_data_and_its_url_when_restarted(server):
    server.start()
    write_one(server)
    before = server.url

    server.restart()

    assert server.url == before
    assert value(server, "SELECT one FROM kept") == 1


def test_keeps_what_was_committed_when_it_crashes(server_folder):
    with EmbeddedPostgres(server_folder / "postgres", durable=True) as server:
        write_one(server)
        server.crash()
        assert not server.running

        server.start()

        assert value(server, "SELECT one FROM kept") == 1


def test_takes_another_port_when_the_wished_one_is_taken(server_folder):
    with closing(socket.create_server((LOOPBACK, 0))) as other:
        taken = other.getsockname()[1]
        with EmbeddedPostgres(server_folder / "pg", port=taken, durable=False) as server:
            assert server.port != taken
            assert value(server, "SELECT 1") == 1


def test_takes_the_wished_port_when_it_is_free(server_folder):
    wished = any_free()
    with EmbeddedPostgres(server_folder / "pg", port=wished, durable=False) as server:
        assert server.port == wished


def test_refuses_a_wrong_password_and_hides_the_right_one(postgres, session_folder):
    mode = stat.S_IMODE((session_folder / "postgres.password").stat().st_mode)
    assert mode == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host=LOOPBACK, port=postgres.port, user="postgres", password="guess", dbname="postgres"
        )


def test_starts_when_a_stale_lock_file_names_a_living_process(server):
    server.start()
    server.stop()
    lines = [os.getpid(), server.data_dir, 1, server.port, "", LOOPBACK, "", "ready"]
    (server.data_dir / "postmaster.pid").write_text("\n".join(map(str, lines)))

    server.start()

    assert value(server, "SELECT 1") == 1


def test_is_refused_when_a_living_process_runs_it_already(postgres):
    with pytest.raises(ServerInUseError, match="already runs postgres"):
        EmbeddedPostgres(postgres.data_dir).start()

    assert value(postgres, "SELECT 1") == 1


def test_logs_no_values_when_a_statement_fails(postgres):
    with psycopg.connect(postgres.url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE person (email text PRIMARY KEY)")
        twice = "INSERT INTO person VALUES ('ann@example.com'), ('ann@example.com')"
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(twice)

    words = postgres.log_file.read_text()
    assert "duplicate key" in words
    assert "ann@example.com" not in words


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has the signal")
def test_ends_by_itself_when_its_parent_is_killed(server_folder, abandon, ends_soon):
    pid = abandon(SCRIPT.format(folder=str(server_folder), untethered=False))

    assert ends_soon(pid)


@pytest.mark.parametrize("untethered", [False, True])
def test_starts_again_when_its_parent_was_killed(
    server_folder, abandon, ends_soon: Callable[[int], bool], untethered
):
    left_behind = abandon(SCRIPT.format(folder=str(server_folder), untethered=untethered))

    with EmbeddedPostgres(server_folder / "postgres", durable=False) as server:
        assert ends_soon(left_behind)
        assert value(server, "SELECT 1") == 1


def test_makes_the_cluster_again_when_the_first_start_was_cut_short(server, server_folder):
    half = server_folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    server.start()

    assert value(server, "SELECT 1") == 1
