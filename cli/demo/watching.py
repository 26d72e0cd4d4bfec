"""What there is to see, asked of the API twice a second: three lists, and what changed in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from cli.demo.client import Answer, Client
from cli.demo.events import Event, Log
from cli.demo.player import OPEN_ORDERS, OPEN_PURCHASE_ORDERS
from cli.demo.words import Row, row_of

OPEN_SHOWN, NEWEST_SHOWN = 40, 30
MOST_READ = 20
"""Orders that are read anew at one look; the others follow at the next ones."""

LIVE_SHIPMENTS = ("backorder", "future", "ready", "picking", "picked", "packed")


@dataclass
class Watch:
    """The orders that are shown, as they were at the last look."""

    client: Client
    time_zone: str
    rows: dict[str, Row] = field(default_factory=dict)
    changed: list[Row] = field(default_factory=list)
    log: Log = field(default_factory=Log)
    _begun: bool = False
    _marks: dict[str, object] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _awaited: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _purchase_orders: dict[str, Answer] = field(default_factory=dict)
    _purchase_marks: object = None

    @property
    def today(self) -> date:
        """Today where the merchant is."""
        return datetime.now(ZoneInfo(self.time_zone)).date()

    def look(self) -> None:
        """Ask for what is there, and read anew what has changed."""
        listed = self._listed()
        marks = self._marks_of(listed)
        changed = [number for number in listed if marks[number] != self._marks.get(number)]
        for number in changed[MOST_READ:]:
            marks[number] = self._marks.get(number)
        changed = changed[:MOST_READ]
        self._look_at_purchase_orders(moved=bool(changed))
        events: list[Event] = []
        for number in changed:
            events += self._look_at(number)
        self._marks = marks
        self.rows = {number: self.rows[number] for number in listed if number in self.rows}
        self.log.settle(self.today)
        self.log.happened(events)
        self._begun = True

    def take_changed(self) -> list[Row]:
        """The orders that changed since the last call."""
        changed, self.changed = self.changed, []
        return changed

    # --- orders ----------------------------------------------------------------------------------

    def _listed(self) -> dict[str, Answer]:
        """Open orders by rank and the newest of all, in the order in which they came."""
        waiting = self.client.get("/v1/orders", status=list(OPEN_ORDERS), limit=OPEN_SHOWN)
        newest = self.client.get("/v1/orders", sort="-placed_at", limit=NEWEST_SHOWN)
        found = [*waiting["items"], *newest["items"]]
        found.sort(key=lambda order: (order["placed_at"], order["number"]))
        return {str(order["number"]): order for order in found}

    def _marks_of(self, listed: Mapping[str, Answer]) -> dict[str, object]:
        """What tells whether an order is as it was."""
        page = self.client.get("/v1/shipments", status=list(LIVE_SHIPMENTS), limit=200)
        shipments: defaultdict[str, list[object]] = defaultdict(list)
        for shipment in page["items"]:
            facts = (shipment["id"], shipment["status"], shipment["expected_on"], shipment["lines"])
            shipments[shipment["order"]].append(facts)
        return {
            number: (order, shipments[number], self._awaited.get(number))
            for number, order in listed.items()
        }

    def _look_at(self, number: str) -> Iterable[Event]:
        order = self.client.get(f"/v1/orders/{quote(number, safe='')}")
        row = row_of(order, self._awaited.get(number, ()), self.today)
        if row != self.rows.get(number):
            self.changed.append(row)
        self.rows[number] = row
        return self._history(number, holds=order["holds"])

    def _history(self, number: str, holds: Sequence[str]) -> list[Event]:
        """What happened to it since the last look; nothing that was before the first one."""
        path, cursor, found = f"/v1/orders/{quote(number, safe='')}/history", None, list[Answer]()
        while True:
            page = self.client.get(path, limit=200, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            if not (cursor := page["next"]):
                break
        seen, is_known = self._seen.get(number, 0), self._begun
        self._seen[number] = max((int(event["sequence"]) for event in found), default=0)
        new = [event for event in found if is_known and event["sequence"] > seen]
        return [_event(number, event, holds) for event in new]

    # --- purchase orders -------------------------------------------------------------------------

    def _look_at_purchase_orders(self, *, moved: bool) -> None:
        newest = self.client.get("/v1/purchase-orders", limit=20)["items"]
        known = {item["number"]: item for item in newest}
        if not moved and known == self._purchase_marks:
            return
        for number, item in reversed(known.items()):
            self._look_at_purchase_order(number, item)
        self._purchase_marks = known
        self._awaited = self._awaiting(item for item in newest if item["pegged"])

    def _look_at_purchase_order(self, number: str, item: Answer) -> None:
        before = self._purchase_orders.get(number)
        marks = self._purchase_marks if isinstance(self._purchase_marks, dict) else {}
        if before is not None and marks.get(number) == item:
            return
        now = self.client.get(f"/v1/purchase-orders/{number}")
        self._purchase_orders[number] = now
        if self._begun:
            self.log.bought(before, now)

    def _awaiting(self, purchase_orders: Iterable[Answer]) -> dict[str, tuple[str, ...]]:
        """The purchase orders that each order waits for."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for purchase_order in purchase_orders:
            if purchase_order["status"] in OPEN_PURCHASE_ORDERS:
                number = purchase_order["number"]
                page = self.client.get("/v1/orders", purchase_order=number, limit=50)
                for order in page["items"]:
                    found[order["number"]].append(number)
        return {order: tuple(sorted(numbers)) for order, numbers in found.items()}


def _event(number: str, event: Mapping[str, Any], holds: Sequence[str]) -> Event:
    facts = dict(event["facts"]) | {"holds": holds}
    return Event(number, event["kind"], facts, event["actor"], event["at"])
