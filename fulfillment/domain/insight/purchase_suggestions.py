"""What to buy: what waits, less what is here or on its way, by product and place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Units = Mapping[str, int]
"""Units by location."""


@dataclass(frozen=True, slots=True)
class Need:
    """One product as a buyer sees it; units by location, and under None where any will do.

    `waiting` is demand that is neither allocated nor pegged, `free` what nobody holds, `coming`
    what is outstanding on supply that is approved or later and pegged to nobody, dated or not,
    overdue or not, since it is bought already; `drafted` is on purchase orders still in draft.
    """

    sku: str
    supplier: str = ""
    reorder_level: int = 0
    waiting: Mapping[str | None, int] = field(default_factory=dict)
    free: Units = field(default_factory=dict)
    coming: Units = field(default_factory=dict)
    drafted: Units = field(default_factory=dict)

    def has(self, location: str) -> int:
        """Units that are there, or will be without anything being bought."""
        return sum(units.get(location, 0) for units in (self.free, self.coming, self.drafted))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Units of one product to be bought for one location, and what they are for.

    `short_here` waits for this very location, `short_anywhere` for any. Where nothing is to be
    bought, `surplus` are units in drafts that nothing asks for any more.
    """

    sku: str
    supplier: str
    location: str
    short_here: int = 0
    short_anywhere: int = 0
    for_reorder_level: int = 0
    surplus: int = 0

    @property
    def for_waiting(self) -> int:
        """Units for which an order waits."""
        return self.short_here + self.short_anywhere

    @property
    def units(self) -> int:
        """Units to be bought."""
        return self.for_waiting + self.for_reorder_level


def suggest(need: Need, first_location: str) -> tuple[Suggestion, ...]:
    """What to buy of one product (behaviour.md §7).

    Demand that is bound to a location is met there only; what is left over at a location meets
    demand that may be met anywhere, the rest of which is bought for `first_location`. The reorder
    level is what should be left over once all that waits is met.
    """
    over = _over(need)
    short = {at: -units for at, units in over.items() if units < 0}
    left_over = sum(units for units in over.values() if units > 0) - need.waiting.get(None, 0)
    anywhere = max(-left_over, 0)
    refill = max(need.reorder_level - max(left_over, 0), 0)
    wanted = short.keys() | ({first_location} if anywhere or refill else set())
    return tuple(
        Suggestion(
            sku=need.sku,
            supplier=need.supplier,
            location=at,
            short_here=short.get(at, 0),
            short_anywhere=anywhere if at == first_location else 0,
            for_reorder_level=refill if at == first_location else 0,
        )
        for at in sorted(wanted)
    )


def surplus(need: Need) -> tuple[Suggestion, ...]:
    """What is drafted of one product and nothing asks for: without it no less would be met."""
    over = _over(need)
    left_over = sum(units for units in over.values() if units > 0) - need.waiting.get(None, 0)
    unasked = max(left_over - need.reorder_level, 0)
    found = []
    for at, drafted in sorted(need.drafted.items()):
        if units := min(drafted, max(over[at], 0), unasked):
            found.append(Suggestion(need.sku, need.supplier, at, surplus=units))
            unasked -= units
    return tuple(found)


def _over(need: Need) -> dict[str, int]:
    """Units left at each location once what is bound to it is met; below zero where it is short."""
    bound = {at: units for at, units in need.waiting.items() if at is not None}
    places = bound.keys() | need.free.keys() | need.coming.keys() | need.drafted.keys()
    return {at: need.has(at) - bound.get(at, 0) for at in sorted(places)}
