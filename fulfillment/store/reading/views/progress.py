"""Where an order stands after what was asked of it, as it is told."""

from dataclasses import dataclass
from datetime import date

from fulfillment.domain.insight.progress import ShipmentProgress
from fulfillment.domain.insight.release_blockers import Blocker
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.reading.views.shipments import UnitsOfLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """Where an order stands after what was asked of it; a higher `seq` is newer."""

    order: int
    """The order's id, as its workflow knows it; not its number."""
    seq: int
    """Rises with each change of the order."""
    status: OrderStatus
    priority: int
    waiting_units: int
    next_date: date | None
    """The first day on which something it is pegged to is due."""
    awaited_skus: tuple[str, ...]
    awaited_supply: tuple[str, ...]
    """Numbers of the documents it is pegged to."""
    shipments: tuple[ShipmentProgress, ...]
    """Those that have not ended."""
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatedView(ProgressView):
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
class NewLineView(ProgressView):
    """The line that the order has now, and where the order stands then."""

    line: int
    sku: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLinesView(ProgressView):
    """The lines that the order has now, and where the order stands then."""

    lines: tuple[UnitsOfLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedView(ProgressView):
    """Where the order stands, and what was put where."""

    container: str
    staged: tuple[UnitsOfLine, ...]
    """What was put into it, line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortView(ProgressView):
    """What was not there, and where the order stands then."""

    short: int
    """Units that were not there."""
    went_on: bool
    """False: it waits for the rest, and is staged meanwhile."""
