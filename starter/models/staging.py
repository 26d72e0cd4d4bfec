"""What is staged and what could be, and tasks of the floor."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool, model_validator

from fulfillment.domain.model.statuses import OrderStatus
from starter.models.fields import MOST_ITEMS, LineNumber, Location, Request, Units, example
from starter.models.orders_in import NoteIn
from starter.models.orders_out import ProgressOut
from starter.models.pick_lists import Label

TaskKind = Literal["short_pick", "count", "put_back"]


class StagedLineIn(Request):
    """Units of one line of the order."""

    line: LineNumber
    units: Units


class StagingLinesIn(NoteIn):
    """Lines that are named, or all that there is: one of both."""

    location: Location
    lines: Annotated[tuple[StagedLineIn, ...] | None, Field(max_length=MOST_ITEMS)] = None
    all: StrictBool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "StagingLinesIn":
        if self.all == bool(self.lines):
            message = "name lines, or say `all`"
            raise ValueError(message)
        if len(self.units or {}) < len(self.lines or ()):
            message = "a line is there twice"
            raise ValueError(message)
        return self

    @property
    def units(self) -> dict[int, int] | None:
        """Units by line; None is all."""
        return None if self.lines is None else {line.line: line.units for line in self.lines}


class StageIn(StagingLinesIn):
    """What is put in a container; the order's own where none is named."""

    model_config = example(location="vienna", container="BIN-12", all=True)

    container: Label | None = None


class UnstageIn(StagingLinesIn):
    """What goes back to the shelf."""

    model_config = example(location="vienna", lines=[{"line": 1, "units": 2}])


class StagedUnitsOut(BaseModel):
    """Units of one line."""

    line: int
    sku: str
    units: int


class StagedOut(ProgressOut):
    """Where the order stands, and what was put where."""

    model_config = example(
        order=17, seq=4, status="awaiting_stock", priority=50, waiting_units=2, next_date=None,
        awaited_skus=["TEA-GREEN"], awaited_supply=[], holds=[],
        shipments=[
            {"number": 1, "status": "backorder", "location": None, "expected_on": None},
        ],
        container="BIN-12", staged=[{"line": 1, "sku": "TEA-GREEN", "units": 3}],
    )  # fmt: skip

    container: str
    staged: list[StagedUnitsOut]


class ContainedOut(StagedUnitsOut):
    """Units of one line in a container."""

    since: datetime


class AwaitedOut(BaseModel):
    """Units that an order still waits for."""

    sku: str
    units: int


EXAMPLE_CONTAINER = {
    "id": 3, "location": "vienna", "label": "BIN-12", "order": "SO-1001",
    "status": "awaiting_stock", "holds": [], "since": "2026-03-02T08:00:00Z", "seconds": 86400,
    "lines": [{"line": 1, "sku": "TEA-GREEN", "units": 3, "since": "2026-03-02T08:00:00Z"}],
    "waits_for": [{"sku": "TEA-GREEN", "units": 2}],
}  # fmt: skip


class ContainerOut(BaseModel):
    """A container in use: whose units are in it, and for what they wait."""

    id: int
    location: str
    label: str
    order: str
    status: OrderStatus
    holds: list[str]
    since: datetime
    seconds: int = Field(description="How long it is in use.")
    lines: list[ContainedOut]
    waits_for: list[AwaitedOut]


class ContainerPage(BaseModel):
    """One page of the containers in use, the oldest first."""

    model_config = example(items=[EXAMPLE_CONTAINER], next=None)

    items: list[ContainerOut]
    next: str | None


class SuggestedOrderOut(BaseModel):
    """An order of a group, with what of it could be staged."""

    order: str
    units: int
    lines: list[StagedUnitsOut]


class StagingSuggestionOut(BaseModel):
    """Orders at one location that wait for the same SKU."""

    location: str
    waits_for: str
    order_count: int
    units: int = Field(description="Loose units of all of them.")
    orders: list[SuggestedOrderOut] = Field(description="By rank; a very large group is cut.")


class StagingSuggestionsOut(BaseModel):
    """What could be put together, the largest group first."""

    model_config = example(
        items=[{"location": "vienna", "waits_for": "TEA-BLACK", "order_count": 1, "units": 3,
                "orders": [{"order": "SO-1001", "units": 3, "lines": [
                    {"line": 1, "sku": "TEA-GREEN", "units": 3}]}]}],
    )  # fmt: skip

    items: list[StagingSuggestionOut]


EXAMPLE_TASK = {
    "id": 5, "kind": "count", "location": "vienna", "sku": "TEA-GREEN", "units": 2,
    "order": "SO-1001", "shipment": 42, "reason": "Two were broken.",
    "created_at": "2026-03-02T08:00:00Z", "done_at": None,
}  # fmt: skip


class TaskOut(BaseModel):
    """What somebody on the floor is asked to look at, and why."""

    model_config = example(**EXAMPLE_TASK)

    id: int
    kind: TaskKind = Field(
        description="`short_pick`: units of your list are not there. `count`: count the SKU."
        " `put_back`: units in hands are nobody's any more."
    )
    location: str
    sku: str
    units: int
    order: str | None
    shipment: int | None
    reason: str | None
    created_at: datetime
    done_at: datetime | None


class TaskPage(BaseModel):
    """One page of the tasks that are open, the oldest first."""

    model_config = example(items=[EXAMPLE_TASK], next=None)

    items: list[TaskOut]
    next: str | None
