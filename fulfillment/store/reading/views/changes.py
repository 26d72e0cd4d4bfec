"""What a change of an order tells beside the order, as a list has it."""

from dataclasses import dataclass

from fulfillment.domain.insight.release_blockers import Blocker
from fulfillment.store.reading.views.orders import OrderSummary
from fulfillment.store.reading.views.shipments import UnitsOfLine


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatedView(OrderSummary):
    """What was taken, and where the order stands then."""

    taken: tuple[UnitsOfLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackToShipView(AllocatedView):
    """What was taken and released, and what is still short."""

    short: tuple[UnitsOfLine, ...]
    """What still waits, line by line."""
    released: int
    """Units that may be picked now and could not before."""
    why_not_released: Blocker | None
    """The rule that keeps what is allocated from going; null where nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLineView(OrderSummary):
    """The line that the order has now, and where the order stands then."""

    line: int
    sku: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLinesView(OrderSummary):
    """The lines that the order has now, and where the order stands then."""

    lines: tuple[UnitsOfLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedView(OrderSummary):
    """Where the order stands, and what was put where."""

    container: str
    staged: tuple[UnitsOfLine, ...]
    """What was put into it, line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortView(OrderSummary):
    """What was not there, and where the order stands then."""

    short: int
    """Units that were not there."""
    went_on: bool
    """False: it waits for the rest, and is staged meanwhile."""
