"""How a merchant's work stands as a whole: what is open, what waits, what is due."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from fulfillment.domain.model.statuses import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """The open orders of one status."""

    status: OrderStatus
    orders: int
    to_go: int
    """Units that are neither shipped nor cancelled."""
    waiting_units: int
    """Of these, units that are neither allocated nor not yet received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeView:
    """Orders that wait for units, by how long ago they were placed."""

    days: int
    """So many days at least."""
    orders: int
    waiting_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitedForView:
    """A product that orders wait for."""

    sku: str
    name: str
    units: int
    """Units that are not allocated."""
    pegged: int
    """Of these, units that are tied to what will come."""
    orders: int
    next_on: date | None
    """The first day on which any of it is expected; null: nothing with a date is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueView:
    """A document of supply that is due within a week, or is overdue."""

    number: str
    kind: Literal["purchase_order", "transfer", "return", "restock"]
    expected_on: date
    """The first day on which a line of it is expected."""
    overdue: bool
    """Whether that day has passed."""
    outstanding: int
    """Units that are still to come on it."""
    pegged: int
    """Of these, units that orders wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """All of it, as of one moment."""

    at: datetime
    stages: tuple[StageView, ...]
    """One for each status that an open order has."""
    ages: tuple[AgeView, ...]
    """From the youngest; every class is there."""
    waited_for: tuple[WaitedForView, ...]
    """What most units wait for, first; ten at most."""
    due: tuple[DueView, ...]
    """What is due first, first; twenty at most."""
