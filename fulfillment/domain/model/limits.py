"""How great a number may be, so that no sum of them is too great to be stored or shown.

Units stand in 32-bit columns, sums of them and money in 64 bits; a client may read a number with
the 53 bits that JSON is sure to carry.
"""

from collections.abc import Iterable
from itertools import accumulate, takewhile

from fulfillment.domain.model.refusals import RefusalKind, RefusedError, invalid

MOST_LINES = 2_000
"""Lines of one order, those that were cancelled too: so much is read, locked and shown at once."""

MOST_UNITS = 1_000_000_000
"""Base units of one order in all."""

MOST_ON_HAND = 2**31 - 1
"""Base units on hand at one place in one disposition: its column has 32 bits."""

MOST_WORTH = 1_000_000_000_000_000
"""Minor units that all lines of one order may cost."""


def check_order_size(lines: Iterable[tuple[int, int | None]], field: str) -> None:
    """Refuse an order of these lines (base units, price of one) that is too great."""
    count = units = worth = 0
    for line_units, price in lines:
        count += 1
        units += line_units
        worth += line_units * (price or 0)
    if count > MOST_LINES:
        message = f"an order has {MOST_LINES} lines at most, not {count}; divide it"
        raise invalid("too_many_lines", message, field)
    if units > MOST_UNITS:
        raise invalid("too_many_units", f"an order is for {MOST_UNITS} units at most", field)
    if worth > MOST_WORTH:
        message = f"an order costs {MOST_WORTH} minor units at most, not {worth}"
        raise invalid("too_much_worth", message, field)


def within_lines(counts: Iterable[int]) -> int:
    """How many of these, each of so many lines, are together not more than one order may have.

    The first goes in any case.
    """
    together = accumulate(counts)
    return max(1, sum(1 for lines in takewhile(lambda lines: lines <= MOST_LINES, together)))


def check_on_hand(sku: str, location: str, units: int) -> None:
    """Refuse to have more at one place than can be counted."""
    if units > MOST_ON_HAND:
        message = f"{MOST_ON_HAND} units of {sku} at most can lie at {location}, not {units}"
        facts = {"sku": sku, "location": location, "on_hand": units}
        raise RefusedError(RefusalKind.INVALID, "out_of_range", message, [facts])
