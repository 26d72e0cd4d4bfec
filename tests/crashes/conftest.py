"""Databases that begin where a stage ended."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from embedded.postgres import EmbeddedPostgres
from fulfillment.store.transactions.session import Store, connect
from tests.builders.warehouse import Clock, Warehouse
from tests.crashes.deaths import watching
from tests.crashes.net import Stage

copies = itertools.count(1)
CONNECTIONS = 4


@dataclass
class Stages:
    """Each stage is set once, and copied for each run on it."""

    postgres: EmbeddedPostgres
    new_database: Callable[[], str]
    _set: dict[Stage, tuple[str, datetime]] = field(default_factory=dict)

    @contextmanager
    def on(self, stage: Stage) -> Iterator[Warehouse]:
        """A warehouse of its own, as the stage left it."""
        name, now = self._ready(stage)
        copy = f"crash_{next(copies)}"
        self.postgres.execute(
            "CREATE DATABASE {copy} TEMPLATE {name} STRATEGY file_copy", copy=copy, name=name
        )
        clock = Clock(now)
        warehouse = Warehouse(
            Store(connect(self.postgres.url_of(copy), pool_size=CONNECTIONS), clock), clock
        )
        try:
            yield warehouse
        finally:
            warehouse.engine.dispose()
            self.postgres.execute("DROP DATABASE {copy} WITH (FORCE)", copy=copy)

    def _ready(self, stage: Stage) -> tuple[str, datetime]:
        if stage not in self._set:
            url = self.new_database()
            warehouse = Warehouse.on(url).furnish()
            stage(warehouse)
            warehouse.engine.dispose()
            self._set[stage] = url.rpartition("/")[2], warehouse.clock.now
        return self._set[stage]


@pytest.fixture(autouse=True)
def transactions_are_watched() -> Iterator[None]:
    with watching():
        yield


@pytest.fixture(scope="module")
def stages(postgres: EmbeddedPostgres, new_database: Callable[[], str]) -> Stages:
    return Stages(postgres, new_database)
