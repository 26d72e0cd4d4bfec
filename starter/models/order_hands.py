"""What people ask of one order by hand, and what a change would make of orders."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from fulfillment.domain.actions.manual_prepare import Choice, Choose
from fulfillment.domain.insight.impact import Impact
from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.store.commands.orders.pins import Pinned
from starter.models.fields import (
    Code,
    Knobs,
    LineNumber,
    Location,
    Number,
    Priority,
    Request,
    Units,
    example,
)
from starter.models.orders_in import NoteIn

EXAMPLE_STANDING = {
    "status": "awaiting_stock", "allocated": 3, "not_yet_received": 0, "pegged": 2,
    "backordered": 2, "ready": 0, "cancelled": 0, "promised": [{"units": 5, "on": "2026-03-10"}],
}  # fmt: skip


class PriorityIn(NoteIn):
    """Another place in the queue."""

    model_config = example(priority=10, note="Promised by the sales team.")

    priority: Priority = Field(description="Lower is served first.")


class PolicyIn(NoteIn):
    """Settings of one order alone; those that are not named stay as they are."""

    model_config = example(set={"max_shipments": None}, unset=["auto_allocate"])

    set: Knobs = Field(
        default_factory=dict, description="By name; `preset` stands for several settings."
    )
    unset: Annotated[list[Code], Field(max_length=40)] = Field(
        default_factory=list, description="Left to the merchant again."
    )


class LockIn(NoteIn):
    """The one location this order may be shipped from."""

    model_config = example(location="vienna")

    location: Location | None = Field(description="Null unlocks it.")


class SomeLinesIn(NoteIn):
    """One line, or all of them where none is named."""

    model_config = example(line=1)

    line: LineNumber | None = None


class OneLineIn(NoteIn):
    """One line."""

    model_config = example(line=1, note="None of it was on the shelf.")

    line: LineNumber


class ChoiceIn(Request):
    """How one line reaches the customer."""

    line: LineNumber
    channel: Choose
    location: Location | None = Field(
        default=None,
        description="Where it is picked, picked up or sent from; none for `backorder`.",
    )


class PinIn(Request):
    """Units of one line of a purchase order, a transfer, a return or a restock."""

    document: Annotated[Number, Field(description="The number of what brings them.")]
    kind: Literal["purchase_order", "transfer", "return", "restock"] = "purchase_order"
    """What kind of document that is."""
    line: Annotated[
        LineNumber | None, Field(description="Needed where it has several lines of the SKU.")
    ] = None
    units: Annotated[Units | None, Field(description="Null: all that still waits.")] = None


class PinsIn(NoteIn):
    """What a line is pinned to from now on; an empty list frees it."""

    model_config = example(
        line=1, pins=[{"document": "PO-77", "line": 1, "units": 4}], note="Promised by phone."
    )

    line: LineNumber
    pins: Annotated[list[PinIn], Field(max_length=50)]
    """All that the line is pinned to from now on."""

    def to_domain(self) -> list[Pinned]:
        """The pins as the store takes them."""
        return [Pinned(pin.document, pin.kind, pin.line, pin.units) for pin in self.pins]


class PrepareIn(NoteIn):
    """Lines with their channels; a line that is not named goes by the routing."""

    model_config = example(
        lines=[
            {"line": 1, "channel": "pick", "location": "vienna"},
            {"line": 2, "channel": "backorder"},
        ],
    )

    lines: Annotated[list[ChoiceIn], Field(max_length=MOST_LINES)]

    def to_domain(self) -> list[Choice]:
        """The choices as the domain takes them."""
        return [Choice(chosen.line, chosen.channel, chosen.location) for chosen in self.lines]


class PreviewOut(BaseModel):
    """Every order that would stand differently, in rank order; nothing was done."""

    model_config = example(
        outcomes=[{
            "order": "SO-1001",
            "before": EXAMPLE_STANDING,
            "after": EXAMPLE_STANDING | {"status": "partially_backordered", "ready": 3},
        }],
    )  # fmt: skip

    outcomes: list[Impact]
    """Before and after."""
