"""What a customer was told of an order by mail, what is true of it, and what there is to tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fulfillment.domain.insight.customer_mail import MailReason, MailType
from fulfillment.domain.insight.expectations import waiting_units
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.statuses import OrderStatus


@dataclass(frozen=True, slots=True)
class OrderNow:
    """What is true of an order, as far as mails tell it.

    `until` is the last day that is promised for what waits, `first_until` the last one that was
    promised first; `is_dated` says whether supply with a known date stands behind all of it.
    `has_parts` means that some of it goes now or has gone. Shipments by their numbers, cancelled
    units by line.
    """

    status: OrderStatus
    waits: Mapping[int, int] = field(default_factory=dict)
    until: date | None = None
    first_until: date | None = None
    is_dated: bool = False
    has_parts: bool = False
    shipped: frozenset[int] = frozenset()
    cancelled: Mapping[int, int] = field(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        """Whether nothing of it will be shipped any more, since it was cancelled or rejected."""
        return self.status in (OrderStatus.CANCELLED, OrderStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class Telling:
    """What one mail tells; that of all that a customer may have read is what he knows.

    `until` is the day that is told for what waits; None with `waits`: that no day is known.
    """

    types: frozenset[MailType] = frozenset()
    waits: bool = False
    until: date | None = None
    shipments: frozenset[int] = frozenset()
    cancelled: Mapping[int, int] = field(default_factory=dict)

    def and_then(self, later: "Telling") -> "Telling":
        """What is known after both; of days the later one counts."""
        lines = self.cancelled.keys() | later.cancelled.keys()
        both = {
            line: self.cancelled.get(line, 0) + later.cancelled.get(line, 0)
            for line in sorted(lines)
        }
        return Telling(
            self.types | later.types,
            self.waits or later.waits,
            later.until if later.waits else self.until,
            self.shipments | later.shipments,
            both,
        )


NOTHING_TOLD = Telling()


def to_tell(
    type_: MailType, now: OrderNow, known: Telling, *, asked_for: bool = False
) -> Telling | MailReason:
    """What a mail of this type tells now, or why there is nothing to tell.

    Where a person asks for it, that it was told before is no reason.
    """
    if type_ is MailType.CANCELLED:
        return _cancelled(now, NOTHING_TOLD if asked_for else known)
    if type_ is MailType.SHIPPED:
        new = now.shipped if asked_for else now.shipped - known.shipments
        # What is still to come is told with it.
        return _tells(type_, now, shipments=new) if new else MailReason.NOTHING_SHIPPED
    if now.has_ended:
        return MailReason.ORDER_ENDED
    if type_ is MailType.TAKEN:
        told = type_ in known.types and not asked_for
        return MailReason.TOLD_ALREADY if told else Telling(frozenset({type_}))
    return _waiting(type_, now, known, asked_for=asked_for)


def _waiting(
    type_: MailType, now: OrderNow, known: Telling, *, asked_for: bool
) -> Telling | MailReason:
    if not now.waits:
        return MailReason.NOTHING_WAITS
    if type_ is MailType.SPLIT and not now.has_parts:
        return MailReason.NOT_SPLIT
    if type_ is MailType.DELAYED:
        later = asked_for or is_later(now, known)
        return _tells(type_, now) if later else MailReason.ENDED_WHERE_IT_BEGAN
    knows = type_ in known.types if type_ is MailType.SPLIT else known.waits
    if knows and not asked_for:
        return MailReason.TOLD_ALREADY
    return _tells(type_, now)


def _tells(type_: MailType, now: OrderNow, *, shipments: frozenset[int] = frozenset()) -> Telling:
    """With the day for what waits. A delay that no supply gives a day tells that none is known."""
    is_known = now.is_dated or type_ is not MailType.DELAYED
    until = now.until if now.waits and is_known else None
    return Telling(frozenset({type_}), bool(now.waits), until, shipments)


def is_later(now: OrderNow, known: Telling) -> bool:
    """Whether what waits comes later than the customer was told last, or was promised first.

    Who was told that no day is known is told again once there is one.
    """
    if known.waits and known.until is None:
        return now.is_dated
    was = known.until if known.waits else now.first_until
    return was is not None and now.until is not None and now.until > was


def _cancelled(now: OrderNow, known: Telling) -> Telling | MailReason:
    new = {
        line: units - known.cancelled.get(line, 0)
        for line, units in sorted(now.cancelled.items())
        if units > known.cancelled.get(line, 0)
    }
    ends_untold = now.has_ended and MailType.CANCELLED not in known.types
    if not new and not ends_untold:
        return MailReason.NOTHING_CANCELLED
    return Telling(frozenset({MailType.CANCELLED}), cancelled=new)


# --- an order as it is ---------------------------------------------------------------------------


def order_now(order: Order, shipped: Iterable[int]) -> OrderNow:
    """What is true of an order; `shipped` are the numbers of its shipments that have left."""
    waits = dict(sorted(waiting_units(order).items())) if order.first_claimed else {}
    lines = [order.line(number) for number in waits]
    gone = frozenset(shipped)
    goes = any(not shipment.is_waiting for shipment in order.live)
    return OrderNow(
        status=order.status,
        waits=waits,
        until=_last_day(line.promise for line in lines),
        first_until=_last_day(line.first_promise for line in lines),
        is_dated=bool(waits) and _is_dated(order),
        has_parts=goes or bool(gone),
        shipped=gone,
        cancelled={line.number: line.cancelled for line in order.lines if line.cancelled},
    )


def _last_day(promises: Iterable[tuple[Slice, ...] | None]) -> date | None:
    return max((piece.on for promise in promises for piece in promise or ()), default=None)


def _is_dated(order: Order) -> bool:
    """Whether every unit that waits is tied to supply that has a day, or has arrived."""
    return all(
        line.wanted <= sum(p.units for p in line.pegs if p.has_arrived or p.due_on != date.max)
        for shipment in order.planned
        for line in shipment.lines
    )
