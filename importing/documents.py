"""Documents with lines: joined, and taken or refused as a whole."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from fulfillment.domain.model.refusals import RefusedError
from importing.records import Row
from importing.run import Run
from importing.source import BadCellError, Source, Values
from importing.spool import Document, Piece, Spool
from importing.strays import Strays

Built = TypeVar("Built")

FIELD = re.compile(r"lines\[(?P<line>\d+)\]\.(?P<field>\w+)")
"""How a refusal names a field of a line."""


class BadDocumentError(Exception):
    """A document that can not be taken: which of its rows is at fault (none: its head), and why."""

    def __init__(self, part: int | None, column: str | None, reason: str) -> None:
        self.part, self.column, self.reason = part, column, reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Built]):
    """A document and what was made of it."""

    document: Document
    built: Built


@dataclass
class Join(Generic[Built]):
    """Reads heads and lines, from two files or from one, and makes documents of them."""

    run: Run
    heads: Source
    parts: Source
    rank: Callable[[Values], str]
    build: Callable[[Document], Built]
    _first: tuple[str, int, Values] | None = None

    @property
    def one_file(self) -> bool:
        """Whether each row holds a line and repeats its head."""
        return self.heads.has_lines

    def batches(self, spool: Spool, size: int) -> Iterator[list[Candidate[Built]]]:
        """The documents that could be made; the others are refused."""
        self._read_heads(spool)
        self._read_parts(spool)
        title = f"{self.heads.kind.title} in"
        bar = self.run.progress.add_task(title, total=spool.heads)
        for documents in spool.batches(size):
            yield [made for document in documents if (made := self._made(document))]
            self.run.progress.advance(bar, len(documents))
        for piece in spool.orphans():
            if piece.good:
                reason = f"is not in {self.heads.file}"
                column = self.parts.column_of("number")
                self.run.report.refuse(self.parts, piece.row, column, reason)

    def refuse(self, document: Document, fault: BadDocumentError) -> None:
        """Refuse every row of a document; only the one at fault is told."""
        cause = document.head if fault.part is None else document.parts[fault.part]
        source = self.heads if fault.part is None else self.parts
        self.run.report.refuse(source, cause.row, fault.column, fault.reason)
        self._refuse_rest(document, f"{source.file}:{cause.row.line} is refused", cause)

    def taken(self, document: Document, outcome: str) -> None:
        """Count a document and its lines as `new` or `there`."""
        for source, rows in ((self.heads, 1), (self.parts, len(document.parts))):
            count = self.run.report.count(source)
            setattr(count, outcome, getattr(count, outcome) + rows)

    def values_of(self, document: Document) -> tuple[Values, list[Values]]:
        """The fields of a good document's head and of its lines."""
        lines = [self.parts.read(piece.row) for piece in document.parts]
        return self.heads.read(document.head.row), lines

    def _made(self, document: Document) -> Candidate[Built] | None:
        if not document.good:
            self._refuse_rest(document, "another row of it is refused", None)
            return None
        try:
            return Candidate(document, self.build(document)) if self._has_lines(document) else None
        except BadDocumentError as fault:
            self.refuse(document, fault)
            return None

    def _has_lines(self, document: Document) -> bool:
        """Where lines of zero units are skipped, a document may have none left."""
        if document.parts:
            return True
        if not self.heads.sheet.skip_zero:
            column = self.heads.column_of("number")
            raise BadDocumentError(None, column, f"has no lines in {self.parts.file}")
        self.run.report.count(self.heads).skipped += 1
        return False

    def _refuse_rest(self, document: Document, reason: str, cause: Piece | None) -> None:
        pieces = [(self.heads, document.head), *((self.parts, part) for part in document.parts)]
        for source, piece in pieces:
            if piece.good and piece is not cause:
                self.run.report.refuse(source, piece.row, None, reason, silent=True)

    def _read_heads(self, spool: Spool) -> None:
        count = self.run.report.count(self.heads)
        for row in self.run.rows(self.heads):
            number = self.heads.number_of(row)
            try:
                rank = self.rank(self.heads.read(row))
                if spool.add_head(str(number), rank, Piece(row, good=True)):
                    count.rows += 1
                else:
                    self._check_again(spool, str(number), row)
            except BadCellError as error:
                self._refuse_head(spool, number, row, error)

    def _check_again(self, spool: Spool, number: str, row: Row) -> None:
        """A head that is there already must be the same one, told once for each of its lines."""
        if not self.one_file:
            reason = f"is there already in line {spool.head(number).row.line}"
            raise BadCellError(self.heads.column_of("number"), reason)
        if self._first is None or self._first[0] != number:
            self._first = (number, *self._readable(spool.head(number)))
        _, line, told = self._first
        again = self.heads.read(row)
        for name in sorted({*told, *again}) if told else ():
            if told.get(name) != again.get(name):
                reason = f"differs from line {line} of the same document"
                raise BadCellError(self.heads.column_of(name), reason)

    def _readable(self, first: Piece) -> tuple[int, Values]:
        """The fields of a first head; none where it could not be read."""
        can_be_read = first.good or first.spoiled
        return first.row.line, self.heads.read(first.row) if can_be_read else {}

    def _refuse_head(
        self, spool: Spool, number: str | None, row: Row, error: BadCellError
    ) -> None:  # fmt: skip
        """A second row of a number spoils its document only where it is part of it."""
        count = self.run.report.count(self.heads)
        first = number is None or spool.add_head(number, "", Piece(row, good=False))
        if first or not self.one_file:
            count.rows += 1
            self.run.report.refuse(self.heads, row, error.column, error.reason)
            return
        if number and spool.head(number).good:
            spool.spoil(number)
            count.refused += 1
        self.run.report.blame(self.heads, row, error.column, error.reason)

    def _read_parts(self, spool: Spool) -> None:
        count = self.run.report.count(self.parts)
        strays = Strays()
        for row in self.run.rows(self.parts):
            count.rows += 1
            try:
                told = self.parts.read(row)
            except BadCellError as error:
                self.run.report.refuse(self.parts, row, error.column, error.reason)
                number = self.parts.number_of(row)
                if not number or not self.parts.is_sure_of_number(row):
                    strays.pass_bad(row, number)
                if number:
                    spool.add_part(number, Piece(row, good=False))
                continue
            strays.pass_good(str(told["number"]))
            if self.parts.sheet.skip_zero and not told.get("units"):
                count.skipped += 1
                continue
            spool.add_part(str(told["number"]), Piece(row, good=True))
        strays.add_to(spool)


