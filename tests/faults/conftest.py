"""An engine that may be stopped, and systems on it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from embedded.temporal import EmbeddedTemporal, TemporalOptions
from fulfillment.contracts import search_attributes
from fulfillment.contracts.payloads import DATA_CONVERTER
from tests.scenarios.system import System, api


@pytest.fixture
def engine(server_folder: Path) -> Iterator[EmbeddedTemporal]:
    """A Temporal of this test's own, that remembers when it is started again."""
    options = TemporalOptions(
        db_file=server_folder / "temporal.db", ui=False, search_attributes=search_attributes.TYPES
    )
    with EmbeddedTemporal(options) as server:
        yield server


@pytest.fixture
async def front(database_url: str, engine: EmbeddedTemporal) -> AsyncIterator[System]:
    """The API alone: tests start and kill the workers."""
    client = await Client.connect(engine.address, data_converter=DATA_CONVERTER, identity="test")
    async with api(database_url, client) as system:
        yield system
        system.check()
