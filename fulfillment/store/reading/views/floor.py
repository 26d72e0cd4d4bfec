"""Pick lists, containers and tasks, as they are told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from fulfillment.domain.model.packs import Packed
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.store.reading.views.shipments import UnitsOfLine

PickListKind = Literal["ship", "stage"]
PickListStatus = Literal["picking", "done", "given_up"]
TaskKind = Literal["short_pick", "count", "put_back"]


@dataclass(frozen=True, kw_only=True)
class PickCounts:
    """Units to be picked, by how far they are: units = picked + short + left, while it is open.

    It has no slots, since a summary has them of its head: Python lays out only one base's.
    """

    units: int
    picked: int
    short: int
    """Not there, or taken off the list."""
    left: int
    """To be picked still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedUnits(PickCounts):
    """What of a SKU is for one shipment."""

    order: str
    shipment: int
    shipment_number: int
    """Its number within the order."""
    order_line: int
    to_stage: bool
    """True: into a container, where it waits for the rest."""
    pack: Packed | None
    """The units in the line's pack; null: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(PickCounts):
    """One stop of the walk: a SKU, and how its units are sorted."""

    merchant: str
    sku: str
    name: str
    bin: str | None
    """Where it is found at the list's location; stops go by it, those without one last."""
    sort: tuple[SortedUnits, ...]
    """What of it goes to which shipment, by rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedShipment:
    """A shipment on the list, as it stands now."""

    shipment: int
    shipment_number: int
    """Its number within the order."""
    merchant: str
    order: str
    status: ShipmentStatus
    holds: tuple[str, ...]
    shipping_method: str | None
    """How its order is to be sent."""
    deliver_by: date | None
    """The day by which it should be there."""
    packer_note: str | None
    """For who packs it; nothing of it is for the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListHead:
    """Whose work it is, where, and how far it is."""

    id: int
    location: str
    kind: PickListKind
    """`ship`: to be packed. `stage`: to be put in containers."""
    status: PickListStatus
    picker: str
    """Who took it."""
    created_at: datetime
    done_at: datetime | None
    """When nothing was left to do on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListView(PickListHead):
    """A list with its walk, by SKU."""

    walk: tuple[Stop, ...]
    """Stop by stop."""
    shipments: tuple[ListedShipment, ...]
    """By id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListSummary(PickListHead, PickCounts):
    """One list among others."""

    orders: int
    """How many orders are on it."""


@dataclass(frozen=True, slots=True)
class GivenUpList:
    """The list that nobody works on any more."""

    id: int
    status: PickListStatus


@dataclass(frozen=True, slots=True)
class ContainedUnits:
    """Units of one line in a container."""

    line: int
    sku: str
    units: int
    since: datetime
    """When the first of them was put there."""


@dataclass(frozen=True, slots=True)
class AwaitedUnits:
    """Units that an order still waits for."""

    sku: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerView:
    """A container in use: whose units are in it, and for what they wait."""

    id: int
    location: str
    label: str
    """What is written on it."""
    order: str
    status: OrderStatus
    """How far its order is."""
    holds: tuple[str, ...]
    since: datetime
    """When the first unit was put into it."""
    seconds: int
    """How long it is in use."""
    lines: tuple[ContainedUnits, ...]
    """What is in it."""
    waits_for: tuple[AwaitedUnits, ...]
    """What its order still waits for, by SKU."""


@dataclass(frozen=True, slots=True)
class StageableOrder:
    """An order of a group, with what of it could be staged."""

    order: str
    units: int
    lines: tuple[UnitsOfLine, ...]
    """What lies loose for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingSuggestion:
    """Orders at one location that wait for the same SKU."""

    location: str
    waits_for: str
    """The SKU that all of them wait for."""
    order_count: int
    """How many there are."""
    units: int
    """Loose units of all of them."""
    orders: tuple[StageableOrder, ...]
    """By rank; a very large group is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """What somebody on the floor is asked to look at, and why."""

    id: int
    kind: TaskKind
    """What is asked.

    `short_pick`: units of your list are not there. `count`: count the SKU. `put_back`: units in
    hands are nobody's any more.
    """
    location: str
    sku: str
    units: int
    order: str | None
    shipment: int | None
    reason: str | None
    created_at: datetime
    done_at: datetime | None
    """When somebody said that it is done."""
