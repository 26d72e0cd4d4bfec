"""What a receipt may count of one line, and as what."""

from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Room:
    """Units of a line that a receipt may count.

    `outstanding` are to come, `found` were given up and are found after all, `beyond` is more than
    was ordered. They are used up in this order.
    """

    outstanding: int
    found: int = 0
    beyond: int = 0

    @property
    def units(self) -> int:
        """All that may be counted."""
        return self.outstanding + self.found + self.beyond

    def take(self, units: int) -> "Room":
        """So many units, by what they are counted as; no more than there is room for."""
        outstanding = min(units, self.outstanding)
        found = min(units - outstanding, self.found)
        return Room(outstanding, found, units - outstanding - found)

    def without(self, taken: "Room") -> "Room":
        """What is left when these are taken."""
        return replace(
            self,
            outstanding=self.outstanding - taken.outstanding,
            found=self.found - taken.found,
            beyond=self.beyond - taken.beyond,
        )


def tolerance(wanted: int, percent: int, over_received: int) -> int:
    """Units beyond what is wanted of a line (ordered, less what was given up) that may still come.

    A share of less than one unit is none.
    """
    return max(wanted * percent // 100 - over_received, 0)


def takes_more(ended_on: date, today: date, days: int) -> bool:
    """Whether more than was ordered may still come, so many days after all of it has come."""
    return today <= ended_on + timedelta(days=days)
