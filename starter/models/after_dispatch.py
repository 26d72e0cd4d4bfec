"""What is said of a shipment that has left, each with its reason."""

from typing import Annotated

from pydantic import Field

from fulfillment.domain.floor.after_dispatch import Label
from starter.models.fields import MOST_ITEMS, Request, example
from starter.models.packages import LabelIn, ShipPackageIn
from starter.models.pick_lists import Reason


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
