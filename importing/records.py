"""CSV records, each bad one by itself: a quote that is not closed takes no other row with it."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MOST_OF_A_LINE = 1_000_000
MOST_OF_A_RECORD = 131_072
"""Characters: so far a quote that is not closed is looked for, and no further."""

MARK = "\ufeff"
QUOTE = '"'


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row as they are, and the line it begins on.

    `fault` says why it is no row; `cells` are then what there is of it, and `raw` is its text.
    """

    line: int
    cells: tuple[str, ...]
    fault: str | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    is_cut: bool = False


class Records:
    """The records of a file; `width` is the number of cells they should have, once it is known.

    What is well-formed (RFC 4180) is one record, also over several lines. What is not, or has
    swallowed rows and so too many or too few cells, is refused by its first line alone, and
    reading goes on with the next one.
    """

    def __init__(self, file: IO[str], delimiter: str) -> None:
        self.width: int | None = None
        self._file, self._delimiter = file, delimiter
        self._ahead: deque[_Line] = deque()
        self._number = 0

    def __iter__(self) -> Iterator[Row]:
        """Every record, empty ones included."""
        while line := self._take():
            if line.is_cut:
                yield self._bad(line, f"is longer than {MOST_OF_A_LINE:,} characters")
            elif QUOTE in line.text:
                yield from self._quoted(line)
            else:
                yield Row(line.number, self._split(line.text), raw=line.text)

    def _take(self) -> _Line | None:
        """The next line; what is too long to be one is cut, and the rest of it passed over."""
        if self._ahead:
            return self._ahead.popleft()
        text = part = self._file.readline(MOST_OF_A_LINE)
        if not text:
            return None
        self._number += 1
        while len(part) == MOST_OF_A_LINE and part[-1] not in "\r\n":
            part = self._file.readline(MOST_OF_A_LINE)
        # Files that were put behind each other have the mark of each in the middle.
        return _Line(self._number, text.lstrip(MARK), is_cut=part is not text)

    def _quoted(self, first: _Line) -> Iterator[Row]:
        taken = [first]
        try:
            lines = self._following(taken)
            cells = next(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            reason = _reason(error, taken)
            cells = []
        else:
            reason = "" if self._is_balanced(taken) else NOT_CLOSED
        is_doubtful = self._is_doubtful(taken)
        if reason or (is_doubtful and len(cells) != self.width):
            self._ahead.extendleft(reversed(taken[1:]))
            yield self._bad(first, reason or NOT_CLOSED)
        elif is_doubtful:
            yield from (self._bad(line, _doubt(taken)) for line in taken)
        else:
            yield Row(first.number, tuple(cells), raw="".join(line.text for line in taken))

    def _following(self, taken: list[_Line]) -> Iterator[str]:
        """The text of the first line taken and of those behind it, as they are asked for."""
        yield taken[0].text
        size = len(taken[0].text)
        while size < MOST_OF_A_RECORD and (line := self._take()):
            if line.is_cut:
                self._ahead.appendleft(line)
                return
            taken.append(line)
            size += len(line.text)
            yield line.text

    def _is_balanced(self, lines: list[_Line]) -> bool:
        """Whether as many quotes close as open, where any cell is quoted.

        So one that is not closed is found though a quote of a later cell or row closes it by
        chance. Where no cell is quoted, a quote is an inch mark.
        """
        text = lines[0].text
        is_quoted = text.startswith(QUOTE) or self._delimiter + QUOTE in text
        return not is_quoted or sum(line.text.count(QUOTE) for line in lines) % 2 == 0

    def _is_doubtful(self, lines: list[_Line]) -> bool:
        """Whether a cell over several lines looks as if it had swallowed rows.

        Two quotes that are missing in two rows make one well-formed cell of all between them. To
        take rows out of the cell of a well-formed row would be worse than to refuse them: who
        writes a note with a line break could write an order.
        """
        if len(lines) == 1 or not self.width or self.width == 1:
            return False
        first, *between, last = lines
        inside = [line for line in between if QUOTE not in line.text.replace(QUOTE * 2, "")]
        return any(len(self._split(line.text)) == self.width for line in inside) or (
            self._cells_of(first, begins_inside=False) == self.width
            and self._cells_of(last, begins_inside=True) == self.width
        )

    def _cells_of(self, line: _Line, *, begins_inside: bool) -> int:
        """How many cells a line would have as a row, if the cell that goes on had lost its quote.

        What lies between two quotes of the line itself is one cell, whatever is in it.
        """
        parts = line.text.replace(QUOTE * 2, "").split(QUOTE)
        goes_on = 0 if begins_inside else len(parts) - 1
        return 1 + sum(
            part.count(self._delimiter)
            for index, part in enumerate(parts)
            if index == goes_on or (index % 2 == 1) == begins_inside
        )

    def _bad(self, line: _Line, reason: str) -> Row:
        return Row(line.number, self._split(line.text), reason, line.text)

    def _split(self, text: str) -> tuple[str, ...]:
        """The cells of a line whose quotes mean nothing."""
        return tuple(text.rstrip("\r\n").split(self._delimiter))


NOT_CLOSED = "opens a quote that is not closed"


def _reason(error: csv.Error, taken: list[_Line]) -> str:
    if len(taken) > 1 or "end of data" in str(error):
        return NOT_CLOSED
    if "field larger" in str(error):
        return f"has a cell of more than {csv.field_size_limit():,} characters"
    return "has a quote inside a quoted cell that is not written twice"


def _doubt(lines: list[_Line]) -> str:
    return (
        f"lies in a cell from line {lines[0].number} to line {lines[-1].number} that holds what"
        " looks like rows: close its quote, or write the cell on one line"
    )
