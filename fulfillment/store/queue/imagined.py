"""Supply as it would be, where that is only tried: on other days, less, or not there yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.domain.model.supply import Otherwise, Supply


class _Coming(NamedTuple):
    """A supply that nobody is pegged on, as a row of those that are stored."""

    id: int
    sku: str
    location: str
    outstanding: int
    pegged: int
    counts_until: date | None
    expected_on: date | None
    status: PurchaseOrderStatus | None
    pinned: None = None


@dataclass(frozen=True, slots=True)
class Imagined:
    """Supplies by id that would be otherwise."""

    supplies: Mapping[int, Otherwise] = field(default_factory=dict)

    def seen(self, row: Any) -> Any:
        """A row of a supply as it would be; what would not come any more counts no longer."""
        if row.id not in self.supplies:
            return row
        now = self.supplies[row.id].now
        if not now.is_coming:
            return row._replace(counts_until=None)
        return row._replace(
            outstanding=now.outstanding,
            expected_on=now.due_on,
            counts_until=_counts_until(now),
            status=now.status,
        )

    def rows(self, skus: Collection[str]) -> list[_Coming]:
        """What would come of these SKUs and does not yet, as rows."""
        new = [one.now for one in self.supplies.values() if not one.was.is_coming]
        return [
            _Coming(s.id, s.sku, s.location, s.outstanding, 0, _counts_until(s), s.due_on, s.status)
            for s in new
            if s.is_coming and s.sku in skus
        ]


NOTHING_IMAGINED = Imagined()


def _counts_until(supply: Supply) -> date | None:
    """What has arrived counts whatever its date says."""
    return date.max if supply.status is PurchaseOrderStatus.ARRIVED else supply.due_on
