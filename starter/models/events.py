"""Events as they are answered, and an example of each type."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from fulfillment.domain.insight.public_events import VERSION, EventType
from fulfillment.store.feed.reading import Events
from fulfillment.store.reading.views.feed import FeedEventView
from starter.models.fields import example

TEA = {"line": 1, "sku": "TEA-GREEN"}
COMES = {**TEA, "location": "vienna", "units": 24}
T = EventType

WHAT: Mapping[EventType, str] = {
    T.ORDER_RECEIVED: "An order was taken in.",
    T.ORDER_WAITS: "More units of an order wait than before; all that wait are named.",
    T.ORDER_READY: "At least one shipment of an order can go now, and nothing holds it.",
    T.ORDER_PARTIALLY_SHIPPED: "A part of an order has left.",
    T.ORDER_SHIPPED: "All of an order has left.",
    T.ORDER_CANCELLED: "An order was cancelled or rejected: nothing of it will be shipped.",
    T.ORDER_HELD: "An order is on hold; why, as codes.",
    T.ORDER_CHANGED: "Somebody changed an order; what was done is its `change`.",
    T.PROMISE_GIVEN: "Units of an order are promised for the first time.",
    T.PROMISE_MOVED: "Units of a line are promised for other days, because of which supply.",
    T.SHIPMENT_RELEASED: "A shipment can be picked.",
    T.SHIPMENT_SHIPPED: "A shipment has left, with the tracking numbers of its packages.",
    T.SUPPLY_APPROVED: "Units are counted on from now: they were ordered, sent or announced.",
    T.SUPPLY_DATE_MOVED: "Supply is expected on other days, and who said so.",
    T.SUPPLY_OVERDUE: "The day of supply has passed, and it is not here.",
    T.SUPPLY_RECEIVED: "Units came; those of a receipt that was taken back are negative.",
    T.SUPPLY_CLOSED: "What was outstanding of supply will not come.",
    T.STOCK_SHORT: "Units that an order had are not there.",
}
"""What each type tells."""

FACTS: Mapping[EventType, Mapping[str, Any]] = {
    T.ORDER_RECEIVED: {"lines": 1, "units": 24},
    T.ORDER_WAITS: {"lines": [{**TEA, "units": 4}], "expected_on": "2026-03-31"},
    T.ORDER_READY: {},
    T.ORDER_PARTIALLY_SHIPPED: {"status": "partially_shipped"},
    T.ORDER_SHIPPED: {"status": "shipped"},
    T.ORDER_CANCELLED: {"status": "cancelled"},
    T.ORDER_HELD: {"holds": ["payment_review"]},
    T.ORDER_CHANGED: {"change": "priority_changed", "from": 50, "to": 10},
    T.PROMISE_GIVEN: {
        "lines": [{**TEA, "promise": [{"units": 20, "on": "2026-03-02"}]}],
    },
    T.PROMISE_MOVED: {
        **TEA,
        "from": [{"units": 4, "on": "2026-03-31"}],
        "to": [{"units": 4, "on": "2026-03-09"}],
        "because": ["PO-77"],
    },
    T.SHIPMENT_RELEASED: {"shipment": 2, "units": 20, "location": "vienna", "wave": 1},
    T.SHIPMENT_SHIPPED: {
        "shipment": 2,
        "packages": [
            {
                "package": 1,
                "carrier": "EP",
                "service": "parcel",
                "tracking": "EP123456789AT",
            }
        ],
        "units": 20,
        "location": "vienna",
    },
    T.SUPPLY_APPROVED: {"lines": [{**COMES, "expected_on": "2026-03-09"}]},
    T.SUPPLY_DATE_MOVED: {
        "lines": [{**COMES, "from": "2026-03-09", "to": "2026-03-12"}],
        "by": "0a1b2c3d4e5f6071",
    },
    T.SUPPLY_OVERDUE: {"lines": [{**COMES, "expected_on": "2026-03-12"}]},
    T.SUPPLY_RECEIVED: {
        "receipt": "GR-9",
        "location": "vienna",
        "complete": True,
        "lines": [{**TEA, "units": 24, "disposition": "sellable"}],
    },
    T.SUPPLY_CLOSED: {"status": "closed", "lines": [COMES]},
    T.STOCK_SHORT: {"sku": "TEA-GREEN", "location": "vienna", "units": 2, "shipment": 2},
}
"""The facts of an event of each type."""


def example_of(type_: EventType) -> dict[str, object]:
    """One event of a type."""
    is_supply = type_.startswith("supply.")
    return {
        "id": "019cb1e0-7e00-7c31-9a54-0f3b7c2d1e88",
        "type": str(type_),
        "version": VERSION,
        "at": "2026-03-01T10:00:00Z",
        "merchant": "acme",
        "subject": "purchase_order" if is_supply else "order",
        "number": "PO-77" if is_supply else "SO-1001",
        "sequence": 7,
        "locations": ["vienna"],
        "facts": FACTS[type_],
    }


class EventsOut(BaseModel):
    """Events, the oldest first, and where to go on."""

    model_config = example(
        items=[example_of(T.ORDER_WAITS)], next="WzE3NzIzNTkyMDAsMTIsIjdjMmQxZTg4Il0", more=False
    )

    items: list[FeedEventView]
    """In the order in which they are told: that of its history for each order and document."""
    next: str
    """The cursor up to which was looked, also where nothing matched: send it as `after`."""
    more: bool
    """Whether more was told already: asking again is answered at once."""

    @classmethod
    def of(cls, page: Events) -> "EventsOut":
        """A page as it is answered."""
        return cls(items=list(page.events), next=page.upto.cursor, more=page.more)


EXAMPLES: Mapping[type, object] = {FeedEventView: example_of(T.ORDER_WAITS)}
