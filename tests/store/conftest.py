"""Every test of the store ends with an audit: what must always be true is."""

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from tests.builders.counting import sent_statements
from tests.builders.warehouse import Warehouse

settings.register_profile("store", derandomize=True, deadline=None)
settings.register_profile("store-search", deadline=None)
settings.load_profile("store-search" if "PEGBOARD_STEPS" in os.environ else "store")

Counting = Callable[[], contextlib.AbstractContextManager[list[str]]]


@pytest.fixture
def warehouse(kept_engine: Engine) -> Iterator[Warehouse]:
    """A furnished warehouse; what behaviour.md §9 asks must be true of it afterwards."""
    made = Warehouse.at(kept_engine).furnish()
    yield made
    assert made.findings() == []


@pytest.fixture
def statements() -> Counting:
    """Counts the statements that a block sends."""
    return sent_statements
