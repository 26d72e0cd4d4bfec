"""What a change would make of orders, as rows that people read."""

from collections.abc import Iterable
from dataclasses import dataclass

from console import words
from fulfillment.domain.insight.impact import Impact, Standing

COUNTS = ("allocated", "not_yet_received", "pegged", "backordered", "ready", "cancelled")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would be otherwise."""

    what: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Touched:
    """One order that would stand differently; `is_other` where it is not the one that is asked."""

    order: str
    is_other: bool
    differences: tuple[Difference, ...]


def touched(number: str | None, impacts: Iterable[Impact]) -> list[Touched]:
    """Every order that would stand differently, in rank order; the one that is asked first.

    Where no order is asked (None), none is another one.
    """
    found = [
        Touched(
            one.order,
            number is not None and one.order != number,
            tuple(differences(one.before, one.after)),
        )
        for one in impacts
    ]
    return sorted(found, key=lambda one: one.is_other)


def differences(before: Standing, after: Standing) -> Iterable[Difference]:
    """What would be otherwise of an order, each with how it is now."""
    if before.status is not after.status:
        yield Difference("status", words.plain(before.status), words.plain(after.status))
    for name in COUNTS:
        was, then = getattr(before, name), getattr(after, name)
        if was != then:
            yield Difference(words.plain(name), words.number(was), words.number(then))
    if before.promised != after.promised:
        yield Difference("promise", words.slices(before.promised), words.slices(after.promised))
