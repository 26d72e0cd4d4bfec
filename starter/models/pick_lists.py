"""Pick lists as they are asked for, confirmed and walked."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, model_validator

from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.store.commands.floor import PickedLine
from fulfillment.store.reading.views.floor import (
    GivenUpList,
    PickListKind,
    PickListSummary,
    PickListView,
)
from starter.models.fields import (
    MOST_ITEMS,
    LineNumber,
    Number,
    Reason,
    Request,
    Rowid,
    ShortText,
    Slug,
    Units,
    example,
)
from starter.models.paged import Paged

Label = Number
"""How a container is called."""
PickerName = Annotated[ShortText, Field(min_length=1)]


class PickListIn(Request):
    """Which work is asked for; without merchants or orders it is whatever is most urgent."""

    model_config = example(picker="Pia", most_shipments=12)

    picker: PickerName | None = Field(default=None, description="The key's name where none is.")
    most_shipments: Annotated[StrictInt, Field(ge=1, le=200)] = 20
    """Shipments on the list at most."""
    merchants: Annotated[tuple[Slug, ...] | None, Field(max_length=100)] = None
    """Only work of these."""
    orders: Annotated[tuple[Number, ...] | None, Field(max_length=MOST_ITEMS)] = None
    """Only work of these, by number."""
    kind: PickListKind = Field(
        default="ship", description="`stage`: what waiting orders have, to be put in containers."
    )


class PickedLineIn(Request):
    """Units of one line of a shipment on the list."""

    shipment: Rowid
    order_line: LineNumber
    units: Units

    def to_domain(self) -> PickedLine:
        """The line as the store takes it."""
        return PickedLine(self.shipment, self.order_line, self.units)


class SomeOrAllIn(Request):
    """Lines that are named, or all that there is: one of both."""

    lines: Annotated[tuple[PickedLineIn, ...] | None, Field(max_length=MOST_LINES)] = None
    all: StrictBool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "SomeOrAllIn":
        if self.all == bool(self.lines):
            message = "name lines, or say `all`"
            raise ValueError(message)
        return self

    def to_domain(self) -> list[PickedLine] | None:
        """The lines as the store takes them; None is all."""
        return None if self.lines is None else [line.to_domain() for line in self.lines]


class ConfirmIn(SomeOrAllIn):
    """What was picked, or put in containers."""

    model_config = example(lines=[{"shipment": 42, "order_line": 1, "units": 3}])

    containers: Annotated[dict[Number, Label], Field(max_length=MOST_ITEMS)] = Field(
        default_factory=dict,
        description="The container of an order, on a list for staging; one is made where none is.",
    )


class UnpickIn(SomeOrAllIn):
    """What went back to the shelf."""

    model_config = example(all=True)


class ShortIn(Request):
    """A line of which less was there than asked."""

    model_config = example(shipment=42, order_line=1, found=3, reason="Two were broken.")

    shipment: Rowid
    order_line: LineNumber
    found: Annotated[
        StrictInt,
        Field(ge=0, le=1_000_000, description="Units found in all, those confirmed before too."),
    ]
    reason: Reason = Field(description="Told in the history and the ledger; no customer data.")
    container: Label | None = Field(
        default=None, description="For what was found, where it has to wait for the rest."
    )


EXAMPLE_HEAD = {
    "id": 7, "location": "vienna", "kind": "ship", "status": "picking", "picker": "Pia",
    "created_at": "2026-03-02T08:00:00Z", "done_at": None,
}  # fmt: skip
EXAMPLE_LIST = EXAMPLE_HEAD | {
    "walk": [
        {"merchant": "acme", "sku": "TEA-GREEN", "name": "Green tea", "bin": "A-03-2", "units": 5,
         "picked": 3, "short": 0, "left": 2, "sort": [
             {"order": "SO-1001", "shipment": 42, "shipment_number": 1, "order_line": 1,
              "to_stage": False, "pack": None, "units": 5, "picked": 3, "short": 0, "left": 2},
         ]},
    ],
    "shipments": [
        {"shipment": 42, "shipment_number": 1, "merchant": "acme", "order": "SO-1001",
         "status": "picking", "holds": [], "shipping_method": "express",
         "deliver_by": "2026-03-06", "packer_note": "Wrap it as a gift."},
    ],
}  # fmt: skip


EXAMPLES: Mapping[type, object] = {
    PickListView: EXAMPLE_LIST,
    PickListSummary: EXAMPLE_HEAD | {"orders": 1, "units": 5, "picked": 3, "short": 0, "left": 2},
    GivenUpList: {"id": 7, "status": "given_up"},
}


class PickListPage(Paged[PickListSummary]):
    """One page of lists, the newest first."""
