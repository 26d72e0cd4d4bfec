"""Each scenario has a system of its own; what must always be true is checked after each."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from tests.scenarios.system import System, whole_system


@pytest.fixture
async def system(database_url: str, temporal_client: Client) -> AsyncIterator[System]:
    async with whole_system(database_url, temporal_client) as built:
        yield built
        built.check()
