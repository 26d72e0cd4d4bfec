"""An order book shaped like five weeks of a gift wholesaler; the same for the same seed.

Its shape was read off a public order history (UCI Machine Learning Repository, Online Retail,
D. Chen, 2015), December 2010 and early January 2011. Nothing else of that is in here.
"""

import csv
import gzip
import io
import itertools
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

ORDERS, LINES, SKUS, DAYS = 1_867, 48_884, 2_500, 25
FIRST_DAY = datetime(2010, 12, 1, 8, tzinfo=UTC)
OPEN_FOR = timedelta(hours=10)

Shape = Sequence[tuple[float, float]]

LINES_OF_ORDERS: Shape = (
    (0, 1), (0.05, 1), (0.1, 1), (0.25, 4), (0.5, 13), (0.75, 26), (0.9, 50), (0.95, 69),
    (0.98, 145), (0.99, 442), (0.995, 536), (1, 674),
)  # fmt: skip
"""Which share of the orders has up to so many lines."""

ORDERS_OF_SKUS: Shape = (
    (0, 277), (0.01, 117), (0.05, 62), (0.1, 42), (0.25, 22), (0.5, 9), (0.75, 3), (0.9, 1), (1, 1),
)  # fmt: skip
"""Which share of the SKUs is in more orders than so many."""

UNITS_OF_LINES: Shape = ((0, 1), (0.25, 1), (0.5, 3), (0.75, 8), (0.9, 20), (0.99, 100), (1, 960))


@dataclass(frozen=True, slots=True)
class BookedOrder:
    """One order: when it was placed, and its units by SKU."""

    number: str
    placed_at: datetime
    units: dict[str, int]


def generated(seed: int, share: float = 1.0) -> list[BookedOrder]:
    """The book, in the order in which it was placed; a share of it for a first look."""
    chance = random.Random(seed)
    sizes = _sizes()
    chance.shuffle(sizes)
    sizes = sizes[: max(1, round(len(sizes) * share))]
    skus = [f"G{n:04}" for n in range(1, SKUS + 1)]
    weights = [_at(ORDERS_OF_SKUS, n / (SKUS - 1)) for n in range(SKUS)]
    return [
        BookedOrder(
            f"W-{n + 1:05}",
            _moment(n, len(sizes)),
            {
                sku: round(_at(UNITS_OF_LINES, chance.random()))
                for sku in _some(chance, skus, weights, size)
            },
        )
        for n, size in enumerate(sizes)
    ]


def read(file: Path) -> list[BookedOrder]:
    """The book out of the public file: without what was cancelled, has no units, is no product."""
    units: dict[str, Counter[str]] = {}
    placed: dict[str, datetime] = {}
    with _opened(file) as lines:
        for row in csv.DictReader(lines):
            number, ordered = row["InvoiceNo"].strip(), int(row["Quantity"])
            sku = row["StockCode"].strip().upper()
            if number.startswith("C") or ordered <= 0 or " " in sku:
                continue
            units.setdefault(number, Counter())[sku] += ordered
            placed.setdefault(number, _parsed(row["InvoiceDate"]))
    return [BookedOrder(number, placed[number], dict(units[number])) for number in sorted(units)]


def demand(book: Sequence[BookedOrder]) -> Counter[str]:
    """Units that the book asks for, by SKU."""
    asked: Counter[str] = Counter()
    for order in book:
        asked.update(order.units)
    return asked


def _sizes() -> list[int]:
    """Lines of each order, scaled between the smallest and the largest so that the sum is exact."""
    sizes = [round(_at(LINES_OF_ORDERS, (n + 0.5) / ORDERS)) for n in range(ORDERS)]
    sizes[0], sizes[-1] = 1, 674
    between = [n for n, size in enumerate(sizes) if 4 <= size <= 600]
    left = LINES - sum(sizes)
    while left:
        step = 1 if left > 0 else -1
        for n in between[:: max(1, len(between) // abs(left))][: abs(left)]:
            sizes[n] += step
            left -= step
    return sizes


def _some(
    chance: random.Random, skus: Sequence[str], weights: Sequence[float], size: int
) -> list[str]:
    """So many different SKUs, the popular ones more often."""
    found: dict[str, None] = {}
    while len(found) < size:
        found.update(dict.fromkeys(chance.choices(skus, weights, k=size - len(found))))
    return list(found)


def _at(shape: Shape, share: float) -> float:
    """Between two points of a shape its logarithm is a straight line."""
    for (low, first), (high, last) in itertools.pairwise(shape):
        if share <= high:
            part = (share - low) / (high - low)
            return math.exp(math.log(first) + part * (math.log(last) - math.log(first)))
    return shape[-1][1]


def _moment(n: int, orders: int) -> datetime:
    day, within = divmod(n * DAYS / orders, 1)
    return FIRST_DAY + timedelta(days=int(day) + 2 * (int(day) // 5)) + OPEN_FOR * within


def _opened(file: Path) -> TextIO:
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return io.StringIO(content.decode("utf-8", errors="replace"))


def _parsed(moment: str) -> datetime:
    for form in ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(moment, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    msg = f"InvoiceDate {moment!r} is in no form that is known"
    raise ValueError(msg)


def parts(book: Sequence[BookedOrder], most: int) -> Iterator[Sequence[BookedOrder]]:
    """The book in pieces of so many orders."""
    for n in range(0, len(book), most):
        yield book[n : n + most]
