"""A server on which each workflow's own clock can be moved on (experimental: only here)."""

from collections.abc import AsyncIterator, Iterator

import pytest
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from embedded.temporal import EmbeddedTemporal, TemporalOptions
from fulfillment.contracts import search_attributes
from fulfillment.contracts.payloads import DATA_CONVERTER
from tests.workflows.desk import Desk
from tests.workflows.stage import Stage, staged


@pytest.fixture(scope="session")
def skipping_server() -> Iterator[EmbeddedTemporal]:
    """One server for all tests of time."""
    options = TemporalOptions(
        ui=False,
        search_attributes=search_attributes.TYPES,
        dynamic_config={"frontend.WorkflowTimeSkippingEnabled": True},
    )
    with EmbeddedTemporal(options) as server:
        yield server


@pytest.fixture
async def skipper(skipping_server: EmbeddedTemporal) -> TimeSkipper:
    """A client whose workflows' clocks stand until a test moves them."""
    client = await Client.connect(
        skipping_server.address, data_converter=DATA_CONVERTER, identity="test"
    )
    return TimeSkipper(client, config=TimeSkippingConfig(enabled=False))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def stage(skipper: TimeSkipper, desk: Desk) -> AsyncIterator[Stage]:
    async with staged(skipper, desk) as built:
        yield built
