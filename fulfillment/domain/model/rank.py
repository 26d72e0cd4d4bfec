"""An order's place in the queue."""

from dataclasses import dataclass
from datetime import datetime

FIRST_PRIORITY = 0
DEFAULT_PRIORITY = 50
LAST_PRIORITY = 100


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """Priority first (lower is served first), then placed-at, then the order of intake.

    The intake sequence is unique, so no two orders ever share a rank and every sort by rank
    has one result.
    """

    priority: int
    placed_at: datetime
    intake_seq: int
