"""Servers as docker-compose.yml leaves them before our own services start."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import postgres_programs
from embedded.postgres import EmbeddedPostgres
from embedded.temporal import EmbeddedTemporal, TemporalOptions, temporal_program
from tests.conftest import make_server_folder, roomy_memory
from tests.deployment import compose


@pytest.fixture(scope="module")
def cluster() -> Iterator[EmbeddedPostgres]:
    """A cluster of this module's own, because owners of databases belong to the whole of it."""
    folder = make_server_folder(roomy_memory())
    with EmbeddedPostgres(folder / "postgres", durable=False) as server:
        server.execute("DROP DATABASE {name}", name="pegboard")
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def made_cluster(cluster: EmbeddedPostgres) -> EmbeddedPostgres:
    """The cluster after what PostgreSQL's image runs when its volume is made."""
    for script in sorted((compose.ROOT / "deploy" / "postgresql").iterdir()):
        psql(cluster, "postgres", "--file", str(script))
    return cluster


@pytest.fixture(scope="module")
def temporal() -> Iterator[EmbeddedTemporal]:
    """A server that knows nothing of us yet."""
    with EmbeddedTemporal(TemporalOptions(ui=False)) as server:
        yield server


def psql(cluster: EmbeddedPostgres, database: str, *arguments: str) -> str:
    """Run psql as the superuser, with the passwords of the compose file in its environment."""
    url = cluster.url_of(database).replace("postgresql+psycopg", "postgresql")
    program = postgres_programs.folder() / "psql"
    command = [str(program), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", url]
    done = subprocess.run(
        [*command, *arguments],
        env=os.environ | compose.PASSWORDS,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def path_with_temporal() -> str:
    """A search path on which the command `temporal` is found first."""
    return os.pathsep.join([str(Path(temporal_program()).parent), os.environ["PATH"]])
