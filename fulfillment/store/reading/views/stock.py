"""Stock and counts of it, as they are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fulfillment.domain.model.moves import CountCovers
from fulfillment.domain.model.supply import OutOfUse

StockDisposition = Literal["sellable", "damaged", "quarantine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCounts:
    """Units in base units; all but `not_sellable` are sellable ones."""

    on_hand: int
    allocated: int
    available: int
    """On hand, and nobody's."""
    picked: int
    staged: int
    inbound: int
    """Units that are still to come."""
    not_sellable: int
    """Units on hand that serve nobody: damaged, or in quarantine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAtLocation(StockCounts):
    """The counts at one location."""

    location: str
    out_of_use: OutOfUse | None
    """Why what is there supplies nothing: the location is `closed`, or `not_serving` this merchant.

    Null where it is in use.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class StockView(StockCounts):
    """One SKU over all locations, and at each."""

    sku: str
    managed: bool
    """False: it never waits, and is never out."""
    available_out_of_use: int
    """Of the available units those at locations out of use, which nobody gets."""
    waiting: int
    """Units that wait, not allocated."""
    pegged: int
    """Waiting units that inbound supply will meet."""
    atp: int | None
    """What can be promised to somebody new, within the horizon of `future_limit_days`.

    Available at locations in use + inbound to them inside the horizon - pegs on it - waiting units
    without a peg. Null where stock is not managed, and for a key bound to locations.
    """
    locations: tuple[StockAtLocation, ...]
    """Where any of it is or comes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStock(StockView):
    """One SKU of a list that people read, with its product."""

    name: str
    active: bool
    """False: no new order may name it."""
    reorder_level: int
    """Units that should be left once all that waits is met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLineView:
    """What the books had, and what was there; difference = counted - expected."""

    sku: str
    disposition: StockDisposition
    expected: int
    """What the books had of what the count covers."""
    counted: int
    """What was there."""
    in_hands: int | None
    """Units in the building and not on the shelf: picked, staged, or to be put back. Expected holds
    them only where the count covers hands. Null for counts from before this was asked."""
    difference: int
    """Counted less expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountHead:
    """Where, why, by whom and when it was counted."""

    number: str
    location: str
    reason: str | None
    actor: str
    at: datetime
    covers: CountCovers
    """What was counted: the shelf, or the shelf and hands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView(CountHead):
    """A count with its lines, by SKU."""

    lines: tuple[CountLineView, ...]
    """By SKU and disposition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSummary(CountHead):
    """One count in a list."""

    line_count: int
    expected: int
    """What the books had, over all lines."""
    counted: int
    """What was there, over all lines."""
    differing: int
    """Lines where the books were wrong."""
