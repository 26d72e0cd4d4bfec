"""Announced restocks."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from fulfillment.store.commands.supply.restocks import Restock
from fulfillment.store.reading.views.moves import RestockView
from starter.models.fields import Day, Location, LongText, Request, Sku, Units, example
from starter.models.paged import Paged


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

EXAMPLES: Mapping[type, object] = {RestockView: EXAMPLE_RESTOCK}


class RestockPage(Paged[RestockView]):
    """One page of restocks, the newest first."""
