"""Who gains and who loses by a change, in units and days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fulfillment.domain.insight.impact import Impact
from fulfillment.domain.model.shipments import Slice


class Fate(StrEnum):
    """How an order fares by a change."""

    GAINS = "gains"
    LOSES = "loses"
    BOTH = "both"
    """Some of its units come earlier, others later."""
    OTHERWISE = "otherwise"
    """It stands differently, and neither gains nor loses."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Units that are promised for another day, and the days of all of them together."""

    units: int = 0
    """How many units."""
    days: int = 0
    """Their days added up: two units a day each are two."""


@dataclass(frozen=True, slots=True)
class Gain:
    """What a change makes of one order: units that come earlier, and units that come later."""

    impact: Impact
    earlier: Moved
    later: Moved

    @property
    def fate(self) -> Fate:
        """Days come first; where none moves, units that are here, then units that are to come."""
        now, then = self.impact.before, self.impact.after
        if now.cancelled != then.cancelled:
            return Fate.OTHERWISE
        if self.earlier.units and self.later.units:
            return Fate.BOTH
        for more in (self.earlier.units - self.later.units, then.allocated - now.allocated,
                     now.backordered - then.backordered, then.pegged - now.pegged):  # fmt: skip
            if more:
                return Fate.GAINS if more > 0 else Fate.LOSES
        return Fate.OTHERWISE


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Several orders together: who has both earlier and later units counts on both sides."""

    orders: int
    """How many orders."""
    only_earlier: int
    """Orders of which units come earlier, and none later."""
    only_later: int
    """Orders of which units come later, and none earlier."""
    both: int
    """Orders of which some units come earlier, and others later."""
    earlier: Moved
    """All units that come earlier."""
    later: Moved
    """All units that come later."""


def gain(impact: Impact) -> Gain:
    """Compare what is promised now and then, the first unit with the first.

    Units that are promised only before or only after, such as cancelled ones, come neither earlier
    nor later.
    """
    earlier, later = Moved(), Moved()
    for units, now, then in _paired(impact.before.promised, impact.after.promised):
        days = (then - now).days
        if days < 0:
            earlier = Moved(earlier.units + units, earlier.days - units * days)
        elif days:
            later = Moved(later.units + units, later.days + units * days)
    return Gain(impact, earlier, later)


def totals(gains: Iterable[Gain]) -> Totals:
    """All of these together."""
    its = [*gains]
    sides = [(one.earlier.units > 0, one.later.units > 0) for one in its]
    return Totals(
        orders=len(its),
        only_earlier=sides.count((True, False)),
        only_later=sides.count((False, True)),
        both=sides.count((True, True)),
        earlier=_sum(one.earlier for one in its),
        later=_sum(one.later for one in its),
    )


def _sum(parts: Iterable[Moved]) -> Moved:
    its = [*parts]
    return Moved(sum(one.units for one in its), sum(one.days for one in its))


def _paired(now: Sequence[Slice], then: Sequence[Slice]) -> Iterable[tuple[int, date, date]]:
    """Units with their day before and after."""
    left = [(piece.units, piece.on) for piece in reversed(then)]
    for piece in now:
        units = piece.units
        while units and left:
            there, on = left.pop()
            taken = min(units, there)
            yield taken, piece.on, on
            units -= taken
            if there > taken:
                left.append((there - taken, on))
