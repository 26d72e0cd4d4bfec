"""Examples of what changes of an order are answered with."""

from collections.abc import Mapping

from fulfillment.store.reading.views.changes import (
    AllocatedView,
    BackToShipView,
    NewLineView,
    ShortView,
    StagedView,
)
from starter.models.order_lists import EXAMPLE

THREE = [{"line": 1, "sku": "TEA-GREEN", "units": 3}]

EXAMPLES: Mapping[type, object] = {
    AllocatedView: EXAMPLE | {"taken": THREE},
    BackToShipView: EXAMPLE | {
        "taken": THREE, "released": 0, "short": [{"line": 1, "sku": "TEA-GREEN", "units": 2}],
        "why_not_released": {
            "code": "all_or_nothing",
            "sentence": "the order goes out in one shipment, when all of it is here",
        },
    },
    NewLineView: EXAMPLE | {"line": 2, "sku": "TEA-BLACK", "units": 2},
    StagedView: EXAMPLE | {"container": "BIN-12", "staged": THREE},
    ShortView: EXAMPLE | {"short": 2, "went_on": False},
}  # fmt: skip
