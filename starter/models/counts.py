"""Counts of what is on hand."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StrictInt

from fulfillment.store.commands.supply.moves.documents import CountedSku, NewCount
from starter.models.fields import Location, LongText, Number, Request, Sku, example
from starter.models.stock import Disposition

MOST_COUNTED = 2_000
"""Lines of one count: more of a location are counted in several documents."""


class CountedIn(Request):
    """Units of a SKU that are there."""

    sku: Sku
    counted: Annotated[StrictInt, Field(ge=0, le=100_000_000)]
    disposition: Disposition = "sellable"


class CountIn(Request):
    """What was counted at a location; all of it becomes what is on hand, or none."""

    model_config = example(
        number="CC-21", location="vienna", reason="March, aisle 4",
        lines=[{"sku": "TEA-GREEN", "counted": 22}],
    )  # fmt: skip

    number: Number
    location: Location
    lines: Annotated[tuple[CountedIn, ...], Field(max_length=MOST_COUNTED)] = ()
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
        return NewCount(self.number, self.location, lines, self.reason, self.everything)


class CountLineOut(BaseModel):
    """What the books had, and what was there; difference = counted - expected."""

    sku: str
    disposition: Disposition
    expected: int
    counted: int
    difference: int


EXAMPLE_HEAD = {
    "number": "CC-21", "location": "vienna", "reason": "March, aisle 4",
    "actor": "floor (3f2a91c07be4d5a6)", "at": "2026-03-02T08:00:00Z",
}  # fmt: skip


class CountHeadOut(BaseModel):
    """Where, why, by whom and when."""

    number: str
    location: str
    reason: str | None
    actor: str
    at: datetime


class CountOut(CountHeadOut):
    """A count with its lines, by SKU."""

    model_config = example(
        **EXAMPLE_HEAD,
        lines=[{"sku": "TEA-GREEN", "disposition": "sellable", "expected": 25, "counted": 22,
                "difference": -3}],
    )  # fmt: skip

    lines: list[CountLineOut]


class CountSummaryOut(CountHeadOut):
    """One count in a list."""

    line_count: int
    expected: int
    counted: int
    differing: int = Field(description="Lines where the books were wrong.")


class CountPage(BaseModel):
    """One page of counts, the newest first."""

    model_config = example(
        items=[EXAMPLE_HEAD | {"line_count": 1, "expected": 25, "counted": 22, "differing": 1}],
        next=None,
    )

    items: list[CountSummaryOut]
    next: str | None
