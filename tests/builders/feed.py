"""The feed as a test reads it: everything is told, and read from the beginning."""

from collections.abc import Collection, Iterator
from typing import Any

from fulfillment.domain.insight.public_events import EventType
from fulfillment.store.feed.cursors import Position
from fulfillment.store.feed.reading import Events, Scope, read_events
from fulfillment.store.feed.sequencing import tell_next
from fulfillment.store.reading import snapshot
from fulfillment.store.reading.views.feed import FeedEventView
from fulfillment.store.transactions.session import Store
from tests.builders.warehouse import Warehouse

EVERYTHING = Scope(tuple(EventType))


def tell(store: Store, most: int = 2_000) -> int:
    """Give places until nothing is left; how many events were told."""
    told = 0
    while (done := tell_next(store, most)) is not None and done.taken:
        told += done.told
    return told


def read(
    store: Store, after: Position | None = None, scope: Scope = EVERYTHING, limit: int = 200
) -> Events:
    return snapshot.read(store, "*", lambda tx: read_events(tx, after, scope, limit))


def everything(store: Store, scope: Scope = EVERYTHING, limit: int = 200) -> list[FeedEventView]:
    """All that is kept, page by page."""
    return list(pages(store, scope, limit))


def pages(store: Store, scope: Scope, limit: int) -> Iterator[FeedEventView]:
    after = None
    while True:
        found = read(store, after, scope, limit)
        yield from found.events
        if not found.more:
            return
        after = found.upto


def told(warehouse: Warehouse, *prefixes: str) -> list[FeedEventView]:
    """What is told of all that happened so far, of these types or those that begin so."""
    tell(warehouse.store)
    found = everything(warehouse.store)
    return [each for each in found if not prefixes or each.type.startswith(prefixes)]


def facts(warehouse: Warehouse, type_: str) -> list[dict[str, Any]]:
    """The facts of the events of one type, the first one first."""
    return [dict(each.facts) for each in told(warehouse, type_)]


def types(events: Collection[FeedEventView]) -> list[str]:
    return [str(each.type) for each in events]
