"""A warehouse whose customers get mail; what must always be true is, after every test."""

from collections.abc import Iterator

import pytest

from tests.builders.mail import Post, wants_mail
from tests.builders.warehouse import Warehouse


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    made = Warehouse.on(database_url).furnish()
    yield made
    findings = made.findings()
    made.engine.dispose()
    assert findings == []


@pytest.fixture
def post(warehouse: Warehouse) -> Post:
    """A merchant that wants every mail."""
    made = Post(warehouse)
    made.note()
    wants_mail(warehouse)
    return made
