"""One thing that could be done about an order that waits, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Units = Mapping[tuple[str, str], int]
"""Units by SKU and location."""


class RemedyCode(StrEnum):
    """The stable code of a remedy."""

    LIFT_HOLD = "lift_hold"
    VERIFY = "verify"
    CANCEL_SHORT = "cancel_short"
    SHIP_AS_AVAILABLE = "ship_as_available"
    SPLIT_NOW = "split_now"
    ALLOCATE = "allocate"
    RESUME_ALLOCATION = "resume_allocation"
    RAISE_PRIORITY = "raise_priority"
    UNPIN = "unpin"
    UNLOCK = "unlock"
    TRANSFER = "transfer"
    RECEIVE_MORE = "receive_more"
    BUY_MORE = "buy_more"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units of one line of a purchase order that are counted in."""

    supply: int
    line: int
    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing that could be done, and what has to be said to ask for it.

    It is asked of the order itself, or of another `order`. What changes stock or supply and not the
    order is a document: units that are `leaving` a place at once, or `coming` to one on the day
    `due_on`; or `arrivals` at one place, of a `purchase` order that is there already.
    """

    code: RemedyCode
    sentence: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    order: str | None = None
    leaving: Units = field(default_factory=dict)
    coming: Units = field(default_factory=dict)
    due_on: date | None = None
    purchase: str | None = None
    location: str | None = None
    arrivals: tuple[Arrival, ...] = ()
