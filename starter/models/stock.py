"""Stock and its adjustments."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from fulfillment.store.commands.supply.stock import Adjustment
from fulfillment.store.reading.views.stock import StockDisposition, StockView
from starter.models.fields import MOST_ITEMS, Location, Name, Request, Sku, UnitChange, example
from starter.models.paged import Paged


class AdjustmentIn(Request):
    """A signed change of on hand at one place, with its reason."""

    sku: Sku
    location: Location
    units: UnitChange
    """Base units: more, or less with a minus."""
    reason: Name
    disposition: StockDisposition = "sellable"

    def to_domain(self) -> Adjustment:
        """The adjustment as the store takes it."""
        return Adjustment(self.sku, self.location, self.units, self.reason, self.disposition)


class AdjustmentsIn(Request):
    """Adjustments that are all made, or none."""

    model_config = example(
        adjustments=[{"sku": "TEA-GREEN", "location": "vienna", "units": 5, "reason": "count"}]
    )

    adjustments: Annotated[list[AdjustmentIn], Field(min_length=1, max_length=MOST_ITEMS)]
    """All of them are made, or none."""


class LevelOut(BaseModel):
    """On hand at one place after an adjustment."""

    sku: str
    location: str
    disposition: StockDisposition
    on_hand: int


class LevelsOut(BaseModel):
    """What each adjusted place has now."""

    model_config = example(
        levels=[
            {"sku": "TEA-GREEN", "location": "vienna", "disposition": "sellable", "on_hand": 25}
        ]
    )

    levels: list[LevelOut]
    """What each adjusted place has now."""


EXAMPLE_COUNTS = {
    "on_hand": 25, "allocated": 20, "available": 5, "picked": 0, "staged": 0, "inbound": 100,
    "not_sellable": 0,
}  # fmt: skip

EXAMPLES: Mapping[type, object] = {
    StockView: EXAMPLE_COUNTS | {
        "sku": "TEA-GREEN", "managed": True, "available_out_of_use": 0, "waiting": 4, "pegged": 4,
        "atp": 101, "locations": [EXAMPLE_COUNTS | {"location": "vienna", "out_of_use": None}],
    },
}  # fmt: skip


class StockPage(Paged[StockView]):
    """One page of stock, by SKU."""
