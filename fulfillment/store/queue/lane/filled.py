"""What the lane has filled: told to the planner, which goes on in the same transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fulfillment.domain.floor.cross_docking import Gain
from fulfillment.domain.model.rank import Rank
from fulfillment.store.queue.newcomers import Newcomer
from fulfillment.store.transactions.session import Tx

Place = tuple[str, str]
"""SKU and location."""


Line = tuple[int, int, int]
"""A line that was filled whole: its order, the shipment that goes with it, and its units."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The lines that were filled at each place, and the rank of the last of each SKU.

    The queues that are `whole` had nobody else among as many lines as one batch serves: whoever
    serves them leaves them owed, and goes on from the head. Their units are not taken off the
    stock levels yet: those come last in the order of locks (`take_levels`).
    """

    lines: Mapping[Place, Sequence[Line]] = field(default_factory=dict)
    last: Mapping[str, Rank] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()

    @property
    def units(self) -> Counter[Place]:
        """Units that were given out at each place."""
        return Counter({at: sum(units for *_, units in its) for at, its in self.lines.items()})

    def is_passed_by(self, newcomers: Iterable[Newcomer]) -> bool:
        """Whether one whose first claim is to come stands before a line that was filled.

        Nobody did when the queue was read. What it takes now may be what one before it was left.
        """
        return any(
            one.rank < self.last[sku] for one in newcomers for sku in one.skus & self.last.keys()
        )

    def gains(self) -> Iterator[tuple[int, list[Gain], list[Gain]]]:
        """Each order, with what its shipment gained, and what it gained as a whole."""
        for place, its in self.lines.items():
            for order, shipment, units in its:
                yield order, [Gain(*place, shipment, units)], [Gain(*place, order, units)]


NOTHING = Filled()


class PassedByError(Exception):
    """A newcomer turned up before a line that was filled: what was filled is to be taken back."""


LOCK = """
SELECT FROM stock_level WHERE merchant = :merchant AND sku = ANY(:skus)
 ORDER BY sku, location, disposition FOR NO KEY UPDATE
"""

TAKE = """
UPDATE stock_level v SET allocated = v.allocated + t.units
  FROM unnest(CAST(:moved AS text[]), CAST(:places AS text[]), CAST(:units AS bigint[]))
       AS t(sku, place, units)
 WHERE v.merchant = :merchant AND v.sku = t.sku AND v.location = t.place
   AND v.disposition = 'sellable'
"""


def take_levels(tx: Tx, filled: Filled, skus: Collection[str]) -> None:
    """Take what was filled off the levels, once all orders are locked that the transaction touches.

    All levels of these SKUs are locked first, sorted, so that what the planner writes beside them
    finds its own in turn.
    """
    if not (moved := filled.units):
        return
    tx.rows(LOCK, merchant=tx.merchant, skus=sorted({*skus, *(sku for sku, _ in moved)}))
    tx.run(
        TAKE,
        merchant=tx.merchant,
        moved=[sku for sku, _ in moved],
        places=[place for _, place in moved],
        units=list(moved.values()),
    )
