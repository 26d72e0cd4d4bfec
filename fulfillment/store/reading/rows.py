"""From rows to views: what a statement read, as the frozen dataclass that says what it is.

The names of its columns are the names of the fields; a column of JSON holds what is nested. So a
field is written down once, at the view, and a statement that lacks one fails where it is read.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from fulfillment.store.transactions.session import Command, Store, Tx

View = TypeVar("View")
Reader = Callable[[Any], Any]


def view(kind: type[View], row: Any, **computed: Any) -> View:
    """A view whose fields are columns of the row, but for those that are computed.

    The row may be a mapping too, such as an object of JSON. What the view does not name is left
    out; a column that is missing is a KeyError or an AttributeError.
    """
    found = row.__getitem__ if isinstance(row, Mapping) else partial(getattr, row)
    known: Any = kind
    stored = {name: read(found(name)) for name, read in _readers(known) if name not in computed}
    return kind(**stored, **computed)


def rows_as(kind: type[View]) -> Callable[[Any], View]:
    """Makes a view of each row."""
    return partial(view, kind)


def execute_as(
    kind: type[View], store: Store, command: Command, body: Callable[[Tx], View]
) -> View:
    """Do a command that answers with a view; done before, it answers with what it answered then."""
    return view(kind, store.execute(command, lambda tx: fields_of(body(tx))))


def fields_of(found: Any) -> dict[str, Any]:
    """A view as a command's answer is stored: its fields by name, and so what is nested."""
    return asdict(found)


@cache
def _readers(kind: Any) -> tuple[tuple[str, Reader], ...]:
    """How each field of a view is made of what is stored."""
    hints = get_type_hints(kind)
    return tuple((field.name, _reader(hints[field.name])) for field in fields(kind))


def _reader(hint: Any) -> Reader:
    if get_origin(hint) in {Union, UnionType}:
        return _optional(hint)
    if get_origin(hint) is tuple:
        return partial(_all, _reader(get_args(hint)[0]))
    if get_origin(hint) is dict:
        return partial(_by_name, *map(_reader, get_args(hint)))
    if isinstance(hint, type) and is_dataclass(hint):
        return partial(_nested, hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return READERS.get(hint, _as_it_is)


def _optional(hint: Any) -> Reader:
    """A value or null; of several types it is taken as it is."""
    (first, *others) = (part for part in get_args(hint) if part is not NoneType)
    read = _as_it_is if others else _reader(first)
    return lambda value: None if value is None else read(value)


def _all(read: Reader, values: Any) -> tuple[Any, ...]:
    """What is aggregated of no row is null to SQL, and empty here."""
    return tuple(read(value) for value in values or ())


def _by_name(name: Reader, read: Reader, values: Any) -> dict[Any, Any]:
    return {name(key): read(value) for key, value in values.items()}


def _nested(kind: Any, value: Any) -> Any:
    return value if isinstance(value, kind) else view(kind, value)


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _as_it_is(value: Any) -> Any:
    return value


READERS: Mapping[Any, Reader] = {int: int, datetime: _moment, date: _day, UUID: _uuid}
"""What the driver, or JSON, tells otherwise: a sum is a Decimal, a moment may be text."""
