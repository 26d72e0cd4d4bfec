"""What is told outside of one thing that happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fulfillment.domain.insight.public_events import EventType


@dataclass(frozen=True, slots=True)
class FeedEventView:
    """One event. It holds no name, address, mail or free text."""

    id: UUID
    """Its name for all time: whoever is told twice is told the same id."""
    type: EventType
    """What happened, of the types that are documented."""
    version: int
    """Of the facts of this type: it rises when one goes away or means something else."""
    at: datetime
    merchant: str
    subject: str
    """What it happened to: `order`, or `purchase_order`, `transfer`, `return` or `restock`."""
    number: str
    """The number of that order or document."""
    sequence: int
    """Its place in the history of its subject: it rises there, and passes over what is not told."""
    locations: tuple[str, ...]
    """The locations that it concerns; a key that is bound to others does not see it."""
    facts: Mapping[str, object]
    """Ids, numbers, quantities, dates and codes, by type."""
