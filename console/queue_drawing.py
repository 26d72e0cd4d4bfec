"""Where the parts of a queue's picture stand: lanes from now to later, rows from first to last."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from console.words import day, number
from fulfillment.domain.insight.queue_picture import (
    Band,
    ComingSupply,
    DateState,
    QueuePicture,
    QueueRow,
)

HEAD, ROW, GAP, BAND = 128, 33, 26, 46
"""Heights, as all that follows in units of the picture."""

LANE, BETWEEN, APART = 136, 10, 34
"""How wide a lane is, what lies between two, and what sets those apart that have no date ahead."""

STRETCH = 60
"""What the dated lanes are set apart in all, each, by the days between them."""

BAR, LEAST = 72, 4
LONGEST = 13
"""Letters of a name that a lane, or a row, has room for."""

GATES: Mapping[str, str] = {
    "first": "not claimed yet",
    "conditional": "takes stock on a condition",
    "closed": "takes no stock by itself",
    "by_hand": "by hand",
}
"""What a line may take by itself, where that is not all that it gets."""

STOCK, OTHER, NOTHING = "stock", "other", "nothing"


@dataclass(frozen=True, slots=True)
class Meter:
    """A part of the bar at the head of a lane."""

    x: float
    width: float
    tone: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A column: what is here, one supply, or nothing yet."""

    key: str
    x: float
    title: str
    lines: tuple[str, ...]
    tone: str
    """How it looks: as what it is, or as the state of the supply's date."""
    supply: ComingSupply | None = None
    meters: tuple[Meter, ...] = ()

    @property
    def centre(self) -> float:
        """Where its dot stands on the line of time."""
        return self.x + LANE / 2

    @property
    def name(self) -> str:
        """Its title, as far as there is room."""
        return short(self.title)

    @property
    def is_in_time(self) -> bool:
        """Whether it stands on the line of time."""
        return self.key == STOCK or self.tone in ("arrived", "dated")


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


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be told of figures beside the queue: of stock, and of supply."""

    stock: bool
    supply: bool


def short(text: str) -> str:
    """A name as far as there is room for it."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def draw(picture: QueuePicture, shown: Shown) -> Drawing:
    """The picture's lanes and strips."""
    lanes = tuple(_lanes(picture, shown))
    strips = tuple(_strips(picture, lanes))
    last = strips[-1] if strips else None
    height = last.y + last.height if last else HEAD + ROW
    return Drawing(lanes[-1].x + LANE + BETWEEN, height, lanes, strips)


# --- lanes ---------------------------------------------------------------------------------------


def _lanes(picture: QueuePicture, shown: Shown) -> Iterator[Lane]:
    x: float = BETWEEN
    yield Lane(STOCK, x, "On hand", _stock_lines(picture, shown), "stock",
               meters=_stock_meters(picture, x) if shown.stock else ())  # fmt: skip
    x += LANE
    last, stretch = picture.facts.today, _stretch(picture)
    for supply in picture.supplies:
        if supply.state is DateState.DATED and supply.expected_on:
            x += BETWEEN + stretch * max((supply.expected_on - last).days, 0)
            last = max(supply.expected_on, last)
        else:
            x += BETWEEN if supply.state is DateState.ARRIVED else APART
        lines = tuple(_supply_lines(supply, picture.facts.today, shown))
        meters = _supply_meters(supply, x) if shown.supply else ()
        yield Lane(str(supply.id), x, _document(supply), lines, str(supply.state), supply, meters)
        x += LANE
    if picture.elsewhere:
        x += APART
        yield Lane(OTHER, x, "Other supply", ("not drawn here",), "other")
        x += LANE
    x += APART
    yield Lane(NOTHING, x, "Nothing yet", ("no supply is left",), "nothing")


def _document(supply: ComingSupply) -> str:
    return supply.document if supply.line in (None, 1) else f"{supply.document} line {supply.line}"


def _stretch(picture: QueuePicture) -> float:
    """How far a day is: the dated lanes share what they are set apart."""
    dated = [one.expected_on for one in picture.supplies if one.state is DateState.DATED]
    days = max(((on - picture.facts.today).days for on in dated if on), default=0)
    return STRETCH * len(dated) / days if days else 0


def _stock_lines(picture: QueuePicture, shown: Shown) -> tuple[str, ...]:
    if not shown.stock:
        return ("now",)
    on_hand = sum(one.on_hand for one in picture.facts.stock)
    places = ", ".join(one.location for one in picture.facts.stock)
    idle = f"{number(picture.idle_units)} idle" if picture.idle_units else "none idle"
    return "now", places or "at no place", f"{_units(on_hand)}, {idle}"


def _stock_meters(picture: QueuePicture, x: float) -> tuple[Meter, ...]:
    on_hand = sum(one.on_hand for one in picture.facts.stock)
    held, free = picture.facts.holding.units, picture.free
    parts = ((max(on_hand - held - free, 0), "going"), (held, "held"), (free, "free"))
    return tuple(_meters(x, on_hand, parts))


def _supply_lines(supply: ComingSupply, today: date, shown: Shown) -> Iterator[str]:
    yield when(supply, today)
    yield f"to {supply.location}"
    if shown.supply:
        yield f"{_units(supply.outstanding)}, {number(supply.left)} left"


def _units(many: int) -> str:
    return f"{number(many)} {'unit' if many == 1 else 'units'}"


def when(supply: ComingSupply, today: date) -> str:
    """When a supply is expected, in a few words."""
    if supply.state is DateState.ARRIVED:
        return "arrived"
    if supply.expected_on is None:
        return "no date"
    if supply.state is DateState.OVERDUE:
        return f"overdue, {day(supply.expected_on)}"
    return f"{day(supply.expected_on)}, {_days((supply.expected_on - today).days)}"


def _days(many: int) -> str:
    return "today" if many <= 0 else f"{many} d"


def _supply_meters(supply: ComingSupply, x: float) -> tuple[Meter, ...]:
    pegged = min(supply.pegged, supply.outstanding)
    return tuple(_meters(x, supply.outstanding, ((pegged, "pegged"), (supply.left, "left"))))


def _meters(x: float, whole: int, parts: Iterable[tuple[int, str]]) -> Iterator[Meter]:
    at, room = x + 8, LANE - 16
    for units, tone in parts:
        if units and whole:
            width = round(room * units / whole, 1)
            yield Meter(at, width, tone)
            at += width


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


def orders_of(band: Band) -> str:
    """How many orders a band stands for."""
    if band.orders is None:
        return ""
    many = f"{number(band.orders)}{'+' if band.at_least else ''}"
    return f"{many} {'order' if band.orders == 1 else 'orders'}"
