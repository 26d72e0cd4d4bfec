"""What other supply would make of an order, in one word."""

from datetime import date
from enum import StrEnum

from fulfillment.domain.insight.impact import Impact, Standing


class SupplyEffect(StrEnum):
    """The first that is true of an order, the one that matters most to its customer first."""

    RELEASED = "released"
    """More of it could be picked at once."""
    TAKEN_BACK = "taken_back"
    """Less of it could be picked."""
    ALLOCATED = "allocated"
    """It would hold more units, and still wait."""
    UNCOVERED = "uncovered"
    """It would hold, or be pegged on, fewer units."""
    COVERED = "covered"
    """It would be pegged on more units."""
    EARLIER = "earlier"
    LATER = "later"
    OTHER = "other"


NEVER = date.max


def effect_of(impact: Impact) -> SupplyEffect:
    """How an order would fare; by its units first, then by the last day that it is promised.

    A day that is reckoned, since nothing that is known brings the units, is no better for being
    earlier: so units come first.
    """
    before, after = impact.before, impact.after
    if after.ready != before.ready:
        return SupplyEffect.RELEASED if after.ready > before.ready else SupplyEffect.TAKEN_BACK
    if after.allocated > before.allocated:
        return SupplyEffect.ALLOCATED
    covered, would_be_covered = _covered(before), _covered(after)
    if covered != would_be_covered:
        return SupplyEffect.COVERED if would_be_covered > covered else SupplyEffect.UNCOVERED
    was, would_be = _whole_on(before), _whole_on(after)
    if was == would_be:
        return SupplyEffect.OTHER
    return SupplyEffect.EARLIER if would_be < was else SupplyEffect.LATER


def _covered(standing: Standing) -> int:
    return standing.allocated + standing.pegged


def _whole_on(standing: Standing) -> tuple[int, date]:
    """Units of which no day is known, and the last day that is: the less of both the better."""
    promised = sum(piece.units for piece in standing.promised)
    last = max((piece.on for piece in standing.promised), default=NEVER)
    return -promised, last
