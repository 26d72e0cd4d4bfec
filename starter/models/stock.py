"""Stock and its adjustments."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from fulfillment.domain.model.supply import OutOfUse
from fulfillment.store.commands.supply.stock import Adjustment
from starter.models.fields import MOST_ITEMS, Location, Name, Request, Sku, UnitChange, example

Disposition = Literal["sellable", "damaged", "quarantine"]


class AdjustmentIn(Request):
    """A signed change of on hand at one place, with its reason."""

    sku: Sku
    location: Location
    units: UnitChange
    reason: Name
    disposition: Disposition = "sellable"

    def to_domain(self) -> Adjustment:
        """The adjustment as the store takes it."""
        return Adjustment(self.sku, self.location, self.units, self.reason, self.disposition)


class AdjustmentsIn(Request):
    """Adjustments that are all made, or none."""

    model_config = example(
        adjustments=[{"sku": "TEA-GREEN", "location": "vienna", "units": 5, "reason": "count"}]
    )

    adjustments: Annotated[list[AdjustmentIn], Field(min_length=1, max_length=MOST_ITEMS)]


class LevelOut(BaseModel):
    """On hand at one place after an adjustment."""

    sku: str
    location: str
    disposition: Disposition
    on_hand: int


class LevelsOut(BaseModel):
    """What each adjusted place has now."""

    model_config = example(
        levels=[
            {"sku": "TEA-GREEN", "location": "vienna", "disposition": "sellable", "on_hand": 25}
        ]
    )

    levels: list[LevelOut]


class CountsOut(BaseModel):
    """Units in base units; all but `not_sellable` are sellable ones."""

    on_hand: int
    allocated: int
    available: int
    picked: int
    staged: int
    inbound: int
    not_sellable: int


class PlaceOut(CountsOut):
    """The counts at one location."""

    out_of_use: OutOfUse | None = Field(
        description="Why what is there supplies nothing: the location is `closed`, or `not_serving`"
        " this merchant. Null where it is in use."
    )

    location: str


class StockOut(CountsOut):
    """One SKU over all locations, and at each."""

    sku: str
    managed: bool
    available_out_of_use: int = Field(
        description="Of the available units those at locations out of use, which nobody gets."
    )
    waiting: int = Field(description="Units that wait, not allocated.")
    pegged: int = Field(description="Waiting units that inbound supply will meet.")
    atp: int | None = Field(
        description="Available at locations in use + inbound to them inside the horizon - pegs on"
        " it - waiting units without a peg. Null where stock is not managed, and for a key"
        " bound to locations."
    )
    locations: list[PlaceOut]


EXAMPLE_COUNTS = {
    "on_hand": 25, "allocated": 20, "available": 5, "picked": 0, "staged": 0, "inbound": 100,
    "not_sellable": 0,
}  # fmt: skip


class StockPage(BaseModel):
    """One page of stock, by SKU."""

    model_config = example(
        items=[EXAMPLE_COUNTS | {
            "sku": "TEA-GREEN", "managed": True, "available_out_of_use": 0, "waiting": 4,
            "pegged": 4, "atp": 101,
            "locations": [EXAMPLE_COUNTS | {"location": "vienna", "out_of_use": None}],
        }],
        next=None,
    )  # fmt: skip

    items: list[StockOut]
    next: str | None
