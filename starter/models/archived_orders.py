"""Archived orders as they are listed."""

from collections.abc import Mapping

from fulfillment.store.reading.views.archived_orders import ArchivedOrderView
from starter.models.paged import Paged


class ArchivedOrderPage(Paged[ArchivedOrderView]):
    """One page of archived orders."""


EXAMPLES: Mapping[type, object] = {
    ArchivedOrderView: {
        "number": "SO-0417", "status": "shipped", "placed_at": "2025-06-02T08:30:00Z",
        "finished_at": "2025-06-04T14:10:00Z", "archived_at": "2025-12-02T02:00:00Z",
        "month": "2025-12", "taken_away": False,
    },
}  # fmt: skip
