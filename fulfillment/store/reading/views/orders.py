"""Orders as they are told: the page of one, a row of a list, what happened to it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from fulfillment.domain.model.orders import Channel
from fulfillment.domain.model.packs import Packed
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.domain.planning.expiry import CancelsBy
from fulfillment.store.reading.views.payments import PaymentAxis
from fulfillment.store.reading.views.settings import KnobView
from fulfillment.store.reading.views.shipments import Actions, ShipmentView


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineView:
    """One line in base units.

    Ordered = allocated + not yet received + backordered + shipped + cancelled.
    """

    line: int
    sku: str
    ordered: int
    """All that was ever asked for."""
    allocated: int
    """Units that a location has for it."""
    not_yet_received: int
    """Units on a purchase order that is as far as `min_po_status` asks."""
    backordered: int
    """Units neither allocated nor not yet received."""
    pegged: int
    """Units tied to what will come, not yet received ones too."""
    shipped: int
    """Units that left."""
    cancelled: int
    """Units that were given up."""
    by_hand: bool
    """It takes no stock by itself."""
    channel: Channel
    source_location: str | None
    """The one location chosen for this line."""
    pack: Packed | None
    """What was ordered, in the pack in which it was asked for."""
    unit_price_minor: int | None
    """The price of one base unit, in minor units."""
    wanted_on: date | None
    """The day for which the customer wants it."""
    replaces_line: int | None
    """The line of which units were shipped before, and were lost or come back; else null."""
    replaces_shipment: int | None
    """The number of the shipment in which they were lost; null where they come back."""
    promise: tuple[Slice, ...]
    """What the customer was told last; before anything was told, what would be now."""
    first_promise: tuple[Slice, ...] | None
    """What the customer was told first. It never changes."""


@dataclass(frozen=True, slots=True)
class Waves:
    """Dispatches that the order has used, and those it may still use."""

    spent: int
    """Dispatches that it has used."""
    left: int | None
    """Those it may still use; null where there is no limit."""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """The customer's data; null at the order once it is erased."""

    reference: str | None
    """What the customer calls the order."""
    contact: dict[str, str]
    """How the customer is reached, as the channel sent it."""
    address: dict[str, str]
    """Where the goods go, as the channel sent it or a person changed it."""
    packer_note: str | None
    """For who packs it: on pick lists, and on nothing that the customer gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """One order with its lines, its group of shipments, and what can be done with it now."""

    number: str
    merchant: str
    status: OrderStatus
    revision: int
    """Of the last edit of the channel; 0 before the first."""
    priority: int
    placed_at: datetime
    ship_by: date | None
    """The day by which it should leave, as the channel says."""
    shipping_method: str | None
    """How it is to be sent, as the channel calls it."""
    deliver_by: date | None
    """The day by which it should be there."""
    leave_by: date | None
    """The last day to leave: `ship_by`, or `deliver_by` less the days that its method needs."""
    currency: str
    lock_location: str | None
    """The one location it may be shipped from."""
    pickup_location: str | None
    """Where the customer picks it up."""
    verified: bool
    """Whether it was found good."""
    prepared: bool
    """Nobody has to choose channels and locations any more."""
    holds: tuple[str, ...]
    ready_to_ship: bool
    """Not on hold, and a shipment can go now."""
    ready_since: datetime | None
    """When it last became ready to ship; null while it is not."""
    target_ship_on: date | None
    """When the first of what is released should go; null where nothing is."""
    waiting_units: int
    """Units that are neither allocated nor not yet received."""
    cancels_on: date | None
    """What then still waits is cancelled, unless supply is due by that day."""
    cancels_by: CancelsBy | None
    """Whose word that is; a person's with no day: it may wait for ever."""
    finished_at: datetime | None
    """When nothing was left to do for it."""
    waves: Waves
    """Its dispatches, as `max_shipments` counts them."""
    customer: CustomerView | None
    """Null once it is erased."""
    lines: tuple[OrderLineView, ...]
    """What was ordered, by number of the line."""
    shipments: tuple[ShipmentView, ...]
    """Its whole group, ended ones and parents too, in the order they were made."""
    policy: dict[str, KnobView]
    """Every setting by name, as it holds for this order."""
    payment: PaymentAxis
    """Where its payment stands."""
    actions: Actions
    """What can be done with it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedSupply:
    """What some units of an order wait for: a supply and its day, or nothing that is known yet."""

    sku: str
    units: int
    supply: str | None
    """The number of what brings them; null: nothing yet."""
    kind: Literal["purchase_order", "transfer", "return", "restock"] | None
    """What that is."""
    on: date | None
    """The day it is expected; null: nobody has said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """One order in a list; units are base units over all lines."""

    number: str
    status: OrderStatus
    priority: int
    placed_at: datetime
    ship_by: date | None
    """The day by which it should leave, as the channel says."""
    shipping_method: str | None
    """How it is to be sent, as the channel calls it."""
    deliver_by: date | None
    """The day by which it should be there."""
    leave_by: date | None
    """The last day to leave: `ship_by`, or `deliver_by` less the days that its method needs."""
    holds: tuple[str, ...]
    waiting_units: int
    """Units that are neither allocated nor not yet received."""
    ready_to_ship: bool
    """Not on hold, and a shipment can go now."""
    ready_since: datetime | None
    """When it last became ready to ship; null while it is not."""
    target_ship_on: date | None
    """When the first of what is released should go; null where nothing is."""
    lock_location: str | None
    """The one location it may be shipped from."""
    pickup_location: str | None
    """Where the customer picks it up."""
    finished_at: datetime | None
    """When nothing was left to do for it."""
    line_count: int
    wanted_on: date | None
    """The first day for which the customer wants a line."""
    ordered: int
    """All that was ever asked for."""
    shipped: int
    """Units that left."""
    cancelled: int
    """Units that were given up."""
    to_go: int
    """Ordered, neither shipped nor cancelled."""
    allocated: int
    """How many of these are allocated."""
    awaits: tuple[AwaitedSupply, ...]
    """What it waits for, the first due first; the first five."""
    awaits_count: int
    """How many there are."""
    promised_on: date | None
    """By when all of it is promised now."""
    first_promised_on: date | None
    """By when all of it was promised first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One thing that happened to an order: what, when, by whom, why."""

    sequence: int
    """Its place in the order's history, from 1 without a gap."""
    kind: str
    """What happened; the guide's page on the history lists the kinds."""
    facts: dict[str, object]
    """What differs, by name; it holds no customer's data."""
    actor: str
    reason: str | None
    """The note of who did it."""
    at: datetime
