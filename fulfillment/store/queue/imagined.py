"""Supply as it would be, where that is only tried on a copy: on other days, or not there yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.domain.model.supply import Supply


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
    """Days by supply, of lines of purchase orders, and supply that would be inbound beside."""

    dated: Mapping[int, date] = field(default_factory=dict)
    coming: tuple[Supply, ...] = ()

    def seen(self, row: Any) -> Any:
        """A row of a supply as it would be; what is not inbound stays so."""
        if row.id not in self.dated or row.status is None:
            return row
        on = self.dated[row.id]
        until = row.counts_until if row.status == PurchaseOrderStatus.ARRIVED else on
        return row._replace(expected_on=on, counts_until=until)

    def rows(self) -> list[_Coming]:
        """What would come, as rows."""
        return [
            _Coming(s.id, s.sku, s.location, s.outstanding, 0, s.due_on, s.due_on, s.status)
            for s in self.coming
        ]


NOTHING_IMAGINED = Imagined()
