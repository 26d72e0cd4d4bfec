"""Lists as parameters of statements: one text for all of it, and no type for the driver to find.

The driver looks at each element, asks how it is written, and searches it for what has to be quoted;
lists of thousands of ids took longer than their statements. Statements say themselves what a list
is of (`CAST(:ids AS bigint[])`, `= ANY(:ids)`), so that it goes as a literal of no type.
"""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Any

from psycopg import DataError
from psycopg.adapt import Dumper

NUL = "PostgreSQL text fields cannot contain NUL (0x00) bytes"


class ListDumper(Dumper):
    """Writes a list as the literal of an array."""

    def dump(self, obj: Any) -> bytes:
        """The literal, for instance `{1,2,3}`."""
        return literal(obj).encode()


def literal(values: Sequence[Any]) -> str:
    """A list of numbers, texts, dates, truths or nothing, as PostgreSQL reads an array."""
    kinds = set(map(type, values))
    if kinds <= {int}:
        return "{" + ",".join(map(str, values)) + "}"
    if all(issubclass(kind, str) for kind in kinds):
        return _of_texts(values)
    return "{" + ",".join(map(_element, values)) + "}"


def _of_texts(values: Sequence[str]) -> str:
    """All of them at once: they are joined by what none of them may hold, and quoted together."""
    joined = "\0".join(values)
    if joined.count("\0") >= len(values):
        raise DataError(NUL)
    return '{"' + _escaped(joined).replace("\0", '","') + '"}'


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, (list, tuple)):
        return literal(value)
    return str(value)


def _quoted(value: str) -> str:
    if "\0" in value:
        raise DataError(NUL)
    return '"' + _escaped(value) + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
