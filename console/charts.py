"""Charts of the last weeks: where each bar stands, on an axis that begins at zero."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, log10

from console import words
from fulfillment.store.reading.views.past_weeks import WeekView

LETTER = 5.4
"""Room for a letter of the axis."""
RIGHT, TOP, HEIGHT = 318.0, 8.0, 92.0
FILLED = 0.62
"""Of a week's place, how much its bar takes."""

LINES = 4
PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A week: its bar, a mark above it, and what stands below; a gap where nothing is known."""

    x: float
    middle: float
    width: float
    y: float | None
    height: float
    mark: float | None
    begins: date
    orders: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the chart, with its value."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A week in the table behind a chart."""

    week: WeekView
    value: str
    mark: str
    orders: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure over the weeks, drawn and as a table."""

    name: str
    title: str
    says: str
    """How the figure is defined."""
    value: str
    mark: str | None
    counted: str
    left: float
    """Where the axis stands: its labels have room left of it, however long they are."""
    lines: Sequence[Line]
    bars: Sequence[Bar]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one week."""

    x: float
    width: float


Figure = Callable[[WeekView], float | None]
Format = Callable[[float | None], str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a chart shows: the figure, what else is marked, and of how many orders."""

    name: str
    title: str
    says: str
    value: str
    figure: Figure
    counts: Callable[[WeekView], int]
    counted: str
    format: Format
    mark: str | None = None
    marked: Figure = lambda _: None


def share(value: float | None) -> str:
    """A part of one, in per cent."""
    return words.NOTHING if value is None else f"{value * PERCENT:.0f} %"


def days(value: float | None) -> str:
    """Days, with tenths where they tell something."""
    return words.NOTHING if value is None else f"{value:.1f}"


PLANS = (
    Plan(
        "fill-rate",
        "Fill rate",
        "Of the units that the week's orders asked for, the share that stock had when they were"
        " first looked at.",
        "Fill rate",
        lambda week: week.figures.fill_rate,
        lambda week: week.figures.orders,
        "Orders",
        share,
    ),
    Plan(
        "waiting-time",
        "Waiting time",
        "Days after which half of the week's orders had been shipped whole (bar), and nine in ten"
        " (line above). Too early to say: a gap.",
        "Half, days",
        lambda week: week.figures.median_days,
        lambda week: week.figures.orders,
        "Orders",
        days,
        "Nine in ten, days",
        lambda week: week.figures.slow_days,
    ),
    Plan(
        "promise-kept",
        "First promise kept",
        "Of the week's orders whose first promised day is over, the share that had been shipped"
        " whole by then. What is late and not shipped counts as not kept.",
        "Kept",
        lambda week: week.figures.promise_kept,
        lambda week: week.figures.due,
        "Orders due",
        share,
    ),
)


def charts(weeks: Sequence[WeekView]) -> list[Chart]:
    """The three figures over these weeks."""
    return [_chart(plan, weeks) for plan in PLANS]


def _chart(plan: Plan, weeks: Sequence[WeekView]) -> Chart:
    found = [one for week in weeks for one in (plan.figure(week), plan.marked(week))]
    highest = 1.0 if plan.format is share else _round_above(max(filter(None, found), default=1.0))
    steps = [highest * step / LINES for step in range(LINES + 1)]
    lines = [Line(_height(one, highest), _label(plan, one)) for one in steps]
    left = round(8 + LETTER * max(len(line.text) for line in lines), 1)
    slot = (RIGHT - left) / len(weeks)
    return Chart(
        plan.name, plan.title, plan.says, plan.value, plan.mark, plan.counted, left, lines,
        [_bar(plan, week, Slot(left + slot * place, slot), highest)
         for place, week in enumerate(weeks)],
        [
            Row(week, plan.format(plan.figure(week)), plan.format(plan.marked(week)),
                plan.counts(week))
            for week in weeks
        ],
    )  # fmt: skip


def _bar(plan: Plan, week: WeekView, slot: Slot, highest: float) -> Bar:
    value, mark = plan.figure(week), plan.marked(week)
    width = slot.width * FILLED
    middle = slot.x + slot.width / 2
    y = None if value is None else _height(value, highest)
    return Bar(
        round(middle - width / 2, 1),
        round(middle, 1),
        round(width, 1),
        y,
        0.0 if y is None else round(TOP + HEIGHT - y, 1),
        None if mark is None else _height(mark, highest),
        week.begins,
        plan.counts(week),
    )


def _height(value: float, highest: float) -> float:
    return round(TOP + HEIGHT * (1 - value / highest), 1)


def _label(plan: Plan, value: float) -> str:
    return share(value) if plan.format is share else f"{value:g}"


def _round_above(value: float) -> float:
    """The next of 1, 2, 4, 8 times a power of ten: its quarters are short numbers."""
    power = 10.0 ** ceil(log10(max(value, 0.1)) - 1)
    return next(one * power for one in (1, 2, 4, 8, 10) if one * power >= value)