def numbered(lines: Sequence[Values], parts: Source) -> list[int]:
    """The lines' own numbers, or 1, 2, 3 where the file has none.

    Raises BadDocumentError for a number that is there twice, and without numbers for a SKU that
    is, unless the mapping says that SKUs repeat: it can not be told from a row written twice.
    """
    own = parts.has("line") or parts.sheet.skus_repeat
    seen: set[object] = set()
    numbers = []
    for index, line in enumerate(lines):
        number = line.get("line", index + 1)
        identity = number if own else line["sku"]
        if identity in seen:
            column = parts.column_of("line" if own else "sku")
            also = "" if own else " (where that is meant: --skus-repeat, or a column for `line`)"
            raise BadDocumentError(index, column, f"is there twice in one document{also}")
        seen.add(identity)
        numbers.append(int(str(number)))
    return numbers


def fault_of(
    heads: Source, parts: Source, refusal: RefusedError, otherwise: str = "number"
) -> BadDocumentError:
    """Where a refusal points to in the files; `otherwise` is the field when it names none."""
    name = str(refusal.fields[0].get("field", "")) if refusal.fields else ""
    if found := FIELD.match(name):
        return BadDocumentError(int(found["line"]), parts.column_of(found["field"]), str(refusal))
    field = name.partition(".")[0] or otherwise
    return BadDocumentError(None, heads.column_of(field), str(refusal))
