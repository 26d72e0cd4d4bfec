"""What the commands print: tables for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.blocks import Block, Column, Grid, Line

console = Console()

GAP = 1
"""Empty columns before each column of a table."""

LEAST = 8
"""What a column that folds is left at least, if its longest word is longer."""


def print_json(answer: object) -> None:
    """Plain data, with dates as ISO 8601."""
    text = json.dumps(answer, default=_plain, indent=2, ensure_ascii=False)
    console.print(text, soft_wrap=True, highlight=False, markup=False)


def print_row(answer: object) -> None:
    """The same on one line, at once: for programs that read line by line."""
    text = json.dumps(answer, default=_plain, ensure_ascii=False)
    console.print(text, soft_wrap=True, highlight=False, markup=False)
    console.file.flush()


def print_blocks(blocks: Iterable[Block]) -> None:
    """Lines and grids, one after the other, as wide as the terminal is."""
    for block in blocks:
        drawn = _line(block) if isinstance(block, Line) else draw(block, console.width)
        console.print(drawn, highlight=False)


def table(title: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> RenderableType:
    """A table of what is short: nothing is folded but what is called a reason."""
    columns = tuple(Column(name, name, folds=name in ("why", "reason")) for name in names)
    return draw(Grid(title, columns, tuple(rows)), console.width)


def draw(grid: Grid, width: int) -> RenderableType:
    """The grid as a table where it fits; else each row by itself, a line for each cell.

    Nothing is cut off, and only what may fold does.
    """
    cells = [[text_of(cell) for cell in row] for row in grid.rows]
    least = [_least(column, at, cells) for at, column in enumerate(grid.columns)]
    if sum(least) + (GAP + 1) * len(least) <= width:
        return _table(grid, cells, least)
    return _records(grid, cells)


def text_of(value: object) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(text_of(part) for part in value)
    return str(value)


def _least(column: Column, at: int, cells: Sequence[Sequence[str]]) -> int:
    """How narrow a column may be."""
    title = max(map(len, column.title.split()), default=0)
    if column.folds:
        longest = max((len(word) for row in cells for word in row[at].split()), default=0)
        return max(title, min(longest, max(LEAST, title)), 1)
    return max([title, *(len(line) for row in cells for line in row[at].split("\n"))])


def _table(grid: Grid, cells: Sequence[Sequence[str]], least: Sequence[int]) -> Table:
    drawn = Table(
        title=Text(grid.title), title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0, 0, GAP)
    )
    for column, width in zip(grid.columns, least, strict=True):
        title = column.title if column.folds else _stacked(column.title, width)
        drawn.add_column(
            Text(title),
            justify="right" if column.number else "left",
            overflow="fold",
            no_wrap=not column.folds,
            min_width=width,
        )
    for row in cells:
        drawn.add_row(*map(Text, row))
    return drawn


def _stacked(title: str, width: int) -> str:
    """A title over several lines where its cells are narrower."""
    return title if len(title) <= width else title.replace(" ", "\n")


def _records(grid: Grid, cells: Sequence[Sequence[str]]) -> Text:
    drawn = Text(f"{grid.title}\n")
    titles = [column.title for column in grid.columns]
    margin = max(map(len, titles), default=0) + 2
    for row in cells:
        for title, cell in zip(titles, row, strict=True):
            if cell:
                told = cell.replace("\n", f"\n{' ' * (margin + 2)}")
                drawn.append(f"\n  {title:{margin}}{told}")
        drawn.append("\n")
    return drawn


def _line(line: Line) -> RenderableType:
    told = Text.assemble((f"{line.term}  ", "cyan") if line.term else "", line.text)
    told.stylize(line.style)
    return Padding(told, (0, 0, 0, line.indent)) if line.indent else told


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
