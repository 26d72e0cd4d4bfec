"""How answers are shown: lists, sheets, lines. What one group needs is beside its commands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cli.blocks import Block, Column, Grid, Line
from cli.client.table import Answer, View

Row = Mapping[str, Any]


def listing(what: str, *columns: Column) -> View:
    """A list's rows, under how many there are."""

    def view(answer: Answer, _: Row) -> Iterable[Block]:
        yield grid(f"{len(answer['items'])} {what}", columns, answer["items"])

    return view


def sheet(head: str, facts: Mapping[str, str], *columns: Column, rows: str = "lines") -> View:
    """A thing: a line with what is known of it, and its lines.

    `head` is filled with its fields and the path's parts; `facts` says which fields are told, and
    after which word.
    """

    def view(answer: Answer, arguments: Row) -> Iterable[Block]:
        known = told(answer, facts)
        title = head.format(**{**arguments, **answer})
        yield Line(f"{title}: {known}" if known else title)
        if columns and answer[rows]:
            yield grid(rows.capitalize(), columns, answer[rows])

    return view


def saying(sentence: Callable[[Answer, Row], str]) -> View:
    """One line."""

    def view(answer: Answer, arguments: Row) -> Iterable[Block]:
        yield Line(sentence(answer, arguments))

    return view


def grid(title: str, columns: Sequence[Column], rows: Iterable[Row]) -> Grid:
    """Rows as cells."""
    return Grid(title, columns, [[cell(row, column.field) for column in columns] for row in rows])


def cell(row: Row, field: str) -> object:
    """What a row has at `a.b`, as a person writes it."""
    value: Any = row
    for part in field.split("."):
        value = value[part] if value is not None else None
    if isinstance(value, dict):
        return ", ".join(f"{units} {word}" for word, units in value.items())
    if isinstance(value, list):
        return ", ".join(_one(each) for each in value)
    return moment(value) if isinstance(value, str) else value


def _one(value: Any) -> str:
    """A part of a list: units of a SKU, units by a day, or the value itself."""
    if isinstance(value, dict) and "units" in value:
        name = next((value[key] for key in ("sku", "order", "number") if key in value), None)
        return f"{name} ({value['units']})" if name else f"{value['units']} on {value['on']}"
    return str(value)


def moment(text: str) -> str:
    """An instant to the minute; any other text as it is."""
    is_instant = len(text) > len("2026-03-31T12:00") and text[10:11] == "T" and text[4:5] == "-"
    return text[:16].replace("T", " ") if is_instant else text


def told(answer: Row, facts: Mapping[str, str]) -> str:
    """What is known of a thing, in a few words; what it has no value for is left out."""
    known = ((word, cell(answer, field)) for field, word in facts.items())
    return ", ".join(f"{word} {value}".strip() for word, value in known if value)
