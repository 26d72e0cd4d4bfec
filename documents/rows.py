"""A table of any length, at a cost that grows as its rows do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.lib import colors
from reportlab.platypus import Flowable, Table, TableStyle

RULES = (
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
    ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.grey),
)


@dataclass
class Cells:
    """Titles and rows, each of which is measured once. Sizes are in points.

    A cell that is a text is one line in the letters: their font, size, and distance of lines.
    """

    titles: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    widths: Sequence[float]
    letters: tuple[str, float, float]
    heights: dict[int, float] = field(default_factory=dict)

    def height(self, at: int) -> float:
        """Of a row; of the titles at -1."""
        if at not in self.heights:
            row = self.rows[at] if at >= 0 else self.titles
            _, self.heights[at] = self._table([row]).wrap(0, 0)
        return self.heights[at]

    def page(self, first: int, last: int) -> Table:
        """The titles, and the rows from the first to the one before the last."""
        heights = [self.height(at) for at in (-1, *range(first, last))]
        return self._table([self.titles, *self.rows[first:last]], heights)

    def _table(self, rows: Sequence[Any], heights: Sequence[float] | None = None) -> Table:
        style = TableStyle([*RULES, ("FONT", (0, 0), (-1, -1), *self.letters)])
        return Table(list(rows), self.widths, heights, hAlign="LEFT", style=style)


class Rows(Flowable):  # type: ignore[misc] # the library has no types
    """Rows that go on over pages, each of which repeats the titles.

    The library's own table copies and measures all rows that are left anew at each page; here a
    page is a table of its own.
    """

    def __init__(self, cells: Cells, first: int = 0) -> None:
        """Those from the first row on."""
        super().__init__()
        self.hAlign = "LEFT"
        self._cells, self._first = cells, first

    def wrap(self, _width: float, height: float) -> tuple[float, float]:
        """Width and height; a height beyond what is there stands for all that does not fit."""
        last, used = self._reach(height)
        fits = last == len(self._cells.rows)
        return sum(self._cells.widths), used if fits else max(used, height) + 1

    def split(self, _width: float, height: float) -> list[Flowable]:
        """What fits, and the rest; nothing where not one row fits."""
        last, _ = self._reach(height)
        if last == self._first:
            return []
        return [self._cells.page(self._first, last), Rows(self._cells, last)]

    def draw(self) -> None:
        """All that is left, which fits."""
        page = self._cells.page(self._first, len(self._cells.rows))
        page.wrapOn(self.canv, 0, 0)
        page.drawOn(self.canv, 0, 0)

    def _reach(self, height: float) -> tuple[int, float]:
        """The row before which the height is used up, and how much of it is used."""
        used, at = self._cells.height(-1), self._first
        while at < len(self._cells.rows) and used + self._cells.height(at) <= height:
            used += self._cells.height(at)
            at += 1
        return at, used
