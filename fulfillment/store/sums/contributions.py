"""What an order adds to the sums of its queues, and what a change of it adds to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from fulfillment.domain.model.rank import Rank


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A line that wants units, as its row in the queue says; the place is "" for any."""

    order: int
    rank: Rank
    sku: str
    place: str
    wanted: int
    unpegged: int


class Key(NamedTuple):
    """An order at one place of one queue: it stands in one block there."""

    sku: str
    place: str
    rank: Rank


class Sums(NamedTuple):
    """Units wanted, units not pegged of them, lines, orders, and orders not pegged whole."""

    wanted: int = 0
    unpegged: int = 0
    lines: int = 0
    orders: int = 0
    unpegged_orders: int = 0

    def less(self, other: "Sums") -> "Sums":
        """What is here beyond those."""
        return Sums(*(mine - its for mine, its in zip(self, other, strict=True)))


def change_of(before: Iterable[QueueLine], after: Iterable[QueueLine]) -> dict[Key, Sums]:
    """What has to be added to the sums when these lines take the place of those."""
    was, now = _sums_of(before), _sums_of(after)
    changed = {key: now.get(key, Sums()).less(was.get(key, Sums())) for key in was | now}
    return {key: sums for key, sums in changed.items() if any(sums)}


def _sums_of(lines: Iterable[QueueLine]) -> dict[Key, Sums]:
    """An order's rank is its own, so the lines with one key are those of one order."""
    found: dict[Key, Sums] = {}
    for line in lines:
        key = Key(line.sku, line.place, line.rank)
        wanted, unpegged, many, *_ = found.get(key, Sums())
        unpegged += line.unpegged
        found[key] = Sums(wanted + line.wanted, unpegged, many + 1, 1, int(unpegged > 0))
    return found
