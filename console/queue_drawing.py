"""A queue's picture as it is drawn: lanes from now to later, rows from first to last, and bands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from console.queue_lanes import APART, BETWEEN, LANE, NOTHING, STOCK, Lane, Shown, lanes_of, short
from console.words import counted, number
from fulfillment.domain.insight.queue_picture import Band, QueuePicture, QueueRow

HEAD, ROW, GAP, BAND = 128, 33, 26, 46
"""Heights, as all that follows in units of the picture."""

BAR, LEAST = 72, 4
"""How long the longest bar of a row is, and the shortest of all."""

GATES: Mapping[str, str] = {
    "first": "not claimed yet",
    "conditional": "takes stock on a condition",
    "closed": "takes no stock by itself",
    "by_hand": "by hand",
}
"""What a line may take by itself, where that is not all that it gets."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one row, or band, gets from one lane."""

    x: float
    y: float
    width: float
    text: str
    tone: str
    says: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One row, band or gap, as wide as the picture."""

    kind: str
    y: float
    height: float
    title: str
    under: str = ""
    row: QueueRow | None = None
    is_found: bool = False
    cells: tuple[Cell, ...] = ()

    @property
    def name(self) -> str:
        """Its title, as far as there is room."""
        return short(self.title)


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it, and how large it is."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    strips: tuple[Strip, ...]

    @property
    def axis(self) -> tuple[float, float]:
        """From where to where time runs."""
        points = [lane.centre for lane in self.lanes if lane.is_in_time]
        return min(points), max(points) + LANE / 2

    @property
    def apart(self) -> float | None:
        """Where what has no date ahead begins; None where all has one."""
        return next((lane.x - APART / 2 for lane in self.lanes if not lane.is_in_time), None)


def draw(picture: QueuePicture, shown: Shown) -> Drawing:
    """The picture's lanes and strips."""
    lanes = tuple(lanes_of(picture, shown))
    strips = tuple(_strips(picture, lanes))
    last = strips[-1] if strips else None
    height = last.y + last.height if last else HEAD + ROW
    return Drawing(lanes[-1].x + LANE + BETWEEN, height, lanes, strips)


# --- strips --------------------------------------------------------------------------------------


def _strips(picture: QueuePicture, lanes: tuple[Lane, ...]) -> Iterator[Strip]:
    facts, y = picture.facts, HEAD
    most = max((max(row.units, 1) for row in picture.rows), default=1)
    last_place = 0
    for row in picture.rows:
        if row.place > last_place + 1 and last_place:
            between = row.place - last_place - 1
            yield Strip("gap", y, GAP, f"{number(between)} between", "")
            y += GAP
        last_place = row.place
        is_found = bool(facts.found and facts.found.place and row.order == facts.found.order)
        cells = tuple(_row_cells(picture, row, lanes, y, most))
        yield Strip("row", y, ROW, row.order, _under(row), row, is_found, cells)
        y += ROW
    if cells := tuple(_band_cells(picture, lanes, y)):
        yield Strip("band", y, BAND, "All others", "", cells=cells)


def _under(row: QueueRow) -> str:
    wants = f"{number(row.wanted)} of {number(row.units)} wait"
    return f"{wants}, {GATES[row.gate]}" if row.gate in GATES else wants


def _row_cells(
    picture: QueuePicture, row: QueueRow, lanes: tuple[Lane, ...], y: float, most: int
) -> Iterator[Cell]:
    for lane in lanes:
        if units := _of_row(picture, row, lane):
            width = LEAST + (BAR - LEAST) * units / most
            pin = " pinned" if _is_pinned(row, lane) else ""
            says = f"{row.order}: {number(units)}{pin} {_from(lane)}"
            tone = _tone(lane, is_idle=bool(row.waits_with(picture.facts.there)))
            yield Cell(lane.x + 8, y, round(width, 1), f"{number(units)}{pin}", tone, says)
        elif lane.supply and any(pin.supply == lane.supply.id for pin in row.late_pins):
            says = f"{row.order} is pinned to {lane.title}, which has no date ahead"
            yield Cell(lane.x + 8, y, LEAST, "pinned, late", lane.tone, says)


def _from(lane: Lane) -> str:
    if lane.key == STOCK:
        return "from stock"
    return "with nothing tied to it" if lane.key == NOTHING else f"from {lane.title}"


def _tone(lane: Lane, *, is_idle: bool) -> str:
    return "held" if lane.key == STOCK and is_idle else lane.tone


def _of_row(picture: QueuePicture, row: QueueRow, lane: Lane) -> int:
    if lane.key == STOCK:
        return row.held_at(picture.facts.there)
    if lane.key == NOTHING:
        return row.uncovered
    if lane.supply is not None:
        return row.on(lane.supply.id)
    drawn = {one.id for one in picture.supplies}
    return sum(peg.units for peg in row.pegs if peg.supply not in drawn)


def _is_pinned(row: QueueRow, lane: Lane) -> bool:
    if lane.supply is None:
        return False
    return any(peg.pinned for peg in row.pegs if peg.supply == lane.supply.id)


def _band_cells(picture: QueuePicture, lanes: tuple[Lane, ...], y: float) -> Iterator[Cell]:
    bands = [(lane, band_of(picture, lane)) for lane in lanes]
    most = max((band.units for _, band in bands), default=1)
    for lane, band in bands:
        if band.units:
            width = LEAST + (LANE - 16 - LEAST) * band.units / most
            orders = orders_of(band)
            says = f"All others: {number(band.units)} {_from(lane)}"
            text = f"{number(band.units)}, {orders}" if orders else number(band.units)
            yield Cell(lane.x + 8, y, round(width, 1), text, _tone(lane, is_idle=True), says)


def band_of(picture: QueuePicture, lane: Lane) -> Band:
    """Who is not drawn one by one, of those who get something from a lane."""
    if lane.key == STOCK:
        return picture.band_held
    if lane.key == NOTHING:
        return picture.band_uncovered
    return picture.bands[lane.supply.id] if lane.supply else picture.band_elsewhere


def orders_of(band: Band, what: str = "order") -> str:
    """How many orders a band stands for."""
    if band.orders is None:
        return ""
    return counted(band.orders, what, at_least=band.at_least)
