"""What an order's workflow still knows after its database was put back from an older copy."""

from enum import StrEnum
from typing import Protocol

from fulfillment.domain.insight.progress import Progress
from fulfillment.domain.model.statuses import FINISHED_ORDER, OrderStatus

PARCEL_LEFT = "parcel_left_before_restore"
"""Units left, and the database that was put back believes that they are here."""

ENDED = "ended_before_restore"
"""The order was cancelled or rejected, and the database that was put back would ship it."""

MOST_AHEAD = 50
"""Wakes overtake each other by a few; what claims to be further ahead may not come from us."""

ASKS = "asks the database in doubt"
"""A workflow's patch: runs from before it drop what is old, and believe whatever is newer."""

ASKS_WHEN_ODD = "asks the database when it is sent what it can not read"
"""A workflow's patch: runs from before it drop such signals, or stand still."""

LEFT = frozenset({OrderStatus.SHIPPED, OrderStatus.PARTIALLY_SHIPPED})


class AtOdds(StrEnum):
    """How an order's workflow and the database disagree."""

    DATABASE_BEHIND = "database_behind"
    UNKNOWN_ORDER = "unknown_order"


class Told(Protocol):
    """What an order and a purchase order alike are told."""

    @property
    def epoch(self) -> int:
        """Of the database that says so."""

    @property
    def seq(self) -> int:
        """A higher one is newer."""

    @property
    def status(self) -> StrEnum:
        """What it is now."""


def is_doubtful(told: Progress, known: Progress | None, order: int, epoch: int) -> bool:
    """Whether the database is to be asked before such news is believed or dropped.

    So is what comes from another epoch, about another order, from far ahead or from behind, and
    what contradicts what is known. The same once more is not, and the next is plain news.
    """
    if told.order != order or (known is None and told.epoch != epoch):
        return True
    return known is not None and contradicts(told, known)


def contradicts(told: Told, known: Told) -> bool:
    """Whether what is told can not just be the next that is to be told, or the same again."""
    if told.epoch != known.epoch:
        return True
    if told.seq == known.seq:
        return told.status is not known.status
    return not known.seq < told.seq <= known.seq + MOST_AHEAD


def is_ahead(known: Progress, stored: Progress) -> bool:
    """Whether a workflow knows what the database as it is now has never said."""
    return known.order == stored.order and known.version > stored.version


def holds_for(known: Progress, stored: Progress) -> tuple[str, ...]:
    """Why a person must look at an order before it goes on, given what was known of it.

    What left or ended must not be shipped again, and a hold that was set stays set.
    """
    if stored.finished:
        return ()
    reasons = set(known.holds)
    left = known.status in LEFT and stored.status not in LEFT
    if left or known.shipped_units > stored.shipped_units:
        reasons.add(PARCEL_LEFT)
    if known.status in FINISHED_ORDER and known.status is not OrderStatus.SHIPPED:
        reasons.add(ENDED)
    return tuple(sorted(reasons - set(stored.holds)))
