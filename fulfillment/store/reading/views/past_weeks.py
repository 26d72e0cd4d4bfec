"""How well orders were served, week by week."""

from dataclasses import dataclass
from datetime import date

from fulfillment.domain.insight.past_weeks import ServiceFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """The orders that were placed in a week."""

    begins: date
    """Its Monday."""
    one_in: int
    """Of so many orders one was looked at; 1: all of them."""
    figures: ServiceFigures
    """Of the orders that were looked at and that were neither rejected nor cancelled."""
