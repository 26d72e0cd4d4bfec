"""What of a history is told to those outside, as which type of event and with which facts.

Histories are written for people who may see all of an order. What leaves the house is named here,
fact by fact: ids, numbers, quantities, dates and codes (behaviour.md §10). Nothing passes that is
not named, so that a fact that is added to a history is told nobody by accident.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fulfillment.domain.model.statuses import OrderStatus

VERSION = 1
"""Of the facts of every type; a fact that goes away or means something else raises it."""


class EventType(StrEnum):
    """What can be told, by what it is of."""

    ORDER_RECEIVED = "order.received"
    ORDER_WAITS = "order.waits"
    ORDER_READY = "order.ready"
    ORDER_PARTIALLY_SHIPPED = "order.partially_shipped"
    ORDER_SHIPPED = "order.shipped"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_HELD = "order.held"
    ORDER_CHANGED = "order.changed"
    PROMISE_GIVEN = "promise.given"
    PROMISE_MOVED = "promise.moved"
    SHIPMENT_RELEASED = "shipment.released"
    SHIPMENT_SHIPPED = "shipment.shipped"
    SUPPLY_APPROVED = "supply.approved"
    SUPPLY_DATE_MOVED = "supply.date_moved"
    SUPPLY_OVERDUE = "supply.overdue"
    SUPPLY_RECEIVED = "supply.received"
    SUPPLY_CLOSED = "supply.closed"
    STOCK_SHORT = "stock.short"


Facts = Mapping[str, Any]
Happening = tuple[str, Facts]
Told = tuple[EventType, Facts]


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """One event: its place in the history of its subject, and the locations that it names.

    It names none where it concerns its subject as a whole: then it is wherever that is.
    """

    type: EventType
    sequence: int
    facts: Facts
    locations: frozenset[str] = frozenset()


def public_events(
    subject: str, sequence: int, happenings: Iterable[Happening], actor: str
) -> Iterator[PublicEvent]:
    """What is told of one row of a history; `sequence` is that of its first happening."""
    tells = _of_order if subject == "order" else _of_supply
    for place, (kind, facts) in enumerate(happenings, sequence):
        told = tells(kind, facts, actor)
        if told is not None:
            yield PublicEvent(told[0], place, told[1], frozenset(_places(facts, told[0])))


def _places(facts: Facts, type_: EventType) -> Iterator[str]:
    """Orders and promises are wherever their order is, whatever one of their facts names."""
    if type_.startswith(("order.", "promise.")):
        return
    for each in (facts, *facts.get("lines", ())):
        yield from (each[name] for name in ("location", "source") if each.get(name))


# --- orders --------------------------------------------------------------------------------------


def _of_order(kind: str, facts: Facts, _: str) -> Told | None:
    if kind == "status_changed":
        return _of_status(facts)
    if kind == "ready_to_ship":
        return (EventType.ORDER_READY, {}) if facts["ready"] else None
    if kind in CHANGES:
        return EventType.ORDER_CHANGED, {"change": kind, **_named(facts, CHANGES[kind])}
    if kind in ORDERS:
        type_, tell = ORDERS[kind]
        return type_, tell(facts)
    return None


ENDS: Mapping[str, EventType] = {
    OrderStatus.SHIPPED: EventType.ORDER_SHIPPED,
    OrderStatus.PARTIALLY_SHIPPED: EventType.ORDER_PARTIALLY_SHIPPED,
    OrderStatus.CANCELLED: EventType.ORDER_CANCELLED,
    OrderStatus.REJECTED: EventType.ORDER_CANCELLED,
}
"""Statuses that are told; an order that is rejected ends as one that is cancelled does."""


def _of_status(facts: Facts) -> Told | None:
    if facts["to"] == OrderStatus.ON_HOLD:
        return EventType.ORDER_HELD, {"holds": _codes(facts.get("holds", ()))}
    if facts["to"] in ENDS:
        return ENDS[facts["to"]], {"status": facts["to"]}
    if facts["from"] == OrderStatus.ON_HOLD:
        return EventType.ORDER_CHANGED, {"change": "unheld", "status": facts["to"]}
    return None


def _named(facts: Facts, names: Sequence[str]) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts}


def _only(*names: str) -> Callable[[Facts], Facts]:
    return lambda facts: _named(facts, names)


def _lines_of(*names: str) -> Callable[[Facts], Facts]:
    """The lines with these of their facts, and the day by which they are expected if it is told."""
    return lambda facts: {
        "lines": [_named(line, names) for line in facts["lines"]],
        **_named(facts, ("expected_on",)),
    }


CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,59}")
"""A tracking number, or a carrier's name that is one word: no sentence, no name and surname."""


def _codes(holds: Iterable[str]) -> list[str]:
    return [hold if CODE.fullmatch(hold) else "other" for hold in holds]


