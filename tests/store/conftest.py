"""Every test of the store ends with an audit: what must always be true is."""

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from tests.builders.counting import sent_statements
from tests.builders.warehouse import Warehouse

settings.register_profile("store", derandomize=True, deadline=None)
settings.register_profile("store-search", deadline=None)
settings.load_profile("store-search" if "PEGBOARD_STEPS" in os.environ else "store")

Counting = Callable[[], contextlib.AbstractContextManager[list[str]]]


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    """A furnished warehouse; what behaviour.md §9 asks must be true of it afterwards."""
    made = Warehouse.on(database_url).furnish()
    yield made
    findings = made.findings()
    made.engine.dispose()
    assert findings == []


@pytest.fixture
def statements() -> Counting:
    """Counts the statements that a block sends."""
    return sent_statements
