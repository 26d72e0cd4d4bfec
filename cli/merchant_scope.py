"""The store that a command works on, and whose data is meant."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def opened_store() -> Iterator[Any]:
    """The store of the system that runs here."""
    from cli.host import connection
    from fulfillment import settings

    with connection.store_of(settings.load()) as store:
        yield store


@contextmanager
def merchants_store(merchant: str | None) -> Iterator[tuple[Any, str]]:
    """The store, and the merchant that is meant."""
    from cli.host import connection
    from fulfillment import settings

    with connection.store_of(settings.load()) as store:
        yield store, connection.only_merchant(store, merchant)


@contextmanager
def floor_store(merchant: str | None) -> Iterator[tuple[Any, str, tuple[str, ...] | None]]:
    """The store, and whose work is meant: one merchant's, or that of all."""
    from cli.host import connection
    from fulfillment import settings
    from fulfillment.store.records.loading import EVERYBODY

    with connection.store_of(settings.load()) as store:
        if merchant is None:
            yield store, EVERYBODY, None
        else:
            whose = connection.only_merchant(store, merchant)
            yield store, whose, (whose,)
