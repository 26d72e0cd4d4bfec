"""Orders that somebody chose to do something with."""

from dataclasses import dataclass

from fulfillment.domain.model.statuses import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenOrder:
    """One of them, as it is now."""

    number: str
    status: OrderStatus
    holds: tuple[str, ...]
    version: int
    """Rises with each change of the order."""
    lines: int
