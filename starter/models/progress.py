"""Examples of where an order stands after what was asked of it."""

from collections.abc import Mapping

from fulfillment.store.reading.views.progress import (
    AllocatedView,
    BackToShipView,
    NewLineView,
    ProgressView,
    ShortView,
    StagedView,
)

EXAMPLE: dict[str, object] = {
    "order": 17, "seq": 5, "status": "awaiting_stock", "priority": 50, "waiting_units": 2,
    "next_date": None, "awaited_skus": ["TEA-GREEN"], "awaited_supply": [], "holds": [],
    "shipments": [
        {"number": 1, "status": "backorder", "location": None, "expected_on": None},
    ],
}  # fmt: skip
THREE = [{"line": 1, "sku": "TEA-GREEN", "units": 3}]

EXAMPLES: Mapping[type, object] = {
    ProgressView: EXAMPLE,
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
