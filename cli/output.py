"""What the commands print: tables for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any, Literal

from rich import box
from rich.console import Console
from rich.table import Table

console = Console()

NUMBERS = frozenset(
    {
        "units", "ordered", "shipped", "waiting", "allocated", "not yet received", "wanted", "rank",
        "received", "outstanding", "pegged", "free", "coming", "drafted", "to shipments",
        "to shelf", "undistributed", "lines", "closed", "to reorder level", "picked", "left",
        "counted", "difference", "differing", "line count",
    }
)  # fmt: skip

IDENTIFIERS = frozenset({"id", "preset", "status", "ship by", "promised"})
"""Columns that stay on one line: to be copied into the next command, or read at a glance."""


def print_json(answer: object) -> None:
    """Plain data and views of the store, with dates as ISO 8601."""
    console.print(json.dumps(answer, default=_plain, indent=2), soft_wrap=True, highlight=False,
                  markup=False)  # fmt: skip


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A plain table; nothing in a cell is taken for markup, and nothing is cut off."""
    from rich.text import Text

    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1))
    for column in columns:
        justify: Literal["left", "right"] = "right" if column in NUMBERS else "left"
        shown.add_column(column, justify=justify, overflow="fold", no_wrap=column in IDENTIFIERS)
    for row in rows:
        shown.add_row(*(Text(words(cell)) for cell in row))
    return shown


def words(value: object) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(words(part) for part in value)
    return str(value)


def plain(found: Any) -> Any:
    """A view of the store as fields by name; what is plain already stays as it is."""
    return asdict(found) if is_dataclass(found) and not isinstance(found, type) else found


def _plain(value: object) -> object:
    if is_dataclass(value):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value)
