"""Why units wait, what could be done, and when a basket could ship."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field

from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.domain.model.rank import DEFAULT_PRIORITY
from fulfillment.store.commands.intake import NewOrder
from fulfillment.store.reading.views.explanations import (
    Explanation,
    PromiseView,
    Remedy,
    SkuExplanation,
)
from starter.models.fields import (
    Knobs,
    Location,
    Priority,
    Request,
    example,
)
from starter.models.orders_in import EXAMPLE_LINE, OrderLineIn, lines_of


class RequestOut(BaseModel):
    """What to send to have a remedy done."""

    method: str
    """Of HTTP."""
    path: str
    """With the number of what it is asked of."""
    body: Any = None
    """What to send as JSON; null: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyOut(Remedy):
    """What could be done, how to ask for it, and what it would change if done now."""

    request: RequestOut
    """How it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationOut(Explanation):
    """Why an order waits, and what could be done about it."""

    remedies: tuple[RemedyOut, ...]
    """What would change something for the order."""


class BasketIn(Request):
    """What might be ordered; nothing of it is stored or claimed."""

    model_config = example(lines=[EXAMPLE_LINE], policy={"max_shipments": 1})

    lines: Annotated[list[OrderLineIn], Field(max_length=MOST_LINES)]
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


EXAMPLES: Mapping[type, object] = {
    ExplanationOut: {
        "number": "SO-1002", "status": "awaiting_stock",
        "waiting": [{
            "line": 1, "sku": "TEA-GREEN", "shipment": 1, "status": "backorder", "units": 1,
            "allocated": 0, "wanted": 1, "place": 1, "wanted_ahead": 0,
            "reasons": [{"code": "others_first", "units": 1, "facts": {"held": 1, "idle": 1},
                         "sentence": "1 order ahead in rank holds 1, all idle: SO-1001."}],
        }],
        "remedies": [],
    },
    SkuExplanation: {
        "sku": "TEA-GREEN", "on_hand": 1, "available": 0,
        "idle": {"free": 0, "out_of_use": 0, "held_by_waiting_orders": 1},
        "levels": [], "holders": [], "holders_in_all": 0, "waiting": [], "waiting_in_all": 0,
        "units_wanted": 0,
        "supply": [],
    },
    PromiseView: {
        "status": "awaiting_pick_and_pack", "first_on": "2026-03-02", "complete_on": "2026-03-02",
        "lines": [], "shipments": [], "policy": {"max_shipments": None},
    },
}  # fmt: skip
