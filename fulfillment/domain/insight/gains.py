"""Who gains and who loses by a change, in units and days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fulfillment.domain.insight.impact import Impact
from fulfillment.domain.model.shipments import Slice


@dataclass(frozen=True, slots=True)
class Gain:
    """What a change makes of one order: units that come earlier or later, and by how many days."""

    impact: Impact
    earlier: int
    """Units that are promised for an earlier day than now."""
    later: int
    """Units that are promised for a later day than now."""
    days: int
    """Days of all units together; fewer than none where they come earlier."""

    @property
    def sign(self) -> int:
        """1 who gains, -1 who loses, 0 who only stands differently.

        Days come first; where they are the same, units that are here, then units that are to come.
        """
        now, then = self.impact.before, self.impact.after
        for more in (-self.days, then.allocated - now.allocated, now.backordered - then.backordered,
                     then.pegged - now.pegged):  # fmt: skip
            if more and now.cancelled == then.cancelled:
                return 1 if more > 0 else -1
        return 0


@dataclass(frozen=True, slots=True)
class Totals:
    """All orders of one sign together."""

    orders: int
    units: int
    """Units that are promised for another day."""
    days: int
    """Days of all these units together."""


def gain(impact: Impact) -> Gain:
    """Compare what is promised now and then, the first unit with the first.

    Units that are promised only before or only after, such as cancelled ones, come neither earlier
    nor later.
    """
    earlier = later = days = 0
    for units, now, then in _paired(impact.before.promised, impact.after.promised):
        moved = (then - now).days
        days += units * moved
        earlier += units if moved < 0 else 0
        later += units if moved > 0 else 0
    return Gain(impact, earlier, later, days)


def totals(gains: Iterable[Gain], sign: int) -> Totals:
    """Of those who gain (1), or of those who lose (-1)."""
    its = [one for one in gains if one.sign == sign]
    units = sum(one.earlier if sign > 0 else one.later for one in its)
    return Totals(len(its), units, sum(abs(one.days) for one in its))


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
