"""Returns from customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.store.commands.supply.moves.documents import (
    NewReturn,
    NewReturnLine,
)
from fulfillment.store.reading.views.moves import ReturnSummary, ReturnView
from starter.models.fields import (
    Day,
    LineNumber,
    Location,
    LongText,
    Number,
    Request,
    Sku,
    Units,
    example,
)
from starter.models.paged import Paged


class ReturnLineIn(Request):
    """Units of a SKU that come back."""

    line: LineNumber
    sku: Sku
    units: Units
    order_line: Annotated[
        LineNumber | None,
        Field(description="The order's line; no more of it come back than were shipped."),
    ] = None


class ReturnIn(Request):
    """Goods that a customer sends back; they are inbound at once."""

    model_config = example(
        number="RMA-8", location="vienna", order="SO-2", reason="Too big.",
        expected_on="2026-03-12",
        lines=[{"line": 1, "sku": "TEA-GREEN", "units": 2, "order_line": 1}],
    )  # fmt: skip

    number: Number
    location: Location
    lines: Annotated[list[ReturnLineIn], Field(max_length=MOST_LINES)]
    order: Annotated[
        Number | None,
        Field(description="No more of a SKU come back than it was shipped; null: than all were."),
    ] = None
    reason: Annotated[LongText | None, Field(description="Write no customer data into it.")] = None
    expected_on: Annotated[
        Day | None, Field(description="Null: no date is known, and nobody is pegged on it.")
    ] = None

    def to_domain(self) -> NewReturn:
        """The return as the store takes it."""
        lines = tuple(NewReturnLine(x.line, x.sku, x.units, x.order_line) for x in self.lines)
        return NewReturn(
            self.number, self.location, lines, self.order, self.reason, self.expected_on
        )


EXAMPLE_HEAD = {
    "number": "RMA-8", "location": "vienna", "order": "SO-2", "status": "announced",
    "reason": "Too big.", "expected_on": "2026-03-12", "created_at": "2026-03-08T08:00:00Z",
}  # fmt: skip
EXAMPLE_RETURN = EXAMPLE_HEAD | {
    "lines": [{"line": 1, "sku": "TEA-GREEN", "order_line": 1, "units": 3, "received": 2,
               "closed": 0, "outstanding": 1, "pegged": 0, "came": {"sellable": 1, "damaged": 1}}],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceiptOut(ReturnView):
    """The return as it was right after the receipt was counted."""

    receipt: str
    """The receipt's number."""


EXAMPLES: Mapping[type, object] = {
    ReturnView: EXAMPLE_RETURN,
    ReturnReceiptOut: EXAMPLE_RETURN | {"receipt": "GR-13"},
    ReturnSummary: EXAMPLE_HEAD | {
        "line_count": 1, "units": 3, "received": 2, "closed": 0, "pegged": 0,
    },
}  # fmt: skip


class ReturnPage(Paged[ReturnSummary]):
    """One page of returns, the newest first."""
