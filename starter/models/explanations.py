"""Why units wait, what could be done, and when a basket could ship."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field

from fulfillment.domain.model.rank import DEFAULT_PRIORITY
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.supply import OutOfUse
from fulfillment.store.commands.intake import NewOrder
from starter.models.fields import (
    MOST_ITEMS,
    Knob,
    Knobs,
    Location,
    Priority,
    Request,
    example,
)
from starter.models.order_hands import OutcomeOut, WhyOut
from starter.models.orders_in import EXAMPLE_LINE, OrderLineIn, lines_of


class ReasonOut(BaseModel):
    """One reason: a stable code, the units it is about, a sentence, and facts."""

    code: str
    units: int
    sentence: str
    facts: dict[str, Any] = Field(default_factory=dict)


class WaitingOut(BaseModel):
    """One line of a waiting shipment, with the reasons in the order to read them."""

    line: int
    sku: str
    shipment: int = Field(description="Its number in the order.")
    status: str
    units: int
    allocated: int
    wanted: int = Field(description="Its units that are not allocated.")
    place: int = Field(description="Among the orders that wait for this SKU; 1 is served first.")
    wanted_ahead: int = Field(description="Units that the orders before it wait for.")
    reasons: list[ReasonOut]


class RequestOut(BaseModel):
    """What to send to have a remedy done."""

    method: str
    path: str
    body: Any = None


class RemedyOut(BaseModel):
    """What could be done, how to ask for it, and what it would change if done now."""

    code: str
    sentence: str
    request: RequestOut
    changes: list[OutcomeOut]


class ExplanationOut(BaseModel):
    """Why an order waits."""

    model_config = example(
        number="SO-1002", status="awaiting_stock",
        waiting=[{
            "line": 1, "sku": "TEA-GREEN", "shipment": 1, "status": "backorder", "units": 1,
            "allocated": 0, "wanted": 1, "place": 1, "wanted_ahead": 0,
            "reasons": [{"code": "others_first", "units": 1, "facts": {"held": 1, "idle": 1},
                         "sentence": "1 order ahead in rank holds 1, all idle: SO-1001."}],
        }],
        remedies=[],
    )  # fmt: skip

    number: str
    status: str
    waiting: list[WaitingOut]
    remedies: list[RemedyOut]


class SkuLevelOut(BaseModel):
    """What is at one place in one disposition."""

    location: str
    disposition: str
    on_hand: int
    allocated: int
    available: int
    picked: int
    staged: int
    out_of_use: OutOfUse | None = Field(description="Why nobody gets it; null where it is in use.")


class HolderOut(BaseModel):
    """An order that holds units, and the rule by which they wait with it."""

    order: str
    units: int
    location: str
    status: str
    order_status: str
    why_they_wait: WhyOut | None


class ShortReasonOut(BaseModel):
    """One reason without its facts."""

    code: str
    units: int
    sentence: str


class WaiterOut(BaseModel):
    """An order that waits; the reasons are told for the first in rank, else null."""

    order: str
    wanted: int
    priority: int
    order_status: str
    reasons: list[ShortReasonOut] | None


class ComingOut(BaseModel):
    """What is outstanding on one supply."""

    source: str | None = Field(description="The number of its document.")
    kind: str
    location: str
    expected_on: date | None
    outstanding: int
    status: str | None = Field(description="A purchase order's; null for other supply.")
    pegged: int
    out_of_use: OutOfUse | None = Field(description="Why nobody gets it; null where it is in use.")


class IdleOut(BaseModel):
    """Units that are here while somebody waits."""

    free: int = Field(description="Held by nobody, at locations in use.")
    out_of_use: int = Field(description="Held by nobody, at locations that supply nothing.")
    held_by_waiting_orders: int = Field(description="Held by orders that wait for something else.")


class SkuExplanationOut(BaseModel):
    """Who holds a product's units, who waits for it and why, and what comes."""

    model_config = example(
        sku="TEA-GREEN", on_hand=1, available=0,
        idle={"free": 0, "out_of_use": 0, "held_by_waiting_orders": 1},
        levels=[], holders=[], holders_in_all=0, waiting=[], waiting_in_all=0, units_wanted=0,
        supply=[],
    )  # fmt: skip

    sku: str
    on_hand: int
    available: int
    idle: IdleOut
    levels: list[SkuLevelOut]
    holders: list[HolderOut] = Field(description="The first of them by rank.")
    holders_in_all: int
    waiting: list[WaiterOut] = Field(description="The first of them by rank.")
    waiting_in_all: int
    units_wanted: int
    supply: list[ComingOut]


class BasketIn(Request):
    """What might be ordered; nothing of it is stored or claimed."""

    model_config = example(lines=[EXAMPLE_LINE], policy={"max_shipments": 1})

    lines: Annotated[list[OrderLineIn], Field(max_length=MOST_ITEMS)]
    priority: Priority = Field(default=DEFAULT_PRIORITY, description="Lower is served first.")
    policy: Knobs = Field(default_factory=dict, description="Settings for this basket, by name.")
    lock_location: Location | None = None
    pickup_location: Location | None = None

    def to_domain(self) -> NewOrder:
        """The basket as an order that nobody has sent."""
        return NewOrder(
            "basket",
            lines_of(self.lines),
            priority=self.priority,
            policy=self.policy,
            lock_location=self.lock_location,
            pickup_location=self.pickup_location,
        )


class MetByOut(BaseModel):
    """What meets some units: `stock` at a place, a `supply` with its date, or `nothing` yet."""

    what: str
    units: int
    on: date
    location: str | None
    source: str | None


class PromiseLineOut(BaseModel):
    """One line of the basket: when its units can be expected, and what meets them."""

    line: int
    sku: str
    units: int
    cancelled: int = Field(description="Units that the policy would cancel for want of stock.")
    promise: list[Slice]
    met_by: list[MetByOut]


class PartLineOut(BaseModel):
    """Units of one line in a shipment."""

    line: int
    sku: str
    units: int


class PartOut(BaseModel):
    """A shipment that the basket would become."""

    status: str
    location: str | None
    expected_on: date | None
    lines: list[PartLineOut]


class PromiseOut(BaseModel):
    """When the basket could ship, as if it were ordered now."""

    model_config = example(
        status="awaiting_pick_and_pack", first_on="2026-03-02", complete_on="2026-03-02",
        lines=[], shipments=[], policy={"max_shipments": None},
    )  # fmt: skip

    status: str
    first_on: date | None
    complete_on: date | None
    lines: list[PromiseLineOut]
    shipments: list[PartOut]
    policy: dict[str, Knob]
