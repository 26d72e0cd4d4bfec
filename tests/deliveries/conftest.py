"""A warehouse whose customers get mail; what must always be true is, after every test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.builders.mail import Post, wants_mail
from tests.builders.warehouse import Warehouse


@pytest.fixture
def warehouse(kept_engine: Engine) -> Iterator[Warehouse]:
    made = Warehouse.at(kept_engine).furnish()
    yield made
    assert made.findings() == []


@pytest.fixture
def post(warehouse: Warehouse) -> Post:
    """A merchant that wants every mail."""
    made = Post(warehouse)
    made.note()
    wants_mail(warehouse)
    return made
