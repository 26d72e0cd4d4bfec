"""What is said of a shipment that has left, each with its reason."""

from typing import Annotated

from pydantic import Field

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.floor.after_dispatch import Label
from starter.models.fields import (
    MOST_ITEMS,
    LineNumber,
    Minor,
    Reason,
    Request,
    Sku,
    Units,
    example,
)
from starter.models.packages import LabelIn, ShipPackageIn


class ReasonIn(Request):
    """Why, for the order's history."""

    reason: Reason = Field(description="Told in the history; write no customer data here.")

    @property
    def note(self) -> str:
        """The reason, as other changes of an order may have one."""
        return self.reason


class VoidDispatchIn(ReasonIn):
    """Why the dispatch was none."""

    model_config = example(reason="Confirmed by mistake; it is still on the shelf at the door.")


class LostLineIn(Request):
    """Units of one line of the order that were lost, or all of it in the shipment."""

    line: LineNumber
    units: Units | None = None


class ReplaceIn(ReasonIn):
    """What was lost on its way: the lines named, or all of the shipment."""

    model_config = example(
        lines=[{"line": 1, "units": 2}], reason="Lost by the carrier, as it says itself."
    )

    lines: Annotated[list[LostLineIn], Field(min_length=1, max_length=MOST_ITEMS)] | None = None

    def to_domain(self) -> list[LineUnits]:
        """The lines as the domain takes them."""
        return [LineUnits(each.line, each.units) for each in self.lines or ()]


class ExchangeReturnedIn(ReasonIn):
    """What the customer gets for units of a line that come back."""

    model_config = example(sku="TEA-BLACK", units=1, reason="Too strong for the customer.")

    sku: Sku
    """What is sent instead; the same SKU where it is to be another piece."""
    units: Annotated[
        Units | None, Field(description="Null: all that came back, or are announced to.")
    ] = None
    surcharge_minor: Minor = Field(
        default=0, description="What one base unit costs more, in integer minor units."
    )


class CorrectTrackingIn(LabelIn, ReasonIn):
    """What is right; what is not said stays as it is."""

    model_config = example(
        reason="A digit was missing.", packages=[{"number": 1, "tracking": "EP123456780AT"}]
    )

    packages: Annotated[list[ShipPackageIn], Field(min_length=1, max_length=MOST_ITEMS)] | None = (
        Field(default=None, description="These alone; null: all packages of the shipment.")
    )

    @property
    def rest(self) -> Label:
        """What is said of all of them."""
        return Label(self.carrier, self.service, self.tracking)

    @property
    def labels(self) -> list[tuple[int, Label]]:
        """What is said of each that is named."""
        return [
            (one.number, Label(one.carrier, one.service, one.tracking))
            for one in self.packages or ()
        ]