def _dispatched(facts: Facts) -> Facts:
    """What left, with the labels of its packages as far as they are words."""
    labels = {label["package"]: label for label in facts.get("labels", ())}
    packages = [
        {"package": number, **_label(labels.get(number, {}))} for number in facts["packages"]
    ]
    shipment = facts.get("shipped_as", facts["shipment"])
    return {
        "shipment": shipment, "packages": packages, **_named(facts, ("units", "location"))
    }  # fmt: skip


def _label(label: Facts) -> Facts:
    told = _named(label, ("carrier", "service", "tracking"))
    return {name: value for name, value in told.items() if WORD.fullmatch(str(value))}


ORDERS: Mapping[str, tuple[EventType, Callable[[Facts], Facts]]] = {
    "received": (EventType.ORDER_RECEIVED, _only("lines", "units")),
    "waits": (EventType.ORDER_WAITS, _lines_of("line", "sku", "units")),
    "held": (EventType.ORDER_HELD, lambda facts: {"holds": _codes([facts["reason"]])}),
    "holds_changed": (EventType.ORDER_HELD, lambda facts: {"holds": _codes(facts["holds"])}),
    "promise_given": (EventType.PROMISE_GIVEN, _lines_of("line", "sku", "promise")),
    "promise_moved": (
        EventType.PROMISE_MOVED,
        _only("line", "sku", "from", "to", "because"),
    ),
    "released": (EventType.SHIPMENT_RELEASED, _only("shipment", "units", "location", "wave")),
    "packages_shipped": (EventType.SHIPMENT_SHIPPED, _dispatched),
    "short_picked": (EventType.STOCK_SHORT, _only("sku", "location", "units", "shipment")),
    "stock_lost": (EventType.STOCK_SHORT, _only("sku", "location", "units", "shipment")),
}

CHANGES: Mapping[str, Sequence[str]] = {
    "address_changed": (),
    "by_hand": ("line", "sku"),
    "by_itself": ("line", "sku"),
    "cancel_date_changed": ("from", "to"),
    "channels_chosen": (),
    "dispatch_voided": ("shipment", "units"),
    "edited": ("revision",),
    "exchanged": ("line", "sku", "units", "into", "into_sku"),
    "exchanged_after_return": ("line", "sku", "units", "into", "into_sku"),
    "line_added": ("line", "sku", "units"),
    "lock_changed": ("from", "to"),
    "policy_changed": (),
    "price_changed": ("line",),
    "priority_changed": ("from", "to"),
    "quantity_changed": ("line", "sku", "from", "to"),
    "returned": ("return", "receipt", "line", "sku", "units", "disposition"),
    "sent_again": ("shipment",),
    "tracking_corrected": ("shipment",),
    "units_cancelled": ("line", "sku", "units"),
    "verified": (),
}
"""What people and channels change of an order, with the facts that are told of it."""


# --- supply --------------------------------------------------------------------------------------


def _of_supply(kind: str, facts: Facts, actor: str) -> Told | None:
    """Documents on which nobody counts yet, such as drafts, concern nobody outside."""
    if kind not in SUPPLIES or facts.get("counted") is False:
        return None
    type_, tell = SUPPLIES[kind]
    told = tell(facts)
    return type_, {**told, "by": key_of(actor)} if type_ is EventType.SUPPLY_DATE_MOVED else told


KEY = re.compile(r".* \(([0-9a-f]{16})\)", re.DOTALL)


def key_of(actor: str) -> str:
    """Who did it, without the name that people gave a key: the key's id, or a part of Pegboard."""
    found = KEY.fullmatch(actor)
    if found:
        return found[1]
    return actor if actor in PARTS else "other"


PARTS = frozenset({"pegboard", "purchase order", "reconcile", "replan", "sweep", "workflow"})
"""How Pegboard calls itself in histories."""

_supplied = _lines_of("line", "sku", "location", "units", "expected_on")


def _received(facts: Facts) -> Facts:
    lines = [_named(line, ("line", "sku", "units", "disposition")) for line in facts["lines"]]
    return {**_named(facts, ("receipt", "location", "complete")), "lines": lines}


SUPPLIES: Mapping[str, tuple[EventType, Callable[[Facts], Facts]]] = {
    "approved": (EventType.SUPPLY_APPROVED, _supplied),
    "date_moved": (
        EventType.SUPPLY_DATE_MOVED,
        _lines_of("line", "sku", "location", "units", "from", "to"),
    ),
    "overdue": (EventType.SUPPLY_OVERDUE, _supplied),
    "received": (EventType.SUPPLY_RECEIVED, _received),
    "reversed": (EventType.SUPPLY_RECEIVED, _received),
    "closed": (
        EventType.SUPPLY_CLOSED,
        lambda facts: {
            **_named(facts, ("status",)),
            **_lines_of("line", "sku", "location", "units")(facts),
        },
    ),
}
