"""Databases of the same content: each side of each round begins with a copy of its own."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from benchmarks.receipt.waiting import MERCHANT, SKU, wait_in_line
from embedded.postgres import EmbeddedPostgres
from fulfillment.store import migrations
from fulfillment.store.commands import catalogue
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect

PATIENCE = Patience(statement=3_600)


@dataclass
class Copies:
    """A server of its own, durable as it would be, and what was made on it."""

    server: EmbeddedPostgres
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def original(self, waiting: int, bringing: int) -> str:
        """A database in which so many wait, the first of them for what a purchase order brings."""
        name = f"original_{next(self.numbers)}"
        self.server.execute("CREATE DATABASE {name}", name=name)
        migrations.upgrade(self.server.url_of(name))
        store = self._store(name)
        catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, "Bench"))
        catalogue.put_location(store, catalogue.NewLocation("A", "A", serves={MERCHANT: 1}))
        catalogue.put_products(store, MERCHANT, [catalogue.NewProduct(SKU, SKU)])
        wait_in_line(store, waiting, bringing)
        store.engine.dispose()
        return name

    @contextmanager
    def copy(self, original: str) -> Iterator[Store]:
        """The same once more; what is still to be written of it is, before anybody measures."""
        name = f"copy_{next(self.numbers)}"
        self.server.execute("CREATE DATABASE {name} TEMPLATE {of}", name=name, of=original)
        self.server.execute("CHECKPOINT")
        store = self._store(name)
        yield store
        store.engine.dispose()
        self.server.execute("DROP DATABASE {name} WITH (FORCE)", name=name)

    def _store(self, name: str) -> Store:
        url = make_url(self.server.url).set(database=name)
        return Store(connect(url.render_as_string(hide_password=False), patience=PATIENCE))


@contextmanager
def a_server() -> Iterator[Copies]:
    """A server whose folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pegboard-bench-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        with EmbeddedPostgres(place / "postgres") as server:
            yield Copies(server)
