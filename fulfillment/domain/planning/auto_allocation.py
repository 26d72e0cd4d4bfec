"""What each value of `auto_allocate` means: one object for each, asked wherever it matters."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import ClassVar

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.policy import AutoAllocate
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import Snapshot
from fulfillment.domain.planning.sourcing import is_all_met, is_all_sourced, is_due_by


class AutoAllocation(ABC):
    """When stock that comes in is given to a waiting shipment (behaviour.md §3)."""

    takes_all: ClassVar[bool] = False
    """Whether its lines take whatever is free for them, each by itself."""
    takes_none: ClassVar[bool] = False
    """Whether nothing is ever given to it but by a person."""

    @property
    def decides(self) -> bool:
        """Whether it takes or declines what is there, depending on the rest of the shipment."""
        return not self.takes_all and not self.takes_none

    @abstractmethod
    def accepts(self, order: Order, shipment: Shipment, snapshot: Snapshot) -> bool:
        """Whether the shipment keeps what it holds on trial, and what counts as met.

        The order must have the pegs that it would get beside that.
        """

    def opens_on(self, order: Order, dated: Iterable[date]) -> Iterator[date]:  # noqa: ARG002
        """Days on which a line with pegs due on those dates may be let take what is free."""
        return iter(())


class _Always(AutoAllocation):
    takes_all = True

    def accepts(self, order: Order, shipment: Shipment, snapshot: Snapshot) -> bool:  # noqa: ARG002
        return True


class _Never(AutoAllocation):
    takes_none = True

    def accepts(self, order: Order, shipment: Shipment, snapshot: Snapshot) -> bool:  # noqa: ARG002
        return False


class _CompleteOnly(AutoAllocation):
    def accepts(self, order: Order, shipment: Shipment, snapshot: Snapshot) -> bool:
        """What is dated as a whole takes when all is here; else when all is here or dated."""
        if shipment.status is ShipmentStatus.FUTURE:
            return is_all_met(order, shipment)
        return is_all_sourced(order, shipment, snapshot)


class _DueWithin(AutoAllocation):
    def accepts(self, order: Order, shipment: Shipment, snapshot: Snapshot) -> bool:
        by = snapshot.today + _within(order)
        return all(is_due_by(order, line, by) for line in shipment.lines)

    def opens_on(self, order: Order, dated: Iterable[date]) -> Iterator[date]:
        last = max(dated, default=None)
        if last is not None:
            yield last - _within(order)


def _within(order: Order) -> timedelta:
    return timedelta(days=order.policy.auto_allocate_within_days or 0)


MODES: Mapping[AutoAllocate, AutoAllocation] = {
    AutoAllocate.ALWAYS: _Always(),
    AutoAllocate.NEVER: _Never(),
    AutoAllocate.COMPLETE_ONLY: _CompleteOnly(),
    AutoAllocate.DUE_WITHIN: _DueWithin(),
}


def auto_allocation(order: Order) -> AutoAllocation:
    """The mode of an order."""
    return MODES[order.policy.auto_allocate]


def gate_of(order: Order, shipment: Shipment, line: ShipmentLine) -> str:
    """Whether the line takes what is free for it: for sure, only if it chooses to, or never.

    Closed lines are pegged like any other; lines by hand are not even that.
    """
    if not order.first_claimed:
        return "first"
    if not shipment.is_waiting:
        return "open"
    if order.line(line.order_line).by_hand:
        return "by_hand"
    mode = auto_allocation(order)
    if mode.takes_all:
        return "open"
    return "closed" if mode.takes_none else "conditional"
