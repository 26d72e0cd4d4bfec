"""The group of an order as a drawing: its shipments, and how they came from each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console import words
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.reading.views.shipments import ShipmentView, VoidedDispatch

WIDTH, HEIGHT = 200, 92
"""Of the box of one shipment."""
ACROSS, DOWN = 48, 20
"""Between a shipment and what was split from it, and between two below each other."""
LETTERS = 28
"""As many fit in a box; the table has all of a text."""
MOST_DRAWN = 60
"""Shipments that are drawn, the first that were made; the table has all."""

ENDED = frozenset({ShipmentStatus.REASSIGNED, ShipmentStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Box:
    """One shipment with its place in the drawing, and what is written in it."""

    number: int
    title: str
    status: ShipmentStatus
    rows: Sequence[str]
    x: int
    y: int
    is_ended: bool


@dataclass(frozen=True, slots=True)
class Line:
    """From a shipment to one that was split from it."""

    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and lines, the size of it all, and how many shipments are in the table alone."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int
    more: int


def drawn(
    shipments: Sequence[ShipmentView], zone: str, voided: Sequence[VoidedDispatch] = ()
) -> Drawing:
    """The group as a tree: what was split stands to the right; moments are of this time zone.

    A dispatch that was voided stands to the right of its shipment, which is here again.
    """
    shown = shipments[:MOST_DRAWN]
    gone = {-at: one for at, one in enumerate(voided[:MOST_DRAWN], 1)}
    parents = {one.number: one.parent for one in shown}
    parents |= {at: one.shipment for at, one in gone.items() if one.shipment in parents}
    places = _places(parents)
    boxes = [_box(one, places[one.number], zone) for one in shown]
    boxes += [_voided(at, one, places[at], zone) for at, one in gone.items() if at in places]
    at = {box.number: box for box in boxes}
    lines = [
        Line(_path(at[parent], at[number]))
        for number, parent in parents.items()
        if parent is not None and parent in at
    ]
    width = max((box.x + WIDTH for box in boxes), default=0)
    height = max((box.y + HEIGHT for box in boxes), default=0)
    return Drawing(boxes, lines, width + 2, height + 2, len(shipments) - len(shown))


def _places(parents: Mapping[int, int | None]) -> Mapping[int, tuple[int, int]]:
    """Column and row of each: a child stands right of its parent, the first on its row."""
    children: dict[int | None, list[int]] = {}
    for number, parent in parents.items():
        children.setdefault(parent if parent in parents else None, []).append(number)
    places: dict[int, tuple[int, int]] = {}
    left = [(number, 0) for number in reversed(children.get(None, []))]
    row, before = 0, -1
    while left:
        number, column = left.pop()
        row += column <= before
        before = column
        places[number] = (column, row)
        left += [(child, column + 1) for child in reversed(children.get(number, []))]
    return places


def _box(one: ShipmentView, at: tuple[int, int], zone: str) -> Box:
    units = sum(line.units for line in one.lines)
    place = one.location or (f"{one.assigned_location} (assigned)" if one.assigned_location else "")
    is_ended = one.status in ENDED
    rows = (
        place or ("" if is_ended else "no place yet"),
        _units(one, units),
        _day(one, zone),
        one.tracking or "",
    )
    x, y = _corner(at)
    title = f"{one.number}: {words.plain(one.status)}"
    return Box(one.number, title, one.status, [_cut(text) for text in rows if text], x, y, is_ended)


def _voided(number: int, one: VoidedDispatch, at: tuple[int, int], zone: str) -> Box:
    """What was told to have left and had not; it ended with that."""
    rows = ("dispatch voided", words.counted(one.units, "unit"), words.moment(one.at, zone))
    x, y = _corner(at)
    return Box(
        number, f"{one.shipment}: not sent", ShipmentStatus.CANCELLED, rows, x, y, is_ended=True
    )


def _corner(at: tuple[int, int]) -> tuple[int, int]:
    column, row = at
    return 1 + column * (WIDTH + ACROSS), 1 + row * (HEIGHT + DOWN)


def _units(one: ShipmentView, units: int) -> str:
    if one.status is ShipmentStatus.REASSIGNED:
        return "all of it went on in others"
    named = one.lines[0].sku if len(one.lines) == 1 else words.counted(len(one.lines), "SKU")
    return f"{words.counted(units, 'unit')}, {named}"


def _day(one: ShipmentView, zone: str) -> str:
    """The day that says most of where it stands."""
    if one.shipped_at is not None:
        return f"shipped {words.moment(one.shipped_at, zone)}"
    if one.target_ship_on is not None:
        return f"target {words.day(one.target_ship_on)}"
    return f"expected {words.day(one.expected_on)}" if one.expected_on else ""


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"


def _path(parent: Box, child: Box) -> str:
    """Out of the right side of the parent, into the left side of the child."""
    x, y = parent.x + WIDTH, parent.y + HEIGHT // 2
    to_x, to_y = child.x, child.y + HEIGHT // 2
    middle = x + ACROSS // 2
    return f"M{x} {y}H{middle}V{to_y}H{to_x}"
