"""Orders as a person reads them: their lines, where their units stand, what they wait for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cli.playing.client import Answer

GONE = frozenset({"reassigned", "cancelled"})
FINISHED = frozenset({"shipped", "cancelled", "rejected", "refused"})
STAGES = (
    "shipped", "packed", "picked", "picking", "ready", "future", "backorder"
)  # fmt: skip

STATUS_WORDS = {
    "awaiting_pick_and_pack": "ready to pick",
    "awaiting_stock": "awaits stock",
    "partially_backordered": "partly waits",
    "partially_shipped": "part shipped",
    "on_hold": "on hold",
}

HOLD_WORDS = {"address_missing": "an address", "possible_duplicate": "a look: twice?"}


@dataclass(frozen=True, slots=True, order=True)
class Chip:
    """Units of one order that stand alike."""

    stage: int
    location: str
    expected_on: str
    units: int
    held: int

    @property
    def status(self) -> str:
        """The status of their shipments."""
        return STAGES[self.stage]


@dataclass(frozen=True, slots=True)
class Row:
    """One order as it is shown."""

    number: str
    lines: str
    status: str
    chips: tuple[Chip, ...]
    waits_for: tuple[str, ...]
    promise: str

    @property
    def is_finished(self) -> bool:
        """Whether nothing of it is left to do."""
        return self.status in FINISHED


def row_of(order: Answer, purchase_orders: Sequence[str], today: date) -> Row:
    """An order as the API tells it, with the purchase orders that it waits for."""
    return Row(
        number=str(order["number"]),
        lines=", ".join(_line(line) for line in order["lines"]),
        status=str(order["status"]),
        chips=chips(order["shipments"]),
        waits_for=tuple(_waits_for(order, purchase_orders)),
        promise=_promise(order, today),
    )


def refused_row(number: str, body: Answer) -> Row:
    """An order that was not taken in."""
    lines = (
        f"{line['quantity']} {line['pack'] or ''} {line['sku']}".replace("  ", " ")
        for line in body["lines"]
    )
    return Row(number, ", ".join(lines), "refused", (), (), "")


def _line(line: Mapping[str, object]) -> str:
    pack = line["pack"]
    if not isinstance(pack, Mapping):
        return f"{line['ordered']} {line['sku']}"
    loose = f"+{pack['loose']}" if pack["loose"] else ""
    return f"{pack['quantity']} {pack['name']}{loose} {line['sku']}"


def chips(shipments: Iterable[Answer]) -> tuple[Chip, ...]:
    """Where the units of an order stand, what has gone first."""
    units, held = Counter[tuple[int, str, str]](), Counter[tuple[int, str, str]]()
    for shipment in shipments:
        status = str(shipment["status"])
        if status in GONE:
            continue
        place = str(shipment["location"] or ""), str(shipment["expected_on"] or "")
        key = STAGES.index(status), *place
        for line in shipment["lines"]:
            units[key] += line["units"]
            held[key] += line["allocated"] if status in ("backorder", "future") else 0
    return tuple(sorted(Chip(*key, count, held[key]) for key, count in units.items()))


def _waits_for(order: Answer, purchase_orders: Sequence[str]) -> Iterable[str]:
    if order["status"] in FINISHED:
        return
    yield from (HOLD_WORDS.get(hold, hold.replace("_", " ")) for hold in order["holds"])
    if order["status"] == "verifying":
        yield "a person"
    yield from purchase_orders
    for line in order["lines"]:
        if without_date := line["backordered"] - line["not_yet_received"]:
            yield f"{without_date} {line['sku']}"
    if not order["waiting_units"] and not order["holds"]:
        if "ready" in {shipment["status"] for shipment in order["shipments"]}:
            yield "a picker"


def _promise(order: Answer, today: date) -> str:
    if order["status"] in FINISHED:
        return ""
    days = [piece["on"] for line in order["lines"] for piece in line["promise"]]
    return day(max(days), today) if days else ""


def day(iso: str, today: date) -> str:
    """A date as one says it."""
    on = date.fromisoformat(iso)
    if on == today:
        return "today"
    return f"{on.day} {on:%b}" if abs((on - today).days) < 300 else iso  # noqa: PLR2004 -- nearly a year


def status_words(status: str) -> str:
    """A status as one says it."""
    return STATUS_WORDS.get(status, status.replace("_", " "))


def chip_words(chip: Chip, today: date, *, short: bool = False) -> str:
    """Such as `future porto 4 (7 Dec)`; short, with the first letter of the location."""
    location = chip.location[:1].upper() if short else chip.location
    words = [chip.status, location, str(chip.units)]
    if chip.expected_on:
        words.append(f"({day(chip.expected_on, today)})")
    elif chip.held:
        words.append(f"({chip.held} held)")
    return " ".join(word for word in words if word)


def counted(rows: Iterable[Row]) -> str:
    """How many orders there are of each kind."""
    found = Counter(row.status for row in rows)
    told = [f"{count} {status_words(status)}" for status, count in found.most_common()]
    return ", ".join(told) or "none yet"
