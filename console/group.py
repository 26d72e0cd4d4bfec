"""The group of an order as a drawing: its shipments, and how they came from each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console import words
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.reading.views.shipments import ShipmentView

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


def drawn(shipments: Sequence[ShipmentView], zone: str) -> Drawing:
    """The group as a tree: what was split stands to the right; moments are of this time zone."""
    shown = shipments[:MOST_DRAWN]
    places = _places(shown)
    boxes = [_box(one, places[one.number], zone) for one in shown]
    at = {box.number: box for box in boxes}
    lines = [
        Line(_path(at[one.parent], at[one.number]))
        for one in shown
        if one.parent is not None and one.parent in at
    ]
    width = max((box.x + WIDTH for box in boxes), default=0)
    height = max((box.y + HEIGHT for box in boxes), default=0)
    return Drawing(boxes, lines, width + 2, height + 2, len(shipments) - len(shown))


def _places(shown: Sequence[ShipmentView]) -> Mapping[int, tuple[int, int]]:
    """Column and row of each: a child stands right of its parent, the first on its row."""
    children: dict[int | None, list[int]] = {}
    numbers = {one.number for one in shown}
    for one in shown:
        parent = one.parent if one.parent in numbers else None
        children.setdefault(parent, []).append(one.number)
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
    column, row = at
    units = sum(line.units for line in one.lines)
    place = one.location or (f"{one.assigned_location} (assigned)" if one.assigned_location else "")
    is_ended = one.status in ENDED
    rows = (
        place or ("" if is_ended else "no place yet"),
        _units(one, units),
        _day(one, zone),
        one.tracking or "",
    )
    x, y = 1 + column * (WIDTH + ACROSS), 1 + row * (HEIGHT + DOWN)
    return Box(one.number, one.status, [_cut(text) for text in rows if text], x, y,
               is_ended)  # fmt: skip


def _units(one: ShipmentView, units: int) -> str:
    if one.status is ShipmentStatus.REASSIGNED:
        return "all of it went on in others"
    named = one.lines[0].sku if len(one.lines) == 1 else f"{len(one.lines)} SKUs"
    return f"{words.number(units)} units, {named}"


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
