"""What was asked of many orders together, and what became of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fulfillment.domain.model.statuses import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOrder:
    """An order, of the version that somebody saw when it was chosen."""

    number: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTogether:
    """One action, asked of many orders: each is done by itself, in this order."""

    action: str
    values: dict[str, str]
    """What the action was told, by name."""
    orders: tuple[SeenOrder, ...]
    note: str | None
    """Why, for the history of each."""


class Outcome(StrEnum):
    """Done; not done since the order had changed, or for another reason; or not yet."""

    DONE = "done"
    CHANGED = "changed"
    REFUSED = "refused"
    WAITS = "waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderResult:
    """What became of one of them."""

    number: str
    status: OrderStatus | None
    """As it is now; null where there is no such order."""
    outcome: Outcome
    why: str | None
    """The reason, where it was not done."""

    @property
    def is_left(self) -> bool:
        """Whether it was not done, and there is something to look at again."""
        return self.outcome in {Outcome.CHANGED, Outcome.REFUSED} and self.status is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherResult:
    """What became of all of them so far."""

    asked: AskedTogether
    actor: str
    at: datetime
    orders: tuple[OrderResult, ...]
