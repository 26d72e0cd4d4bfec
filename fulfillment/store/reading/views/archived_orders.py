"""Orders that are archived, as a list has them."""

from dataclasses import dataclass
from datetime import datetime

from fulfillment.domain.model.statuses import OrderStatus


@dataclass(frozen=True, slots=True)
class ArchivedOrderView:
    """An order that is archived: whoever reads it by its number brings it back."""

    number: str
    status: OrderStatus
    placed_at: datetime
    finished_at: datetime
    """When it was over, in UTC."""
    archived_at: datetime
    """When it was packed, in UTC."""
    month: str
    """In which month it was archived, as 2026-03."""
    taken_away: bool
    """Whether that month was taken out of the database, so that it can not be brought back."""
