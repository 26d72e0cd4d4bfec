"""Read the feed after a cursor, as far as somebody may see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fulfillment.domain.insight.public_events import EventType
from fulfillment.store.feed.cursors import Position, gone
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.feed import FeedEventView
from fulfillment.store.transactions.session import Tx

WINDOW = 20_000
"""Places that one reading looks at, at most: what is seldom is found in several."""

CHECKED = 8
"""Digits of an event's id that a cursor remembers."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked for: of which merchants, at which locations; None for all of them."""

    types: Collection[EventType]
    merchants: Collection[str] | None = None
    locations: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """Events in their order, and up to where was looked, whether or not something matched."""

    events: Sequence[FeedEventView]
    positions: Sequence[Position]
    upto: Position
    more: bool


HEAD = """
SELECT (SELECT max(number) FROM epoch) AS epoch, m.last, m.expired,
       (SELECT id FROM feed_event WHERE place = :place) AS there
  FROM feed_mark m
"""

WANTED = """
e.place > :after AND e.place <= :upto AND e.type = ANY(:types)
AND (CAST(:locations AS text[]) IS NULL OR e.locations && CAST(:locations AS text[]))
"""

OF_ALL = f"""
SELECT e.* FROM feed_event e WHERE {WANTED} ORDER BY e.place LIMIT :limit
"""  # noqa: S608 -- WANTED is a constant

OF_SOME = f"""
SELECT e.* FROM unnest(CAST(:merchants AS text[])) AS m(merchant)
 CROSS JOIN LATERAL (
    SELECT * FROM feed_event e WHERE e.merchant = m.merchant AND {WANTED}
     ORDER BY e.place LIMIT :limit) e
 ORDER BY e.place LIMIT :limit
"""  # noqa: S608 -- WANTED is a constant


def read_events(tx: Tx, after: Position | None, scope: Scope, limit: int) -> Events:
    """What was told after a position, the oldest first; from the oldest that is kept without one.

    The transaction sees one instant. A position of another epoch, before what is kept, or of a
    feed that this database never had, is refused with the oldest one that can be had.
    """
    head = _head(tx, after.place if after else -1)
    begin = _checked(head, after)
    upto = min(head.last, begin + WINDOW)
    found = _find(tx, begin, upto, scope, limit) if upto > begin else []
    if len(found) == limit:
        upto = found[-1].place
    events = [view(FeedEventView, row) for row in found]
    positions = [Position(head.epoch, row.place, _check(row.id)) for row in found]
    return Events(events, positions, _at(tx, head, upto), head.last > upto)


def end_of_feed(tx: Tx) -> Position:
    """The position behind all that was told."""
    head = _head(tx, -1)
    return _at(tx, head, head.last)


def last_place(tx: Tx) -> int:
    """The last place that was given: whoever waits looks whether it rises."""
    (row,) = tx.rows("SELECT last FROM feed_mark")
    return int(row.last)


def _head(tx: Tx, place: int) -> Any:
    (head,) = tx.rows(HEAD, place=place)
    return head


def _checked(head: Any, after: Position | None) -> int:
    """The place after which is read."""
    oldest = Position(head.epoch, head.expired)
    if after is None:
        return int(head.expired)
    if after.epoch != head.epoch:
        why = "the cursor is of another life of the database: it was put back from a copy since"
        raise gone(oldest, why)
    if after.place < head.expired:
        raise gone(oldest, "what follows the cursor is kept no more")
    is_kept = after.place > head.expired
    if after.place > head.last or (is_kept and _check(head.there) != after.check):
        raise gone(oldest, "this database never told what the cursor says was read")
    return after.place


def _find(tx: Tx, begin: int, upto: int, scope: Scope, limit: int) -> list[Any]:
    some = {} if scope.merchants is None else {"merchants": sorted(scope.merchants)}
    return tx.rows(
        OF_SOME if some else OF_ALL,
        **some,
        after=begin,
        upto=upto,
        types=sorted(scope.types),
        locations=None if scope.locations is None else sorted(scope.locations),
        limit=limit,
    )


def _at(tx: Tx, head: Any, place: int) -> Position:
    rows = tx.rows("SELECT id FROM feed_event WHERE place = :place", place=place)
    return Position(head.epoch, place, _check(rows[0].id) if rows else "")


def _check(there: UUID | None) -> str:
    return "" if there is None else there.hex[-CHECKED:]
