"""Announced restocks."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from fulfillment.store.commands.supply.restocks import Restock
from starter.models.fields import Day, Location, LongText, Request, Sku, Units, example


class RestockIn(Request):
    """Units of a SKU that will come to a location, without a purchase order."""

    model_config = example(sku="TEA-GREEN", location="vienna", units=60, expected_on="2026-03-10")

    sku: Sku
    location: Location
    units: Annotated[Units, Field(description="Announced in all, with what has arrived.")]
    expected_on: Annotated[
        Day | None, Field(description="Null: no date is known, and nobody is pegged on it.")
    ] = None

    def to_domain(self, number: str) -> Restock:
        """The restock as the store takes it."""
        return Restock(number, self.sku, self.location, self.units, self.expected_on)


class WithdrawIn(Request):
    """Why it will not come."""

    model_config = example(note="The supplier has none left.")

    note: LongText | None = None


class ArrivalIn(Request):
    """Units that came."""

    model_config = example(units=24)

    units: Units
    note: LongText | None = None


EXAMPLE_RESTOCK = {
    "number": "RS-5", "sku": "TEA-GREEN", "location": "vienna", "units": 60, "closed": 24,
    "outstanding": 36, "pegged": 4, "expected_on": "2026-03-10",
    "created_at": "2026-03-01T08:00:00Z",
}  # fmt: skip


class RestockOut(BaseModel):
    """A restock; outstanding = units - closed."""

    model_config = example(**EXAMPLE_RESTOCK)

    number: str
    sku: str
    location: str
    units: int
    closed: int = Field(description="Units that have arrived or were withdrawn.")
    outstanding: int = Field(description="Units still to come; none when it has ended.")
    pegged: int
    expected_on: date | None
    created_at: datetime


class RestockPage(BaseModel):
    """One page of restocks, the newest first."""

    model_config = example(items=[EXAMPLE_RESTOCK], next=None)

    items: list[RestockOut]
    next: str | None
