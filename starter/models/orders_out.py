"""Orders as they are answered."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.commands.intake import Outcome
from fulfillment.store.reading.views.orders import EventView, OrderView
from starter.models.fields import example
from starter.models.paged import Paged
from starter.models.payments import EXAMPLE_AXIS
from starter.models.problem import Problem


class Links(BaseModel):
    """Where to go from here."""

    self: str
    """The thing itself."""
    history: str
    """What happened to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOut(OrderView):
    """One order with its lines, its group of shipments, and what can be done with it now."""

    links: Links
    """Where to go from here."""


class AcceptedOut(BaseModel):
    """An order that is stored and will be worked on; the link tells how it gets on."""

    model_config = example(
        number="SO-1001", outcome="created", status="received",
        links={"self": "/v1/orders/SO-1001", "history": "/v1/orders/SO-1001/history"},
    )  # fmt: skip

    number: str
    outcome: Outcome
    status: OrderStatus
    links: Links


class BatchResultOut(BaseModel):
    """What became of one order of a batch; paths in its problem are relative to that order."""

    index: int
    """Its place in the batch; the first is 0."""
    outcome: Outcome
    number: str | None = None
    links: Links | None = None
    problem: Problem | None = None
    """Why it was refused; null where it was not."""


class OrderBatchOut(BaseModel):
    """One result for each order, in the order in which they were sent."""

    model_config = example(
        created=1, existing=0, refused=0,
        results=[{
            "index": 0, "outcome": "created", "number": "SO-1002", "problem": None,
            "links": {"self": "/v1/orders/SO-1002", "history": "/v1/orders/SO-1002/history"},
        }],
    )  # fmt: skip

    created: int
    """Orders that are new."""
    existing: int
    """Orders that were there with this content."""
    refused: int
    """Orders that were refused."""
    results: list[BatchResultOut]
    """One for each order, as they were sent."""


class HistoryOut(Paged[EventView]):
    """What happened to an order, the first thing first."""


EXAMPLES: Mapping[type, object] = {
    OrderOut: {
        "number": "SO-1001", "merchant": "acme", "status": "awaiting_stock",
        "revision": 0, "priority": 50,
        "placed_at": "2026-03-01T08:30:00Z", "ship_by": "2026-03-05", "currency": "EUR",
        "shipping_method": "express", "deliver_by": "2026-03-05", "leave_by": "2026-03-04",
        "lock_location": None, "pickup_location": None, "verified": True,
        "prepared": True, "holds": [],
        "ready_to_ship": True, "ready_since": "2026-03-02T09:15:00Z",
        "target_ship_on": "2026-03-02",
        "waiting_units": 4, "finished_at": None,
        "customer": None, "shipments": [], "cancels_on": "2026-04-30", "cancels_by": "policy",
        "waves": {"spent": 1, "left": None}, "payment": EXAMPLE_AXIS,
        "policy": {"max_shipments": {"value": None, "from": "built in"}},
        "lines": [{
            "line": 1, "sku": "TEA-GREEN", "ordered": 24, "allocated": 20, "backordered": 4,
            "not_yet_received": 0, "pegged": 4, "shipped": 0, "cancelled": 0, "by_hand": False,
            "channel": "pick", "source_location": None, "unit_price_minor": 350,
            "wanted_on": None,
            "replaces_line": None, "replaces_shipment": None,
            "pack": {"name": "carton", "units": 12, "quantity": 2, "loose": 0},
            "promise": [{"units": 20, "on": "2026-03-01"}, {"units": 4, "on": "2026-03-10"}],
            "first_promise": [{"units": 24, "on": "2026-03-31"}],
        }],
        "actions": {"allowed": ["hold", "cancel", "edit"], "refused": [
            {"action": "verify", "code": "already_verified",
             "why": "order SO-1001 is verified already"},
        ]},
        "links": {"self": "/v1/orders/SO-1001", "history": "/v1/orders/SO-1001/history"},
    },
    EventView: {
        "sequence": 1, "kind": "received", "facts": {"lines": 1, "units": 24}, "actor": "shop",
        "reason": None, "at": "2026-03-01T08:30:00Z",
    },
}  # fmt: skip
