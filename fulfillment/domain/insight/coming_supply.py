"""What is on its way of one product: each line of a document of supply, and how its date counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.statuses import PurchaseOrderStatus


class DateState(StrEnum):
    """How the date of a supply counts: units are pegged on what is dated, or has arrived."""

    ARRIVED = "arrived"
    DATED = "dated"
    OVERDUE = "overdue"
    NO_DATE = "no_date"
    OUT_OF_USE = "out_of_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingSupply:
    """One line of a document of supply, approved or later, with what is outstanding on it."""

    id: int
    kind: SupplyKind
    document: str
    line: int | None
    """Of a purchase order; other supply has none."""
    location: str
    expected_on: date | None
    outstanding: int
    pegged: int
    """Units of all its pegs."""
    state: DateState

    @property
    def left(self) -> int:
        """Units that nobody is pegged on."""
        return max(self.outstanding - self.pegged, 0)


def date_state(
    location: str,
    expected_on: date | None,
    status: PurchaseOrderStatus | None,
    days: Mapping[str, date],
) -> DateState:
    """How a supply's date counts, by the day that it is at each location in use (behaviour.md §5).

    The status is that of its purchase order; None where it has none.
    """
    if location not in days:
        return DateState.OUT_OF_USE
    if status is PurchaseOrderStatus.ARRIVED:
        return DateState.ARRIVED
    if expected_on is None:
        return DateState.NO_DATE
    return DateState.OVERDUE if expected_on < days[location] else DateState.DATED


IN_TIME = tuple(DateState)
"""What is here already, then what has a date ahead; what can not be promised stands behind it."""


def in_time(supplies: Iterable[ComingSupply]) -> tuple[ComingSupply, ...]:
    """Supplies as they stand in the picture, from left to right."""
    return tuple(
        sorted(
            supplies,
            key=lambda one: (IN_TIME.index(one.state), one.expected_on or date.max, one.id),
        )
    )
