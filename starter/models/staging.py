"""What is staged and what could be, and tasks of the floor."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, StrictBool, model_validator

from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.store.reading.views.floor import ContainerView, StagingSuggestion, TaskView
from starter.models.fields import LineNumber, Location, Request, Units, example
from starter.models.orders_in import NoteIn
from starter.models.paged import Paged
from starter.models.pick_lists import Label


class StagedLineIn(Request):
    """Units of one line of the order."""

    line: LineNumber
    units: Units


class StagingLinesIn(NoteIn):
    """Lines that are named, or all that there is: one of both."""

    location: Location
    lines: Annotated[tuple[StagedLineIn, ...] | None, Field(max_length=MOST_LINES)] = None
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


EXAMPLE_CONTAINER = {
    "id": 3, "location": "vienna", "label": "BIN-12", "order": "SO-1001",
    "status": "awaiting_stock", "holds": [], "since": "2026-03-02T08:00:00Z", "seconds": 86400,
    "lines": [{"line": 1, "sku": "TEA-GREEN", "units": 3, "since": "2026-03-02T08:00:00Z"}],
    "waits_for": [{"sku": "TEA-GREEN", "units": 2}],
}  # fmt: skip


class StagingSuggestionsOut(BaseModel):
    """What could be put together, the largest group first."""

    model_config = example(
        items=[{"location": "vienna", "waits_for": "TEA-BLACK", "order_count": 1, "units": 3,
                "orders": [{"order": "SO-1001", "units": 3, "lines": [
                    {"line": 1, "sku": "TEA-GREEN", "units": 3}]}]}],
    )  # fmt: skip

    items: list[StagingSuggestion]
    """The largest group first."""


EXAMPLE_TASK = {
    "id": 5, "kind": "count", "location": "vienna", "sku": "TEA-GREEN", "units": 2,
    "order": "SO-1001", "shipment": 42, "reason": "Two were broken.",
    "created_at": "2026-03-02T08:00:00Z", "done_at": None,
}  # fmt: skip


EXAMPLES: Mapping[type, object] = {ContainerView: EXAMPLE_CONTAINER, TaskView: EXAMPLE_TASK}


class ContainerPage(Paged[ContainerView]):
    """One page of the containers in use, the oldest first."""


class TaskPage(Paged[TaskView]):
    """One page of the tasks that are open, the oldest first."""
