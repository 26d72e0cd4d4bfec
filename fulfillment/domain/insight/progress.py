"""A small snapshot of an order: all that its workflow needs to know."""

from dataclasses import dataclass
from datetime import date

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import FINISHED_ORDER, OrderStatus, ShipmentStatus
from fulfillment.domain.planning.sourcing import waiting_units


@dataclass(frozen=True, slots=True)
class ShipmentProgress:
    """One live shipment: its number in the order, its status, where, and when it is expected."""

    number: int
    """Its number within the order."""
    status: ShipmentStatus
    location: str | None = None
    expected_on: date | None = None


MOST_NAMED = 100
"""SKUs and supplies that are named, each: a snapshot goes into the history of a workflow."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an order stands: ids, quantities and dates only.

    A higher `version` is newer. A database that is put back tells less than it told before; the
    *epoch* that `pegboard reconcile` then begins makes what it tells the newer again. Whether it is
    verified and prepared was not always told.
    """

    order: int
    number: str
    seq: int
    status: OrderStatus
    priority: int
    waiting_units: int = 0
    next_date: date | None = None
    awaited_skus: tuple[str, ...] = ()
    awaited_supply: tuple[str, ...] = ()
    shipments: tuple[ShipmentProgress, ...] = ()
    holds: tuple[str, ...] = ()
    claimed: bool = False
    shipped_units: int = 0
    epoch: int = 0
    verified: bool | None = None
    prepared: bool | None = None

    @property
    def version(self) -> tuple[int, int]:
        """Which of two is the newer."""
        return self.epoch, self.seq

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do for the order."""
        return self.status in FINISHED_ORDER

    @property
    def awaits_stock(self) -> bool:
        """Whether some of its units are neither here nor given up."""
        return self.waiting_units > 0 or self.next_date is not None


def progress_of(order: Order) -> Progress:
    """The snapshot of an order as it is now."""
    lines = [line for shipment in order.planned for line in shipment.lines]
    pegs = [peg for line in lines for peg in line.pegs]
    return Progress(
        order=order.id,
        number=order.number,
        seq=order.wake_seq,
        status=order.status,
        priority=order.rank.priority,
        waiting_units=waiting_units(order),
        next_date=min((peg.due_on for peg in pegs if not peg.has_arrived), default=None),
        awaited_skus=_first({line.sku for line in lines if line.wanted}),
        awaited_supply=_first({peg.source for peg in pegs if peg.source}),
        shipments=tuple(
            ShipmentProgress(s.number, s.status, s.location, s.expected_on)
            for s in sorted(order.live, key=lambda s: s.number)
        ),
        holds=order.holds,
        claimed=order.first_claimed,
        shipped_units=sum(line.shipped for line in order.lines),
        epoch=order.epoch,
        verified=order.verified,
        prepared=order.is_prepared,
    )


def _first(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names)[:MOST_NAMED])
