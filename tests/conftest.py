"""Real servers for the tests: one PostgreSQL and one Temporal for a whole run.

Each test that asks for `database_url` gets a database of its own, with all tables and no rows
(databases.py says how).
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from temporalio.client import Client

from embedded.postgres import EmbeddedPostgres
from embedded.temporal import EmbeddedTemporal, TemporalOptions
from fulfillment.contracts.payloads import DATA_CONVERTER

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.databases import Databases

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3


def make_server_folder(parent: Path | None = None) -> Path:
    # Not pytest's tmp_path: that is closed to the user that PostgreSQL runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="pegboard-test-", dir=parent))
    folder.chmod(0o711)
    return folder


def roomy_memory() -> Path | None:
    """Linux's folder in memory; a new database there takes a fifth of the time."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    folder = make_server_folder(roomy_memory())
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder that PostgreSQL can use, removed after the test."""
    folder = make_server_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(session_folder: Path) -> Iterator[EmbeddedPostgres]:
    """One cluster for the whole run; fast, not durable."""
    with EmbeddedPostgres(session_folder / "postgres", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def all_databases(postgres: EmbeddedPostgres) -> Iterator["Databases"]:
    from tests.databases import Databases  # noqa: PLC0415 - only tests of the store need it

    made = Databases(postgres)
    yield made
    made.close()


@pytest.fixture(scope="session")
def new_database(all_databases: "Databases") -> Callable[[], str]:
    """Makes a migrated database that nobody had, and tells its URL."""
    return all_databases.new


@pytest.fixture
def kept_engine(request: pytest.FixtureRequest, all_databases: "Databases") -> Iterator["Engine"]:
    """Of a database of this test's own, with all tables and no rows, which others had before.

    Where a test is marked `new_database`, of one that nobody had.
    """
    if request.node.get_closest_marker("new_database"):
        with all_databases.own() as own:
            yield own
    else:
        with all_databases.lent() as lent:
            yield lent.engine


@pytest.fixture
def database_url(kept_engine: "Engine") -> str:
    """Its URL."""
    return kept_engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def temporal_server() -> Iterator[EmbeddedTemporal]:
    """One Temporal in memory for the whole run, with our search attributes."""
    from fulfillment.contracts import search_attributes  # noqa: PLC0415 - as above

    # Time is only skipped for workflows whose client asks for it.
    options = TemporalOptions(
        ui=False,
        search_attributes=search_attributes.TYPES,
        dynamic_config={"frontend.WorkflowTimeSkippingEnabled": True},
    )
    with EmbeddedTemporal(options) as server:
        yield server


@pytest.fixture
async def temporal_client(temporal_server: EmbeddedTemporal) -> Client:
    """A client with our payload format."""
    return await Client.connect(
        temporal_server.address, data_converter=DATA_CONVERTER, identity="test"
    )


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests of ends and faults mostly wait."""
    return min(os.cpu_count() or 1, 4) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long begin first, so that none is left to run alone at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


exit_codes: list[int] = []


def pytest_sessionfinish(exitstatus: int) -> None:
    exit_codes.append(int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    # Threads of the Temporal client that outlive the tests can abort the interpreter's exit.
    if exit_codes:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_codes[0])
