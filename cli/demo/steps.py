"""What a play is made of: each step asks the API for one thing, and looks whether it came true."""

import re
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from cli.demo.client import Answer, Client, RefusedByApiError, StoppedError

LOOK_SECONDS = 0.1
MOST_SECONDS = 30.0
GONE = frozenset({"reassigned", "cancelled"})
WAITING = frozenset({"backorder", "future"})

Line = tuple[int, str | None, str]
"""How many, of which pack (None: base units), of which SKU."""

Standing = Mapping[str, int]
"""Units by where they stand: `going vienna` (released or further), `future vienna`, `backorder`."""


@dataclass
class Play:
    """One run of the script. Its orders are numbered by the run, so that it can be played again."""

    client: Client
    run: int
    today: date
    stopping: threading.Event
    speed: float = 1.0
    scenes: list[str] = field(default_factory=list)
    placed: dict[str, str] = field(default_factory=dict)
    """Customers by order number."""
    refused: dict[str, Answer] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def order(self, n: int) -> str:
        """The number of the script's n-th order in this run."""
        return f"W-{self.run}{n:03}"

    def purchase_order(self, n: int) -> str:
        """The number of the script's n-th purchase order in this run."""
        return f"PO-{self.run}{n:02}"

    def words(self, text: str) -> str:
        """A sentence of the script with W1 and PO1 as they are numbered in this run."""
        text = re.sub(r"\bW(\d+)\b", lambda found: self.order(int(found[1])), text)
        return re.sub(r"\bPO(\d+)\b", lambda found: self.purchase_order(int(found[1])), text)

    def pause(self, seconds: float) -> None:
        """Wait for so long at speed 1."""
        if self.stopping.wait(seconds / self.speed):
            raise StoppedError

    def until(self, n: int, wanted: Standing) -> None:
        """Wait until the order stands so; that it does not is a problem of this run."""
        number, found = self.order(n), Counter[str]()
        deadline = time.monotonic() + MOST_SECONDS
        while time.monotonic() < deadline:
            found = standing(self.client.send("GET", f"/v1/orders/{number}"))
            if found == Counter(wanted):
                return
            if self.stopping.wait(LOOK_SECONDS):
                raise StoppedError
        self.problems.append(f"{number}: {_shown(found)}, but the script says {_shown(wanted)}")


def standing(order: Answer) -> Counter[str]:
    """Units of an order by where they stand."""
    found = Counter[str]()
    for shipment in order["shipments"]:
        status, location = shipment["status"], shipment["location"]
        if status not in GONE:
            place = status if status in WAITING else "going"
            name = f"{place} {location}" if location else place
            found[name] += sum(line["units"] for line in shipment["lines"])
    return found


def _shown(units: Mapping[str, int]) -> str:
    return ", ".join(f"{place} {count}" for place, count in sorted(units.items())) or "nothing"


class Step(Protocol):
    """One thing that happens."""

    @property
    def says(self) -> str:
        """What one should look at."""
        ...

    def play(self, play: Play) -> None:
        """Do it."""
        ...


@dataclass(frozen=True)
class Order:
    """A customer orders; `wanted` is what becomes of it at once."""

    n: int
    says: str
    lines: Sequence[Line]
    wanted: Standing
    policy: Mapping[str, object] = field(default_factory=dict)
    priority: int = 50
    has_address: bool = True

    def play(self, play: Play) -> None:
        """Send the order, and wait for its outcome."""
        number = play.order(self.n)
        play.placed[number] = customer(self.n)
        play.client.send("POST", "/v1/orders", self.body(play), wait=10)
        play.until(self.n, self.wanted)

    def body(self, play: Play) -> Answer:
        """The order as the API takes it."""
        return {
            "number": play.order(self.n),
            "priority": self.priority,
            "policy": dict(self.policy),
            "lines": order_lines(self.lines),
            "contact": {
                "name": customer(self.n),
                "email": f"customer-{self.n:04}@example.com",
            },
            "address": address(self.n) if self.has_address else {},
        }


