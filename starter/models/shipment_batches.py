"""Many shipments at once, and what became of each."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from fulfillment.store.reading.views.shipments import ShipmentView
from starter.models.fields import Request, Rowid, ShortText, example
from starter.models.orders_in import NoteIn
from starter.models.packages import LabelIn, ShipIn
from starter.models.problem import Problem

MOST_SHIPMENTS = 200
"""Shipments of one call: each is a transaction of its own, one after the other."""


class OneShipment(Request):
    """A shipment by its id."""

    shipment: Rowid


class OneDispatch(LabelIn):
    """A shipment by its id, with what is said of its label alone."""

    shipment: Rowid


class ShipmentsIn(NoteIn):
    """Shipments of each of which the same is confirmed; one that is refused stops no other."""

    model_config = example(shipments=[{"shipment": 42}])

    shipments: Annotated[list[OneShipment], Field(min_length=1, max_length=MOST_SHIPMENTS)]
    """Which; each is there once."""


class DispatchesIn(NoteIn):
    """Shipments that leave, each as a whole."""

    model_config = example(
        shipments=[{"shipment": 42, "tracking": "EP123456789AT"}], carrier="Example Post"
    )

    shipments: Annotated[list[OneDispatch], Field(min_length=1, max_length=MOST_SHIPMENTS)]
    """Which; each is there once."""
    carrier: ShortText | None = None
    """Who carries those that do not say it themselves."""
    service: ShortText | None = None
    """How, for those that do not say it themselves."""

    def of(self, one: OneDispatch) -> ShipIn:
        """What would be said of one of them by itself."""
        return ShipIn(
            carrier=one.carrier or self.carrier,
            service=one.service or self.service,
            tracking=one.tracking,
            note=self.note,
        )


class ShipmentResultOut(BaseModel):
    """What became of one shipment of many; paths in its problem are relative to it."""

    index: int
    """Its place in what was sent; the first is 0."""
    shipment: int
    """Its id."""
    outcome: Literal["done", "refused"]
    now: ShipmentView | None = None
    """The shipment as it is then; null where it was refused."""
    problem: Problem | None = None
    """Why it was refused; null where it was not."""


class ShipmentResultsOut(BaseModel):
    """One result for each shipment, in the order in which they were sent."""

    model_config = example(
        done=0, refused=1,
        results=[{
            "index": 0, "shipment": 42, "outcome": "refused", "now": None,
            "problem": {
                "type": "urn:pegboard:problem:step_not_allowed",
                "title": "The state does not allow it", "status": 409,
                "detail": "a shipment that is packed cannot become picked",
                "code": "step_not_allowed", "errors": [],
                "remedy": "Read it again and decide anew.",
            },
        }],
    )  # fmt: skip

    done: int
    """Shipments of which it was done, now or before under the same key."""
    refused: int
    """Shipments of which it was refused."""
    results: list[ShipmentResultOut]
    """In the order in which the shipments were sent."""
