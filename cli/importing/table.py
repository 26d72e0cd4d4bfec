"""A CSV file, row by row: any size, the delimiter found, each row with its line number."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from cli.errors import UsageError

DELIMITERS = ",;\t|"
LOOK = 64 * 1024
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row as they are, and the line it begins on.

    `fault` says why it is no row; `cells` are what there is of it.
    """

    line: int
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass
class Table:
    """One CSV file. Raises UsageError when it can not be opened or has no header."""

    path: Path
    encoding: str = "utf-8-sig"
    delimiter: str | None = None
    header: tuple[str, ...] = field(init=False)
    position: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Read the header."""
        with self._opened() as file:
            if self.delimiter is None:
                self.delimiter = _delimiter(file.read(LOOK), self.path)
                file.seek(0)
            first = next((row for row in self._records(file) if any(row.cells)), None)
        if first is None or first.fault:
            raise UsageError(f"{self.path} has no header that can be read")
        self.header = tuple(cell.strip() for cell in first.cells)

    @property
    def name(self) -> str:
        """The file's name, as it is told."""
        return self.path.name

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size

    def column(self, name: str) -> int | None:
        """Where a column is; None where the header has none of that name."""
        found = [index for index, title in enumerate(self.header) if title == name]
        if len(found) > 1:
            raise UsageError(f"{self.path} has {len(found)} columns named {name!r}")
        return found[0] if found else None

    def rows(self) -> Iterator[Row]:
        """Every row below the header that is not empty; `position` tells how far it is read."""
        with self._opened() as file:
            raw = cast("io.BufferedReader", file.buffer)
            records = (row for row in self._records(file) if row.fault or any(row.cells))
            next(records, None)
            for row in records:
                self.position = raw.tell()
                yield self._checked(row)
        self.position = self.size

    def as_mapping(self, row: Row) -> Mapping[str, str]:
        """The row by the names of its columns."""
        return dict(zip(self.header, row.cells, strict=False))

    def _checked(self, row: Row) -> Row:
        """A row with the header's number of cells; blank ones beyond it are nothing."""
        cells = tuple(cell.strip() for cell in row.cells)
        width = len(self.header)
        fault = row.fault
        if not fault and (len(cells) < width or any(cells[width:])):
            fault = f"has {len(cells)} cells where the header has {width}"
        if not fault and any("\0" in cell or not _is_text(cell) for cell in cells):
            fault = f"is not text in {self.encoding.removesuffix('-sig')}"
        return Row(row.line, cells[:width], fault)

    def _opened(self) -> io.TextIOWrapper:
        try:
            raw = self.path.open("rb")
        except OSError as error:
            raise UsageError(f"{self.path} can not be read: {error.strerror}") from error
        if raw.peek(2)[:2] in UTF_16 and self.encoding == "utf-8-sig":
            raw.close()
            raise UsageError(f"{self.path} is written in UTF-16: say --encoding utf-16")
        # A byte that is no text becomes a mark that is found again in its row: one bad row
        # must not stop the others.
        errors = "surrogateescape" if self.encoding.startswith("utf-8") else "replace"
        try:
            return io.TextIOWrapper(raw, self.encoding, errors=errors, newline="")
        except LookupError as error:
            raw.close()
            raise UsageError(f"there is no encoding {self.encoding!r}") from error

    def _records(self, file: io.TextIOWrapper) -> Iterator[Row]:
        reader = csv.reader(file, delimiter=self.delimiter or ",", strict=True)
        while True:
            line = reader.line_num + 1
            try:
                yield Row(line, tuple(next(reader)))
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(line, (), f"can not be read as CSV ({error})")


def _is_text(cell: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" or letter == "\ufffd" for letter in cell)


def _delimiter(start: str, path: Path) -> str:
    """The delimiter that gives the header the most columns."""
    lines = [line for line in start.splitlines() if line.strip()]
    if not lines:
        raise UsageError(f"{path} is empty")
    return max(DELIMITERS, key=lambda sign: (_columns(lines[0], sign), -DELIMITERS.index(sign)))


def _columns(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return 0
