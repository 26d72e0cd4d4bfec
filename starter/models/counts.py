"""Counts of what is on hand."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StrictInt

from fulfillment.domain.model.moves import CountCovers
from fulfillment.store.commands.supply.moves.documents import CountedSku, NewCount
from fulfillment.store.reading.views.stock import CountSummary, CountView, StockDisposition
from starter.models.fields import Location, LongText, Number, Request, Sku, example
from starter.models.paged import Paged

MOST_COUNTED = 2_000
"""Lines of one count: more of a location are counted in several documents."""


class CountedIn(Request):
    """Units of a SKU that are there."""

    sku: Sku
    counted: Annotated[StrictInt, Field(ge=0, le=100_000_000)]
    """Units that are there, of what the count covers; 0 where none is."""
    disposition: StockDisposition = "sellable"


class CountIn(Request):
    """What was counted at a location; all of it becomes what is on hand there, or none."""

    model_config = example(
        number="CC-21", location="vienna", reason="March, aisle 4",
        lines=[{"sku": "TEA-GREEN", "counted": 22}],
    )  # fmt: skip

    number: Number
    location: Location
    lines: Annotated[tuple[CountedIn, ...], Field(max_length=MOST_COUNTED)] = ()
    covers: CountCovers = CountCovers.SHELF
    """`shelf`: what is picked, staged or to be put back was not counted, and stays on hand.

    `shelf_and_hands`: it was counted too.
    """
    reason: LongText | None = None
    everything: Annotated[
        bool,
        Field(
            strict=True,
            description="What the books have there and is not named was counted as zero.",
        ),
    ] = False

    def to_domain(self) -> NewCount:
        """The count as the store takes it."""
        lines = tuple(CountedSku(x.sku, x.counted, x.disposition) for x in self.lines)
        return NewCount(
            self.number, self.location, lines, self.reason, self.everything, self.covers
        )


EXAMPLE_HEAD = {
    "number": "CC-21", "location": "vienna", "reason": "March, aisle 4",
    "actor": "floor (3f2a91c07be4d5a6)", "at": "2026-03-02T08:00:00Z",
    "covers": "shelf",
}  # fmt: skip

EXAMPLES: Mapping[type, object] = {
    CountView: EXAMPLE_HEAD | {
        "lines": [{"sku": "TEA-GREEN", "disposition": "sellable", "expected": 25, "counted": 22,
                   "in_hands": 0, "difference": -3}],
    },
    CountSummary: EXAMPLE_HEAD | {
        "line_count": 1, "expected": 25, "counted": 22, "differing": 1,
    },
}  # fmt: skip


class CountPage(Paged[CountSummary]):
    """One page of counts, the newest first."""
