"""Orders as a person reads them: their lines, where their units stand, what they wait for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cli.demo.client import Answer

GONE = frozenset({"reassigned", "cancelled"})
FINISHED = frozenset({"shipped", "cancelled", "rejected", "refused"})
STAGES = (
    "shipped", "packed", "picked", "picking", "ready", "future", "backorder"
)  # fmt: skip

STATUS_WORDS = {
    "awaiting_pick_and_pack": "ready to pick",
    "awaiting_stock": "waiting",
    "partially_backordered": "partly waiting",
    "partially_shipped": "part shipped",
    "on_hold": "on hold",
}

SHORT_WORDS = {
    "awaiting_pick_and_pack": "to pick",
    "awaiting_stock": "waiting",
    "partially_backordered": "partly",
    "partially_shipped": "part sent",
}

HOLD_WORDS = {"address_missing": "address", "possible_duplicate": "a look"}


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
    statuses = {shipment["status"] for shipment in order["shipments"]}
    if "ready" in statuses and not order["waiting_units"] and not order["holds"]:
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


def status_words(status: str, *, short: bool = False) -> str:
    """A status as one says it."""
    known = SHORT_WORDS if short else STATUS_WORDS
    return known.get(status) or STATUS_WORDS.get(status, status.replace("_", " "))


def chip_words(chip: Chip, today: date) -> str:
    """Such as `future porto 4 (7 Dec)`."""
    words = [chip.status, chip.location, str(chip.units), _beside(chip, today)]
    return " ".join(word for word in words if word)


def short_chips(chips: Sequence[Chip], today: date) -> list[tuple[str, str]]:
    """Status and words, such as `shipped P4 V12`: locations by their first letters.

    What stands beside the units is told only where nothing else is.
    """
    told = []
    for status, group in groupby(chips, key=lambda chip: chip.status):
        units = [f"{chip.location[:1].upper()}{chip.units}" for chip in group]
        told.append((status, f"{status} {' '.join(units)}"))
    if len(chips) == 1 and (beside := _beside(chips[0], today)):
        return [(told[0][0], f"{told[0][1]} {beside}")]
    return told


def _beside(chip: Chip, today: date) -> str:
    if chip.expected_on:
        return f"({day(chip.expected_on, today)})"
    return f"({chip.held} held)" if chip.held else ""


def counted(rows: Iterable[Row]) -> str:
    """How many orders there are of each kind."""
    found = Counter(row.status for row in rows)
    told = [f"{count} {status_words(status)}" for status, count in found.most_common()]
    return ", ".join(told) or "none yet"
