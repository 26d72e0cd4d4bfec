"""Announced restocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from fulfillment.domain.model.moves import Disposition, SupplyKind
from fulfillment.store.commands.supply.receiving import Receipt, ReceivedLine
from fulfillment.store.commands.supply.restocks import Restock
from fulfillment.store.reading.views.moves import RestockView
from starter.models.fields import Day, Location, LongText, Request, Sku, Units, example
from starter.models.paged import Paged
from starter.models.receipts import FoundBecause, Made


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
    disposition: Made = Disposition.SELLABLE
    reason: FoundBecause = None
    note: LongText | None = None

    def to_domain(self, restock: str) -> Receipt:
        """The receipt as the store takes it; it takes a number of its restock."""
        lines = (ReceivedLine(1, self.units, self.disposition),)
        return Receipt(None, restock, None, lines, SupplyKind.RESTOCK, self.reason)


EXAMPLE_RESTOCK = {
    "number": "RS-5", "sku": "TEA-GREEN", "location": "vienna", "units": 60, "received": 24,
    "closed": 0, "outstanding": 36, "pegged": 4, "expected_on": "2026-03-10",
    "created_at": "2026-03-01T08:00:00Z",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RestockArrivalOut(RestockView):
    """The restock as it was right after what came was counted."""

    receipt: str
    """The number of the receipt that was written for it."""


EXAMPLES: Mapping[type, object] = {
    RestockView: EXAMPLE_RESTOCK,
    RestockArrivalOut: EXAMPLE_RESTOCK | {"receipt": "RS-5/1"},
}


class RestockPage(Paged[RestockView]):
    """One page of restocks, the newest first."""
