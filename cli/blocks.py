"""What a command tells, before it is drawn: lines and grids. `cli.output` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence; `indent` is in columns, `term` stands before it in another colour."""

    text: str
    indent: int = 0
    term: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid: its title, the field of a row that it shows, how it is set.

    A field `a.b` is `b` of `a`. Only a column that `folds` may spread a cell over several lines;
    numbers stand to the right.
    """

    title: str
    field: str
    number: bool = False
    folds: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under titles. A cell is shown whole, whatever the width of the terminal."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]


Block = Line | Grid


def column(field: str, title: str = "") -> Column:
    """A name, a status, a day: shown on one line."""
    return Column(title or field.replace("_", " "), field)


def number(field: str, title: str = "") -> Column:
    """A count."""
    return Column(title or field.replace("_", " "), field, number=True)


def words(field: str, title: str = "") -> Column:
    """A sentence or a list, over several lines where there is no room."""
    return Column(title or field.replace("_", " "), field, folds=True)
