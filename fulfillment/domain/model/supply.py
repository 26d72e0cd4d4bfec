"""Stock and supply as the rules see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.statuses import INBOUND, PurchaseOrderStatus
from fulfillment.domain.model.working_days import ShipDays, WorkDays


class OutOfUse(StrEnum):
    """Why a location supplies nothing to a merchant, whatever lies there."""

    CLOSED = "closed"
    NOT_SERVING = "not_serving"


@dataclass(frozen=True, slots=True)
class StockLevel:
    """Sellable units of one SKU at one location: on hand minus allocated."""

    sku: str
    location: str
    available: int


@dataclass(frozen=True, slots=True)
class Supply:
    """What is outstanding on one supply line, when it is expected, and on which document."""

    id: int
    sku: str
    location: str
    outstanding: int
    due_on: date | None
    source: str = ""
    status: PurchaseOrderStatus | None = None

    @property
    def is_coming(self) -> bool:
        """Whether units of it are to come, of a document that is approved or later."""
        return self.outstanding > 0 and (self.status is None or self.status in INBOUND)


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A supply that would be another one: as it is stored, and as it is only tried."""

    was: Supply
    now: Supply

    def left_for(self, open_now: int, held: int) -> int:
        """Units for those who are looked at, of whom `open_now` would do if nothing were tried.

        They hold `held` of these. Where fewer are to come, who stands behind them loses first.
        """
        others = self.was.outstanding - open_now if self.was.is_coming else 0
        return self.now.outstanding - min(others, max(self.now.outstanding - held, 0))


@dataclass(frozen=True, slots=True)
class Product:
    """The parts of a product that decide how it is allocated.

    Of one that may be backordered no more than `backorder_limit` units may wait; None: no limit.
    """

    sku: str
    managed: bool = True
    backorder_allowed: bool = True
    future_allowed: bool = True
    backorder_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything one plan looks at, and nothing it does not.

    `locations` are the merchant's active ones in order of priority; all others are out of use:
    nothing is taken there. Only the claims and pegs of `skus` may change, since only their queues
    are locked; orders may hold lines of others. A SKU in `until` was read only as far as that rank:
    who ranks later keeps what it has. `today` is the merchant's day; `day_at` is the day at a
    location in another time zone. The queues in `by_po_status` are served because a purchase order
    has changed its status. In `hand_claims` are the lines for which a person takes what is free, by
    order. `waiting` are units by SKU for which orders wait that are not here, where a limit on them
    is asked about. By the `calendars` of places, seen from `now`, orders are promised.
    """

    today: date
    skus: frozenset[str]
    locations: tuple[str, ...]
    products: Mapping[str, Product]
    orders: tuple[Order, ...]
    levels: tuple[StockLevel, ...] = ()
    supplies: tuple[Supply, ...] = ()
    first_claims: frozenset[int] = frozenset()
    until: Mapping[str, Rank] = field(default_factory=dict)
    day_at: Mapping[str, date] = field(default_factory=dict)
    by_po_status: frozenset[str] = frozenset()
    hand_claims: Mapping[int, frozenset[int]] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    now: datetime | None = None
    calendars: Mapping[str, WorkDays] = field(default_factory=dict)

    @property
    def ship_days(self) -> ShipDays:
        """From when goods can leave which place."""
        return ShipDays(self.today, self.now, self.calendars)

    def has_passed(self, due_on: date, location: str) -> bool:
        """Whether a date is over: it is at the end of that day in its location's zone."""
        return due_on < self.day_at.get(location, self.today)

    def serves(self, order: Order, sku: str) -> bool:
        """Whether this plan may change what the order has of the SKU."""
        return sku in self.skus and not self.is_unread_before(order, sku)

    def is_unread_before(self, order: Order, sku: str) -> bool:
        """Whether somebody may stand before the order in the queue whom this plan does not see."""
        last = self.until.get(sku)
        return last is not None and order.rank > last
