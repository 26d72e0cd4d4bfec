from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlalchemy import Engine

from tests.api.world import World, made, made_on


@pytest.fixture
def world(kept_engine: Engine) -> Iterator[World]:
    with made_on(kept_engine) as one:
        yield one


@pytest.fixture
def admin(world: World) -> httpx.Client:
    return world.client()


@pytest.fixture(scope="module")
def shared(new_database: Callable[[], str]) -> Iterator[World]:
    """One world for the tests of a file that leave nothing behind."""
    with made(new_database()) as one:
        yield one


@pytest.fixture(scope="module")
def shared_admin(shared: World) -> httpx.Client:
    return shared.client()
