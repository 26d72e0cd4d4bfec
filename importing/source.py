"""A table bound to a mapping: each row as the fields of its kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from importing.errors import UnfitFileError
from importing.mapping import Sheet, template_columns
from importing.record_types import LINES_OF, Kind
from importing.records import Row
from importing.table import Table
from importing.values import BadValueError, Formats, Read

Values = Mapping[str, object]
Scalar = str | int | bool
"""A constant of a mapping file."""


class BadCellError(Exception):
    """A row that can not be taken: the column at fault, if it is one, and the reason."""

    def __init__(self, column: str | None, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class _Bound:
    """One field: how its text is found in a row, how it is read, and how it is called."""

    field: str
    title: str
    text: Callable[[tuple[str, ...]], str]
    read: Read


class Source:
    """The rows of one file as one kind. Raises UnfitFileError where the two do not fit."""

    def __init__(
        self,
        kind: Kind,
        sheet: Sheet,
        table: Table,
        formats: Formats,
        *,
        has_lines: bool = False,
    ) -> None:
        """Bind the columns; `has_lines` says that each row is a line and repeats its head."""
        self.kind, self.sheet, self.table, self.formats = kind, sheet, table, formats
        self.has_lines = has_lines
        self._not_taken = kind.left_to_lines if has_lines else frozenset()
        self._bound = {bound.field: bound for bound in self._bind()}
        for field in sorted(kind.required - set(self._bound)):
            raise self._not_given(repr(field), field)
        if kind.one_of and not set(kind.one_of) & set(self._bound):
            raise self._not_given(" or ".join(map(repr, kind.one_of)), kind.one_of[0])
        self._constants = {
            name: self._constant(name, value) for name, value in sheet.constants.items()
        }

    def _not_given(self, what: str, field: str) -> UnfitFileError:
        return UnfitFileError(
            f"{self.table.path}: no column gives the {what} of {self.kind.title}; the file has:"
            f" {', '.join(self.table.header)} (say --map {field}=COLUMN, or map it in the"
            " mapping file)"
        )

    @property
    def file(self) -> str:
        """The file's name."""
        return self.table.name

    @property
    def kinds(self) -> str:
        """What its rows are, and so are imported as again: where each is both, head and line."""
        if not self.has_lines:
            return self.kind.name
        both = next(pair for pair in LINES_OF.items() if self.kind.name in pair)
        return " ".join(both)

    def takes(self, row: Row) -> bool:
        """Whether a row is of this kind: one that was refused before says what it is."""
        told = self.table.refused_before(row).get("refused_as")
        return not told or self.kind.name in told.split()

    @property
    def first_file(self) -> str:
        """The name of its file, or of the one that its rows were refused in before."""
        rows = (row for row in self.table.rows() if self.takes(row))
        told = (self.table.refused_before(row).get("refused_in") for row in rows)
        return next(told, None) or self.file

    @property
    def columns_read(self) -> frozenset[str]:
        """The columns that give something, or that are the lines' where each row is both."""
        mapped = {*self.sheet.columns.values()}
        for template in self.sheet.templates.values():
            mapped |= {*template_columns(template)}
        known = {title for title in self.table.header if self.kind.reader_of(title)}
        return frozenset(mapped | known)

    def column_of(self, field: str) -> str:
        """The column that gives a field, as it is told to people."""
        bound = self._bound.get(field)
        return bound.title if bound else field

    def has(self, field: str) -> bool:
        """Whether anything gives this field."""
        return field in self._bound

    def read(self, row: Row) -> Values:
        """The row's fields; those whose cell is empty are left out."""
        if row.fault:
            raise BadCellError(None, row.fault)
        found = dict(self._constants)
        for bound in self._bound.values():
            if bound.field in self.sheet.constants:
                continue
            value = self._value(bound, row)
            if value is not None:
                found[bound.field] = value
        return found

    def number_of(self, row: Row) -> str | None:
        """The document that a row belongs to, if that much can be read of it, be it a bad one."""
        if row.fault:
            row = replace(row, cells=tuple(cell.strip('" ') for cell in row.cells))
        try:
            value = self._value(self._bound["number"], row)
        except (BadCellError, IndexError):
            return None
        return str(value)

    def is_sure_of_number(self, row: Row) -> bool:
        """Whether what stands for the number is it: a cell too few or too many moves the others.

        The first cell has none before it that could be missing.
        """
        return not row.fault or self._bound["number"].title == self.table.header[0]

    def _value(self, bound: _Bound, row: Row) -> object:
        text = bound.text(row.cells)
        lookup = self.sheet.lookups.get(bound.field)
        if text and lookup is not None:
            if text not in lookup:
                raise BadCellError(bound.title, "is nothing that the mapping's lookup knows")
            text = lookup[text]
        if not text and bound.field in self.kind.required:
            raise BadCellError(bound.title, "is empty")
        try:
            return bound.read(text, self.formats) if text else None
        except BadValueError as error:
            raise BadCellError(bound.title, str(error)) from None

    def _bind(self) -> Iterator[_Bound]:
        for field, column in self.sheet.columns.items():
            yield self._of_column(field, column)
        for field, template in self.sheet.templates.items():
            yield self._of_template(field, template)
        for field, value in self.sheet.constants.items():
            plain = _plain(value)
            yield _Bound(field, field, lambda _, plain=plain: plain, self._reader(field))  # type: ignore[misc]
        taken = {*self.sheet.given, *self._not_taken}
        for column in dict.fromkeys(self.table.header):
            if self.kind.reader_of(column) and column not in taken:
                yield self._of_column(column, column)

    def _of_column(self, field: str, column: str) -> _Bound:
        index = self._index(column, field)
        return _Bound(field, column, lambda cells: cells[index], self._reader(field))

    def _of_template(self, field: str, template: str) -> _Bound:
        indexes = {name: self._index(name, field) for name in template_columns(template)}

        def text(cells: tuple[str, ...]) -> str:
            parts = {name: cells[index] for name, index in indexes.items()}
            return template.format_map(parts) if all(parts.values()) else ""

        return _Bound(field, " and ".join(indexes) or field, text, self._reader(field))

    def _index(self, column: str, field: str) -> int:
        index = self.table.column(column)
        if index is None:
            raise UnfitFileError(
                f"{self.table.path} has no column {column!r} (for the {field!r} of"
                f" {self.kind.title}); it has: {', '.join(self.table.header)}"
            )
        return index

    def _reader(self, field: str) -> Read:
        reader = self.kind.reader_of(field)
        if reader is None:
            known = self.kind.known_fields
            raise UnfitFileError(f"{self.kind.title} have no field {field!r}; they have: {known}")
        return reader

    def _constant(self, field: str, value: Scalar) -> object:
        try:
            return self._reader(field)(_plain(value), self.formats)
        except BadValueError as error:
            raise UnfitFileError(f"the constant {field} of {self.kind.title} {error}") from error


def _plain(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
