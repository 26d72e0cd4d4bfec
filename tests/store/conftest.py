"""Every test of the store ends with an audit: what must always be true is."""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import event

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
def statements(warehouse: Warehouse) -> Counting:
    """Counts the statements that a block sends."""

    @contextlib.contextmanager
    def counting() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
            sent.append(sql)

        event.listen(warehouse.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(warehouse.engine, "before_cursor_execute", note)

    return counting
