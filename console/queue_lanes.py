"""The lanes of a queue's picture: what is here, each supply in the order of time, nothing yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from console.words import counted, day, number
from fulfillment.domain.insight.coming_supply import ComingSupply, DateState
from fulfillment.domain.insight.queue_picture import QueuePicture

LANE, BETWEEN, APART = 136, 10, 34
"""How wide a lane is, what lies between two, and what sets those apart that have no date ahead."""

STRETCH = 60
"""What the dated lanes are set apart in all, each, by the days between them."""

LONGEST = 13
"""Letters of a name that a lane, or a row, has room for."""

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
class Shown:
    """What may be told of figures beside the queue: of stock, and of supply."""

    stock: bool
    supply: bool


def short(text: str) -> str:
    """A name as far as there is room for it."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def lanes_of(picture: QueuePicture, shown: Shown) -> Iterator[Lane]:
    """From left to right."""
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
    yield Lane(NOTHING, x, "Nothing yet", ("no dated supply left",), "nothing")


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
    return "now", places or "at no place", f"{counted(on_hand, 'unit')}, {idle}"


def _stock_meters(picture: QueuePicture, x: float) -> tuple[Meter, ...]:
    on_hand = sum(one.on_hand for one in picture.facts.stock)
    held, free = picture.facts.holding.units, picture.free
    parts = ((max(on_hand - held - free, 0), "going"), (held, "held"), (free, "free"))
    return tuple(_meters(x, on_hand, parts))


def _supply_lines(supply: ComingSupply, today: date, shown: Shown) -> Iterator[str]:
    yield when(supply, today)
    yield f"to {supply.location}"
    if shown.supply:
        yield f"{counted(supply.outstanding, 'unit')}, {_left(supply)}"


def _left(supply: ComingSupply) -> str:
    if supply.left >= supply.outstanding:
        return "all left"
    return f"{number(supply.left)} left" if supply.left else "none left"


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
    return "today" if many <= 0 else counted(many, "day")


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