@dataclass(frozen=True)
class RefusedOrder(Order):
    """An order that is not taken in: it is shown, and stored nowhere."""

    code: str = "not_available"

    def play(self, play: Play) -> None:
        """Send the order, and look why it was refused."""
        body = self.body(play)
        try:
            play.client.send("POST", "/v1/orders", body)
        except RefusedByApiError as refusal:
            if refusal.code == self.code:
                play.refused[play.order(self.n)] = body | {"why": str(refusal)}
                return
        play.problems.append(f"{play.order(self.n)} was not refused as {self.code}")


@dataclass(frozen=True)
class Edit:
    """The customer tells the address: what was held for the lack of one goes on."""

    n: int
    says: str
    lines: Sequence[Line]
    wanted: Standing

    def play(self, play: Play) -> None:
        """Send the edit."""
        path = f"/v1/orders/{play.order(self.n)}"
        edit = {"revision": 1, "lines": order_lines(self.lines), "address": address(self.n)}
        play.client.send("PUT", path, edit)
        play.until(self.n, self.wanted)


@dataclass(frozen=True)
class Cancel:
    """The customer changes their mind; `heirs` get the units."""

    n: int
    says: str
    heirs: Mapping[int, Standing]

    def play(self, play: Play) -> None:
        """Cancel the order."""
        play.client.send("POST", f"/v1/orders/{play.order(self.n)}/cancel", {"note": "too late"})
        play.until(self.n, {})
        for n, wanted in self.heirs.items():
            play.until(n, wanted)


@dataclass(frozen=True)
class Buy:
    """A purchase order is written: units by SKU, all to one location, due in so many days."""

    n: int
    says: str
    units: Mapping[str, int]
    location: str
    days: int
    supplier: str
    outcome: Mapping[int, Standing] = field(default_factory=dict)

    def play(self, play: Play) -> None:
        """Write it; who waits is pegged to it."""
        lines = [
            {"line": line, "sku": sku, "units": units, "location": self.location}
            for line, (sku, units) in enumerate(self.units.items(), 1)
        ]
        body = {
            "number": play.purchase_order(self.n),
            "supplier": self.supplier,
            "expected_on": (play.today + timedelta(days=self.days)).isoformat(),
            "lines": lines,
        }
        play.client.send("POST", "/v1/purchase-orders", body)
        for n, wanted in self.outcome.items():
            play.until(n, wanted)


@dataclass(frozen=True)
class Move:
    """A purchase order gets on."""

    n: int
    says: str
    status: str

    def play(self, play: Play) -> None:
        """Tell its new status."""
        path = f"/v1/purchase-orders/{play.purchase_order(self.n)}/status"
        play.client.send("POST", path, {"status": self.status})


@dataclass(frozen=True)
class Receive:
    """Goods come for a purchase order: units by line."""

    n: int
    says: str
    units: Mapping[int, int]
    location: str
    outcome: Mapping[int, Standing]
    receipt: int = 1

    def play(self, play: Play) -> None:
        """Count them in, and wait until those who waited have them."""
        number = play.purchase_order(self.n)
        lines = [{"line": line, "units": units} for line, units in self.units.items()]
        body = {"number": f"{number}/{self.receipt}", "location": self.location, "lines": lines}
        play.client.send("POST", f"/v1/purchase-orders/{number}/receipts", body)
        for n, wanted in self.outcome.items():
            play.until(n, wanted)


def order_lines(lines: Sequence[Line]) -> list[Answer]:
    """Lines as the API takes them."""
    return [
        {"line": number, "sku": sku, "quantity": quantity, "pack": pack}
        for number, (quantity, pack, sku) in enumerate(lines, 1)
    ]


def customer(n: int) -> str:
    """A customer that is plainly made up."""
    return f"Customer {n:04}"


def address(n: int) -> Answer:
    """An address that is plainly made up."""
    return {"name": customer(n), "line1": f"{n} Example Street", "city": "Sampleton",
            "country": "AT"}  # fmt: skip
