"""A CSV file, row by row: any size, the delimiter found, each row with its line number."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, cast

from importing.errors import UnfitFileError
from importing.records import Records, Row
from importing.refused import WHERE

DELIMITERS = ",;\t|"
LOOK = 64 * 1024
NO_TEXT = re.compile("[\0\ud800-\udfff\ufffd]")
"""A NUL, or the mark of bytes that are no text in the encoding."""

SEPARATOR = re.compile(r'"?sep=(.)"?[;,\t|]*\s*', re.IGNORECASE)
"""The first line by which spreadsheet programs tell each other the delimiter."""

UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass
class Table:
    """One CSV file. Raises UnfitFileError when it can not be opened or has no header.

    `titles` are the columns, each told from the others: `note`, and `note (2)` when again.
    `holds_refused` says that these rows were refused by an import before.
    """

    path: Path
    encoding: str = "utf-8-sig"
    delimiter: str | None = None
    header: tuple[str, ...] = field(init=False)
    titles: tuple[str, ...] = field(init=False)
    holds_refused: bool = field(init=False)
    position: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Read the header. A file of refused rows is read as it was written."""
        if self._is_as_we_wrote_it():
            self.encoding, self.delimiter = "utf-8-sig", ","
        with self._opened() as file:
            if self.delimiter is None:
                self.delimiter = _delimiter(file.read(LOOK), self.path)
                file.seek(0)
            first = next(_told(Records(file, self.delimiter)), None)
        if first is None or first.fault:
            raise UnfitFileError(f"{self.path} has no header that can be read")
        self.header = tuple(cell.strip() for cell in first.cells)
        self.titles = tuple(_told_apart(self.header))
        self.holds_refused = set(WHERE) <= set(self.header)

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
            raise UnfitFileError(f"{self.path} has {len(found)} columns named {name!r}")
        return found[0] if found else None

    def rows(self) -> Iterator[Row]:
        """Every row below the header that is not empty; `position` tells how far it is read."""
        with self._opened() as file:
            raw = cast("io.BufferedReader", file.buffer)
            records = Records(file, self.delimiter or ",")
            rows = _told(records)
            next(rows, None)
            records.width = len(self.header)
            for row in rows:
                self.position = raw.tell()
                yield self._checked(row)
        self.position = self.size

    def as_mapping(self, row: Row) -> Mapping[str, str]:
        """The row by the titles of its columns."""
        return dict(zip(self.titles, row.cells, strict=False))

    def refused_before(self, row: Row) -> Mapping[str, str]:
        """What the columns of a file of refused rows say of a row; nothing in any other file."""
        if not self.holds_refused:
            return {}
        told = self.as_mapping(row)
        return {name: told.get(name, "") for name in WHERE}

    def _checked(self, row: Row) -> Row:
        """A row with the header's number of cells; blank ones beyond it are nothing."""
        cells = tuple(cell.strip() for cell in row.cells)
        width = len(self.header)
        fault = row.fault
        if not fault and cells == self.header:
            fault = "is the header again"
        if not fault and (len(cells) < width or any(cells[width:])):
            fault = f"has {len(cells)} cells where the header has {width}"
        if not fault and NO_TEXT.search(row.raw):
            fault = f"is not text in {self.encoding.removesuffix('-sig')}"
        return Row(row.line, cells[:width], fault, row.raw)

    def _is_as_we_wrote_it(self) -> bool:
        """Whether this is a file of refused rows that no program wrote anew in its own way."""
        end = ",".join(WHERE).encode()
        try:
            with self.path.open("rb") as file:
                return file.readline(LOOK).rstrip().endswith(end) and _is_utf_8(file)
        except OSError:
            return False

    def _opened(self) -> io.TextIOWrapper:
        try:
            raw = self.path.open("rb")
        except OSError as error:
            raise UnfitFileError(f"{self.path} can not be read: {error.strerror}") from error
        if raw.peek(2)[:2] in UTF_16 and self.encoding == "utf-8-sig":
            raw.close()
            raise UnfitFileError(f"{self.path} is written in UTF-16: say --encoding utf-16")
        # A byte that is no text becomes a mark that is found again in its row: one bad row
        # must not stop the others.
        errors = "surrogateescape" if self.encoding.startswith("utf-8") else "replace"
        try:
            return io.TextIOWrapper(raw, self.encoding, errors=errors, newline="")
        except LookupError as error:
            raw.close()
            raise UnfitFileError(f"there is no encoding {self.encoding!r}") from error


def _told(records: Iterable[Row]) -> Iterator[Row]:
    """The rows that say something: not empty, nor a first one that only tells the delimiter."""
    is_first = True
    for row in records:
        if _is_empty(row):
            continue
        if not (is_first and SEPARATOR.fullmatch(row.raw)):
            yield row
        is_first = False


def _is_empty(row: Row) -> bool:
    return not row.fault and not any(cell.strip() for cell in row.cells)


def _is_utf_8(file: IO[bytes]) -> bool:
    try:
        for _ in codecs.iterdecode(iter(partial(file.read, LOOK), b""), "utf-8"):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _told_apart(header: Iterable[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for title in header:
        seen[title] += 1
        yield f"{title} ({seen[title]})" if seen[title] > 1 else title


def _delimiter(start: str, path: Path) -> str:
    """What a first line names, else the delimiter that gives the header the most columns."""
    lines = [line for line in start.splitlines() if line.strip()]
    if not lines:
        raise UnfitFileError(f"{path} is empty")
    if named := SEPARATOR.fullmatch(lines[0]):
        return named.group(1)
    return max(DELIMITERS, key=lambda sign: (_columns(lines[0], sign), -DELIMITERS.index(sign)))


def _columns(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return 0
