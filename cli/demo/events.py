"""What happened lately, in words, read from the orders' histories."""

import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from cli.demo.client import Answer
from cli.demo.words import day

MOST = 50
SERVED_WITHIN_SECONDS = 2.0
"""A receipt is told together with those it served, when they are served within this time."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one order."""

    order: str
    kind: str
    facts: Mapping[str, Any]
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    at: datetime
    words: str

    def __str__(self) -> str:
        return f"{self.at.astimezone():%H:%M:%S} {self.words}"


@dataclass(frozen=True, slots=True)
class _Supply:
    """A purchase order that was written (at exactly this time), or goods of it that came."""

    words: str
    skus: frozenset[str]
    seen: float
    at: datetime
    is_receipt: bool


@dataclass
class Log:
    """The last things that happened."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=MOST))
    fresh: list[Entry] = field(default_factory=list)
    _supplies: list[_Supply] = field(default_factory=list)
    _events: list[Event] = field(default_factory=list)

    def bought(self, before: Answer | None, now: Answer) -> None:
        """A purchase order that is new, or has changed."""
        number, status = now["number"], str(now["status"]).replace("_", " ")
        if before is None:
            words = f"{number} {status}: {_goods(now['lines'], 'ordered')}"
            self._wait_for_served(words, now["lines"], datetime.fromisoformat(now["created_at"]))
            return
        old = {line["line"]: line["received"] for line in before["lines"]}
        came = [
            line | {"came": line["received"] - old.get(line["line"], 0)} for line in now["lines"]
        ]
        came = [line for line in came if line["came"] > 0]
        if came:
            self._wait_for_served(f"{number} received {_goods(came, 'came')}", came, None)
        elif before["status"] != now["status"]:
            self._add(_now(), f"{number} {status}")

    def happened(self, events: Iterable[Event]) -> None:
        """Events of some orders; they are told at the next look, when all of them are there."""
        self._events += events

    def settle(self, today: date) -> None:
        """Tell of what was seen at the look before; of one transaction in one line."""
        ordered = sorted(self._events, key=lambda event: (event.at, event.actor))
        self._events = []
        for (at, actor), group in groupby(ordered, key=lambda event: (event.at, event.actor)):
            self._tell(datetime.fromisoformat(at), actor, list(group), today)
        late = time.monotonic() - SERVED_WITHIN_SECONDS
        for supply in [supply for supply in self._supplies if supply.seen < late]:
            self._supplies.remove(supply)
            self._add(supply.at, supply.words)

    def take_fresh(self) -> list[Entry]:
        """The entries since the last call."""
        fresh, self.fresh = self.fresh, []
        return fresh

    def _wait_for_served(self, words: str, lines: Iterable[Answer], at: datetime | None) -> None:
        skus = frozenset(line["sku"] for line in lines)
        self._supplies.append(_Supply(words, skus, time.monotonic(), at or _now(), at is None))

    def _tell(self, at: datetime, actor: str, events: Sequence[Event], today: date) -> None:
        by_order: dict[str, list[Event]] = {}
        for event in events:
            by_order.setdefault(event.order, []).append(event)
        said = {order: words for order, own in by_order.items() if (words := _verb(own, today))}
        if not said:
            return
        words, supply = _joined(said), self._cause(at, actor, events)
        if supply:
            self._supplies.remove(supply)
            words = f"{supply.words} → {words}"
        self._add(at, words)

    def _cause(self, at: datetime, actor: str, events: Sequence[Event]) -> _Supply | None:
        given = [event.facts["lines"] for event in events if event.kind == "allocated"]
        skus = {line["sku"] for lines in given for line in lines}
        for supply in self._supplies:
            came = supply.is_receipt and actor == "purchase order" and supply.skus & skus
            if came or (not supply.is_receipt and supply.at == at):
                return supply
        return None

    def _add(self, at: datetime, words: str) -> None:
        entry = Entry(at, words)
        self.entries.append(entry)
        self.fresh.append(entry)


def _now() -> datetime:
    return datetime.now(UTC)


def _goods(lines: Iterable[Answer], count: str) -> str:
    """Such as `9 TEA-MINT, 2 POT at vienna`."""
    by_place: dict[str, list[str]] = {}
    for line in lines:
        by_place.setdefault(str(line["location"]), []).append(f"{line[count]} {line['sku']}")
    return ", ".join(f"{', '.join(goods)} at {place}" for place, goods in by_place.items())


def _joined(said: Mapping[str, str]) -> str:
    """Orders of which the same is said are named together; what ended or gave comes first."""
    by_words: dict[str, list[str]] = {}
    for order, words in said.items():
        by_words.setdefault(words, []).append(order)
    return ", ".join(f"{', '.join(orders)} {words}" for words, orders in by_words.items())


def _verb(events: Sequence[Event], today: date) -> str | None:
    """The one thing to say of an order in one transaction; most of it shows in the table."""
    by_kind = {event.kind: event for event in events}
    to = str(by_kind["status_changed"].facts["to"]) if "status_changed" in by_kind else ""
    if to in ("cancelled", "rejected", "on_hold"):
        return _ended_or_held(to, by_kind)
    for kind, words in (("shipped", "shipped from"), ("released", "released at")):
        if kind in by_kind:
            own = [event.facts for event in events if event.kind == kind]
            places = sorted({str(facts["location"]) for facts in own if facts.get("location")})
            return f"{words} {' and '.join(places)}" + _also_waits(kind, by_kind)
    return _claim(by_kind, today)


def _ended_or_held(to: str, by_kind: Mapping[str, Event]) -> str:
    if to != "on_hold":
        return to
    holds = [hold.replace("_", " ") for hold in by_kind["status_changed"].facts["holds"]]
    return f"on hold ({', '.join(holds)})" if holds else "on hold"


def _also_waits(kind: str, by_kind: Mapping[str, Event]) -> str:
    if kind != "released" or "split" not in by_kind:
        return ""
    if "dated" in by_kind:
        return f", {by_kind['dated'].facts['units']} future"
    return f", {by_kind['backordered'].facts['units']} wait" if "backordered" in by_kind else ""


def _claim(by_kind: Mapping[str, Event], today: date) -> str | None:
    if "dated" in by_kind:
        facts = by_kind["dated"].facts
        return f"future at {facts['location']}, due {day(facts['expected_on'], today)}"
    if "unallocated" in by_kind:
        return f"gives {_units(by_kind['unallocated'])}"
    if "allocated" in by_kind:
        return f"gets {_units(by_kind['allocated'])}"
    if "date_moved" in by_kind:
        moved = by_kind["date_moved"].facts
        return f"now due {day(moved['expected_on'], today)}" if "expected_on" in moved else None
    return None


def _units(event: Event) -> str:
    return " and ".join(f"{line['units']} {line['sku']}" for line in event.facts["lines"])
